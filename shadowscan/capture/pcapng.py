"""pcapng: blocks, sections and interfaces (draft-ietf-opsawg-pcapng)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from struct import Struct

import numpy as np

from shadowscan.capture.arrays import Ints, rows_at
from shadowscan.capture.batch import CaptureLimits
from shadowscan.capture.feed import Feed
from shadowscan.capture.magic import PCAPNG_ORDERS
from shadowscan.capture.records import LAST_TIME, NO_TIME, Records, nothing
from shadowscan.errors import Problem

_SECTION, _INTERFACE, _PACKET, _SIMPLE, _ENHANCED = 0x0A0D0D0A, 1, 2, 3, 6
_PACKETS = frozenset((_PACKET, _SIMPLE, _ENHANCED))
_SMALLEST = {_SECTION: 28, _INTERFACE: 20, _PACKET: 32, _SIMPLE: 16, _ENHANCED: 32}
_END_OF_OPTIONS, _IF_TSRESOL, _IF_TSOFFSET = 0, 9, 14


@dataclass(frozen=True, slots=True)
class _Interface:
    link: int
    snaplen: int
    resolution: int = 6
    """if_tsresol: a power of ten, or of two where the high bit is set."""
    offset: int = 0
    """Seconds to add."""


@dataclass(slots=True)
class _Blocks:
    """Packet blocks of one buffer, as parallel lists."""

    at: list[int] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    """Block type; negative where the section is big-endian."""
    base: list[int] = field(default_factory=list)
    """Where the section's interfaces begin in the walk's list."""


class PcapngWalk:
    """One pcapng stream, block by block."""

    def __init__(self, feed: Feed, name: str, limits: CaptureLimits) -> None:
        self._feed, self._name, self._limits = feed, name, limits
        self._longest = min(limits.block_bytes, feed.size)
        self._order = "<"
        self._interfaces: list[_Interface] = []
        """Of all sections in this buffer."""
        self._base = 0
        self._count = 0
        self._sound = True

    def walk(self) -> Iterator[Records]:
        """Yield the packets of each buffer; the last item says what could not be read."""
        feed, used = self._feed, self._feed.begin
        while True:
            blocks, used = self._blocks(used)
            if blocks.at:
                yield self._records(blocks, feed.base + used)
            if not self._sound or feed.finished:
                break
            self._interfaces, self._base = self._interfaces[self._base :], 0
            feed.advance(used)
            used = feed.begin
        if used < feed.end:
            yield nothing(feed, feed.base + feed.end, self._count + 1, self._problem(used), cut=1)

    def _problem(self, used: int) -> Problem:
        place = f"at byte {self._feed.base + used}, after packet {self._count}"
        what = "capture cut off in its last block" if self._sound else "capture damaged: a block length that can't be"
        return Problem(what, place, self._name, "all packets before it were read")

    def _blocks(self, start: int) -> tuple[_Blocks, int]:
        """Collect the whole blocks from ``start``; return them with the offset of the first that is not whole."""
        data, end, blocks = self._feed.data, self._feed.end, _Blocks()
        heads = {order: Struct(order + "II").unpack_from for order in "<>"}
        while start + 12 <= end:
            kind, length = heads[self._order](data, start)
            if kind == _SECTION:
                order = PCAPNG_ORDERS.get(data[start + 8 : start + 12], "")
                length = heads[order](data, start)[1] if order else 0
            length = (length + 3) & ~3
            if length < _SMALLEST.get(kind, 12) or length > self._longest:
                self._sound = False
                break
            if start + length > end:
                break
            if kind in _PACKETS:
                blocks.at.append(start)
                blocks.kind.append(kind if self._order == "<" else -kind)
                blocks.base.append(self._base)
            elif kind in (_SECTION, _INTERFACE):
                self._describe(kind, start, length)
            start += length
        return blocks, start

    def _describe(self, kind: int, start: int, length: int) -> None:
        """Take in a section header or an interface description."""
        if kind == _SECTION:
            self._order = PCAPNG_ORDERS[self._feed.data[start + 8 : start + 12]]
            self._base = len(self._interfaces)
        elif len(self._interfaces) - self._base < self._limits.interfaces:
            self._interfaces.append(self._interface(start, length))

    def _interface(self, start: int, length: int) -> _Interface:
        order, data = self._order, self._feed.data
        link, _, snaplen = Struct(order + "HHI").unpack_from(data, start + 8)
        resolution, offset = 6, 0
        at, end = start + 16, start + length - 4
        while at + 4 <= end:
            code, size = Struct(order + "HH").unpack_from(data, at)
            if code == _END_OF_OPTIONS or at + 4 + size > end:
                break
            if code == _IF_TSRESOL and size >= 1:
                resolution = data[at + 4]
            elif code == _IF_TSOFFSET and size >= 8:
                offset = Struct(order + "q").unpack_from(data, at + 4)[0]
            at += 4 + (size + 3 & ~3)
        limit = LAST_TIME // 1_000_000
        return _Interface(link, snaplen, resolution, max(-limit, min(limit, offset)))

    def _records(self, blocks: _Blocks, consumed: int) -> Records:
        at, kind = np.array(blocks.at, np.int64), np.array(blocks.kind, np.int64)
        raw = rows_at(self._feed.array, at, 28)
        fields = np.where(kind[:, None] > 0, raw.view("<u4"), raw.view(">u4")).astype(np.int64)
        simple, old = np.abs(kind) == _SIMPLE, np.abs(kind) == _PACKET
        number = np.where(simple, 0, fields[:, 2])
        # the obsolete block has 16 bits of interface and 16 of a drop count
        number = np.where(old, np.where(kind > 0, number & 0xFFFF, number >> 16), number)
        size = np.where(simple, fields[:, 2], fields[:, 6])
        link, snaplen, ts = self._of_interfaces(
            np.array(blocks.base, np.int64), number, fields[:, 3] << 32 | fields[:, 4]
        )
        head = np.where(simple, 12, 28)
        limit = np.where(snaplen > 0, np.minimum(size, snaplen), size)
        captured = np.minimum(np.where(simple, limit, fields[:, 5]), fields[:, 1] - head - 4)
        first, self._count = self._count + 1, self._count + len(at)
        return Records(
            buffer=self._feed.array,
            data=at + head,
            captured=captured,
            length=np.maximum(size, captured),
            ts=np.where(simple, NO_TIME, ts),
            link=link,
            place=at + self._feed.base,
            first=first,
            consumed=consumed,
        )

    def _of_interfaces(self, base: Ints, number: Ints, stamps: Ints) -> tuple[Ints, Ints, Ints]:
        """Link type (-1: never declared), snaplen and time in microseconds of each packet."""
        known = [*self._interfaces, _Interface(-1, 0)]
        table = np.array([(i.link, i.snaplen, i.resolution, i.offset) for i in known], np.int64)
        # interfaces of a section end where those of the next one begin
        bounds = np.unique(np.append(base, [self._base, len(known) - 1]))
        stop = bounds[np.minimum(np.searchsorted(bounds, base, "right"), len(bounds) - 1)]
        place = np.where(base + number < stop, base + number, len(known) - 1)
        link, snaplen, resolution, offset = table[place].T
        ts = np.empty(len(stamps), np.int64)
        for value in np.unique(resolution).tolist():
            here = resolution == value
            ts[here] = _microseconds(stamps[here] & ((1 << 63) - 1), value)
        return link, snaplen, np.clip(ts + offset * 1_000_000, 0, LAST_TIME)


def _microseconds(stamps: Ints, resolution: int) -> Ints:
    """Convert time stamps of this if_tsresol: a power of ten, or of two where the high bit is set."""
    power = resolution & 0x7F
    if resolution & 0x80:
        # 43 bits of fraction are the most that a multiplication by a million leaves within 63
        stamps, power = (stamps >> min(power - 43, 63), 43) if power > 43 else (stamps, power)
        seconds = np.minimum(stamps >> power, LAST_TIME // 1_000_000)
        return np.asarray(seconds * 1_000_000 + ((stamps & ((1 << power) - 1)) * 1_000_000 >> power))
    if power >= 6:
        return np.asarray(np.minimum(stamps // 10 ** min(power - 6, 18), LAST_TIME))
    return np.asarray(np.minimum(stamps, LAST_TIME // 10 ** (6 - power)) * 10 ** (6 - power))
