"""Names for addresses: from DNS answers a client got, and from what other flows to the same server were called."""

from dataclasses import dataclass

_ANSWERS = 4
_US = 1_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """A name that a client was told for an address."""

    name: str
    ts: int


class NameBook:
    """Remembers a bounded number of addresses; the oldest entries make room."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._answers: dict[tuple[str, str], list[Answer]] = {}
        self._servers: dict[tuple[str, int], set[str]] = {}
        self.forgotten = 0

    def answer(self, client: str, address: str, name: str, ts: int) -> None:
        """A DNS answer told this client that the name has this address."""
        key = (client, address)
        known = self._answers.get(key)
        if known is None:
            if len(self._answers) >= self._limit:
                del self._answers[next(iter(self._answers))]
                self.forgotten += 1
            known = self._answers[key] = []
        known.append(Answer(name, ts))
        del known[:-_ANSWERS]

    def serve(self, server: str, port: int, name: str) -> None:
        """A flow to this server named it."""
        names = self._servers.get((server, port))
        if names is None:
            if len(self._servers) >= self._limit:
                del self._servers[next(iter(self._servers))]
            names = self._servers[server, port] = set()
        if len(names) < 2:
            names.add(name)

    def looked_up(self, client: str, server: str, ts: int) -> tuple[str, float] | None:
        """The name this client was last told for the address before ``ts``, and the answer's age in seconds."""
        for answer in reversed(self._answers.get((client, server), ())):
            if answer.ts <= ts:
                return answer.name, (ts - answer.ts) / _US
        return None

    def served(self, server: str, port: int) -> str | None:
        """The one name that all named flows to this server carried; None where they differ."""
        names = self._servers.get((server, port), ())
        return next(iter(names)) if len(names) == 1 else None
