"""AI that no signature knows: scores a host by its name, its paths and its company, with the evidence in words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from shadowscan.catalog.globs import MAX_PATH
from shadowscan.catalog.hosts import is_address

NAME_CANDIDATE = 0.5
"""Score from which the name alone makes a candidate."""

_STRONG = re.compile(
    r"(?<![a-z0-9])(?:chat-?gpt|gpt-?[345][a-z]?|[a-z]{0,12}gpt|llms?|llm-?(?:api|gateway|proxy|router|chat)|"
    r"open-?ai|gen-?ai|ai-?(?:chat|assistant|gateway|writer|agents?|copilot|studio)|chat-?ai|"
    r"deepseek|claude|copilot|stable-?diffusion|text-?to-?(?:image|video|speech)|prompts?-?ai|"
    r"ollama|vllm|langchain|rag-?api)(?![a-z0-9])"
)
_API_PATH = re.compile(
    r"(?:^|/)(?:chat/completions|v1/(?:completions|messages|responses|embeddings)|api/generate|api/chat|"
    r"generate_?stream|v1/models|images/generations|audio/(?:speech|transcriptions)|rerank)/?$"
)
_CHAT_PATH = re.compile(r"(?:^|[/_-])(?:conversations?|completions?|prompts?|chat|ask|generate|inference)(?:[/_.-]|$)")
_UPLOAD_PATH = re.compile(r"(?:^|[/_-])(?:uploads?|attachments?|files?)(?:[/_.-]|$)")


class Evidence(NamedTuple):
    """One reason, in words, and what it adds to the score (the score is 1 - product of (1 - weight))."""

    weight: float
    words: str


@dataclass(frozen=True, slots=True)
class UnknownScore:
    """How likely a host is AI, 0 to 1, and why."""

    score: float
    evidence: tuple[Evidence, ...]


def name_evidence(host: str) -> Evidence | None:
    """Judge a canonical host by its name; None where the name says nothing."""
    found = _STRONG.search(host)
    return Evidence(0.5, f"name holds {found[0]!r}") if found else None


def score_unknown(
    host: str,
    paths: Iterable[str] = (),
    *,
    methods: Iterable[str] = (),
    bytes_out: int = 0,
    requests: int = 0,
    seconds_per_request: float | None = None,
    near_ai: float = 0.0,
) -> UnknownScore:
    """Score a host that no signature names.

    ``paths`` are URL paths seen on it, ``methods`` HTTP methods, ``bytes_out`` client to server in bytes over all
    ``requests``, ``seconds_per_request`` the mean duration, ``near_ai`` the share (0 to 1) of its users' visits that
    fall within minutes of a known AI host.
    """
    evidence = [*_host_evidence(host), *_path_evidence(list(paths), set(methods))]
    if requests and bytes_out / requests >= 20_000 and evidence:
        evidence.append(Evidence(0.15, f"{bytes_out // requests} bytes out a request"))
    if seconds_per_request is not None and seconds_per_request >= 5 and evidence:
        evidence.append(Evidence(0.15, f"answers last {seconds_per_request:.0f} s on average, as streamed text does"))
    if near_ai >= 0.5:
        evidence.append(Evidence(0.2, f"{near_ai:.0%} of the visits lie next to known AI use"))
    rest = 1.0
    for one in evidence:
        rest *= 1 - one.weight
    return UnknownScore(round(1 - rest, 3), tuple(evidence))


def _host_evidence(host: str) -> list[Evidence]:
    if is_address(host):
        return []
    found = [name] if (name := name_evidence(host)) else []
    if host.endswith(".ai"):
        found.append(Evidence(0.25, "domain ends in .ai"))
    return found


def _path_evidence(paths: list[str], methods: set[str]) -> list[Evidence]:
    paths = [path[:MAX_PATH].lower() for path in paths]
    found: list[Evidence] = []
    if any(_API_PATH.search(path) for path in paths):
        found.append(Evidence(0.7, "paths have the shape of a model API"))
    elif any(_CHAT_PATH.search(path) for path in paths):
        found.append(Evidence(0.2, "paths speak of chats, prompts or completions"))
    if methods & {"POST", "PUT"} and any(_UPLOAD_PATH.search(path) for path in paths):
        found.append(Evidence(0.1, "paths speak of uploads"))
    return found
