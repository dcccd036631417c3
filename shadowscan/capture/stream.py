"""One direction of a TCP connection: bytes in order from segments in any order, as far as they are worth reading."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from shadowscan.capture.arrays import Ints
from shadowscan.capture.http import Request

_HALF = 1 << 31
_ALL = (1 << 32) - 1
WINDOW = 1 << 20
"""Segments further ahead than this belong to nothing we wait for."""


class Moment(NamedTuple):
    """Where and when a fact was seen."""

    ts: int
    packet: int
    place: int


NOWHERE = Moment(0, 0, 0)
Moments = tuple[Ints, Ints, Ints]
"""Time, number and place of many packets."""


class Mode(IntEnum):
    """What the next bytes of the stream are."""

    IDLE = 0
    """Nothing expected: only a packet that looks like a beginning wakes it."""
    START = 1
    """The beginning of a message."""
    BODY = 2
    """The body of an HTTP request, of which the beginning is kept."""
    DNS = 3
    CHUNKS = 4
    """The rest of an HTTP body of unknown length."""


@dataclass(slots=True)
class Stream:
    """State of one direction. ``skip`` bytes are passed over before the next ones are kept."""

    following: int
    """Sequence number of the next byte."""
    mode: Mode = Mode.START
    data: bytearray = field(default_factory=bytearray)
    ahead: dict[int, tuple[bytes, int, Moment]] = field(default_factory=dict)
    """Segments beyond a gap: sequence number → bytes, their number on the wire, where seen."""
    moment: Moment = NOWHERE
    """Of the first byte of ``data``."""
    skip: int = 0
    scanned: int = 0
    needed: int = 0
    cut: bool = False
    """The capture left out bytes that follow ``data``."""
    closing: bool = False
    """Nothing follows ``data``: the flow is over."""
    read_from: int = 0
    read_to: int = 0
    """Sequence numbers of what was read as a message: seen again, it is a retransmission."""
    pending: tuple[Request, Moment, int] | None = None
    """The request whose body is read: where it began, and the bytes of the body that are wanted."""
    hosts: tuple[str, ...] = ()
    """The last server names reported: a second ClientHello after HelloRetryRequest is no second fact."""

    def was_read(self, seq: int) -> bool:
        """Whether a segment that begins here has been read before."""
        return (seq - self.read_from) & _ALL < (self.read_to - self.read_from) & _ALL

    def size(self) -> int:
        """Bytes held."""
        return len(self.data) + sum(len(item[0]) for item in self.ahead.values()) if self.ahead else len(self.data)

    def take(self, seq: int, data: bytes, length: int, moment: Moment, limit: int) -> bool:
        """Add a segment of ``length`` bytes on the wire; return whether the readable bytes grew."""
        distance = (seq - self.following) & _ALL
        if distance == 0:
            self._append(data, length, moment)
        elif distance < _HALF:
            if distance < WINDOW and len(self.ahead) < limit:
                known = self.ahead.get(seq)
                if known is None or len(known[0]) < len(data):
                    self.ahead[seq] = (data, length, moment)
            return False
        else:
            overlap = (1 << 32) - distance
            if overlap >= length:
                return False
            self._append(data[overlap:], length - overlap, moment)
        if self.ahead:
            self._drain()
        return True

    def _append(self, data: bytes, length: int, moment: Moment) -> None:
        self.following = (self.following + length) & _ALL
        if self.skip:
            jump = min(self.skip, length)
            self.skip -= jump
            data, length = data[jump:], length - jump
            if not length:
                return
        if self.cut:
            return
        if not self.data:
            self.moment = moment
        self.data += data
        self.cut = len(data) < length

    def _drain(self) -> None:
        """Take over the segments that were ahead and now follow."""
        for seq in sorted(self.ahead, key=lambda seq: (seq - self.following + WINDOW) & _ALL):
            distance = (seq - self.following) & _ALL
            if 0 < distance < _HALF:
                break
            data, length, seen = self.ahead.pop(seq)
            overlap = ((1 << 32) - distance) & _ALL
            if overlap < length:
                self._append(data[overlap:], length - overlap, seen)

    def jump(self) -> bool:
        """Give up the bytes before the nearest segment ahead; return whether there was one."""
        if not self.ahead:
            return False
        self.data.clear()
        self.cut, self.scanned, self.needed = False, 0, 0
        gap = min((seq - self.following) & _ALL for seq in self.ahead)
        self.following = (self.following + gap) & _ALL
        self.skip -= min(gap, self.skip)
        self._drain()
        return True

    def consume(self, size: int, moment: Moment) -> None:
        """Drop bytes that were read; what follows them came at ``moment`` at the latest."""
        start = (self.following - len(self.data)) & _ALL
        end = (start + size) & _ALL
        if self.read_from == self.read_to or (end - self.read_from) & _ALL >= _HALF:
            self.read_from = start
        self.read_to = end
        del self.data[:size]
        self.scanned = self.needed = 0
        self.moment = moment

    def pass_over(self, size: int) -> None:
        """Drop so many bytes, also those still to come."""
        here = min(size, len(self.data))
        del self.data[:here]
        self.skip = size - here

    def rest(self) -> None:
        """Expect nothing any more."""
        self.mode, self.pending, self.cut = Mode.IDLE, None, False
        self.skip = self.scanned = self.needed = 0
        self.data.clear()
        self.ahead.clear()

    def restart(self, seq: int) -> None:
        """Begin anew at a segment that looks like a beginning."""
        self.rest()
        self.following, self.mode = seq, Mode.START
