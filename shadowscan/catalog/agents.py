"""User-Agent header -> tool and kind of client: product tokens on word boundaries, one regex over all of them."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from shadowscan.catalog import globs
from shadowscan.catalog.model import AgentToken, ClientKind, Service

MAX_AGENT = 1024
"""Characters of the header that are looked at."""

_PRECEDENCE = (ClientKind.CODING_AGENT, ClientKind.SERVER, ClientKind.SCRIPT, ClientKind.PERSON)
_WORDS = {
    ClientKind.PERSON: "a person in a browser or app",
    ClientKind.SCRIPT: "an SDK or script",
    ClientKind.CODING_AGENT: "a coding agent",
    ClientKind.SERVER: "a server",
}


class AgentHit(NamedTuple):
    """A token found in a header, and the service whose tool it names (None: a general client)."""

    agent: AgentToken
    service: Service | None


def token_regex(token: str) -> str:
    """Return the RE2-compatible regex of a token on word boundaries."""
    end = "(?:$|[^a-z0-9])" if token[-1].isalnum() else ""
    return f"(?:^|[^a-z0-9]){globs.escape(token.lower())}{end}"


class AgentIndex:
    """All product tokens, of services and of general clients."""

    __slots__ = ("_hits", "_regex")

    def __init__(self, services: Iterable[Service], clients: Iterable[AgentToken]) -> None:
        hits = [AgentHit(agent, service) for service in services for agent in service.user_agents]
        hits += [AgentHit(agent, None) for agent in clients]
        self._hits = {hit.agent.token.lower(): hit for hit in reversed(hits)}
        longest_first = sorted(self._hits, key=len, reverse=True)
        words = "|".join(
            globs.escape(token) + ("(?![a-z0-9])" if token[-1].isalnum() else "") for token in longest_first
        )
        self._regex = re.compile(rf"(?<![a-z0-9])(?:{words})") if words else re.compile(r"(?!)")

    def hits(self, user_agent: str | None) -> list[AgentHit]:
        """Return the tokens in a header, in their order there."""
        if not user_agent or user_agent == "-":
            return []
        return [self._hits[found] for found in self._regex.findall(user_agent[:MAX_AGENT].lower())]

    @property
    def described(self) -> list[str]:
        """All tokens with what they tell, in a stable order."""
        return [
            f"{token} {hit.agent} {hit.service.signature if hit.service else ''}"
            for token, hit in sorted(self._hits.items())
        ]

    def service_tokens(self) -> list[str]:
        """List the tokens that name a service's own tool."""
        return sorted(token for token, hit in self._hits.items() if hit.service is not None)


def client_kind(hits: list[AgentHit]) -> tuple[str | None, str | None]:
    """Say who is calling, with the reason in words of the catalogue; (None, None) if no token tells."""
    for kind in _PRECEDENCE:
        for hit in hits:
            if hit.agent.client is kind:
                return kind.value, f"user agent names {hit.agent.token.rstrip('/')}: {_WORDS[kind]}"
    return None, None
