"""IP fragments put together, in bounded memory (RFC 791, RFC 8200)."""

from dataclasses import dataclass, field

from shadowscan.capture.cursor import Cursor
from shadowscan.capture.stream import NOWHERE, Moment

LARGEST = 65_535


@dataclass(slots=True)
class Datagram:
    """Fragments of one datagram seen so far."""

    pieces: dict[int, bytes] = field(default_factory=dict)
    """Offset → bytes; where fragments overlap the first one wins."""
    ip_bytes: int = 0
    packets: int = 0
    size: int = 0
    """Bytes of the whole payload; 0 while the last fragment is missing."""
    held: int = 0
    """Bytes of all pieces: putting them together is tried only when they may suffice."""

    first: Cursor | None = None
    """The first fragment, at its transport header."""
    seen: Moment = NOWHERE
    """Of the first fragment."""

    def whole(self) -> bytes | None:
        """Return the payload if nothing is missing."""
        if not self.size or self.held < self.size:
            return None
        parts, reached = [], 0
        for offset in sorted(self.pieces):
            piece = self.pieces[offset]
            if offset > reached:
                return None
            parts.append(piece[reached - offset :])
            reached = max(reached, offset + len(piece))
        return b"".join(parts)[: self.size] if reached >= self.size else None


class Fragments:
    """Datagrams awaiting fragments; the oldest one is given up when there are too many."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._waiting: dict[tuple[object, ...], Datagram] = {}
        self._left: list[Datagram] = []
        self.given_up = 0

    def add(self, key: tuple[object, ...], offset: int, piece: bytes, *, more: bool, ip_bytes: int) -> Datagram:
        """Add one fragment to its datagram."""
        datagram = self._waiting.get(key)
        if datagram is None:
            datagram = self._begin(key)
        datagram.ip_bytes += ip_bytes
        datagram.packets += 1
        if not more:
            datagram.size = offset + len(piece)
        if offset + len(piece) <= LARGEST and len(datagram.pieces) < self._limit:
            datagram.held += len(piece) if offset not in datagram.pieces else 0
            datagram.pieces.setdefault(offset, piece)
        return datagram

    def done(self, key: tuple[object, ...]) -> None:
        """Forget a datagram that is complete."""
        del self._waiting[key]

    def leave(self) -> list[Datagram]:
        """Return all that wait in vain, and forget them."""
        left = self.given_up_lately() + list(self._waiting.values())
        self._waiting = {}
        return left

    def given_up_lately(self) -> list[Datagram]:
        """Return those that had to make room since the last call."""
        left, self._left = self._left, []
        return left

    def _begin(self, key: tuple[object, ...]) -> Datagram:
        if len(self._waiting) >= self._limit:
            oldest = self._waiting.pop(next(iter(self._waiting)))
            oldest.pieces.clear()
            self._left.append(oldest)
            self.given_up += 1
        datagram = self._waiting[key] = Datagram()
        return datagram
