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
_SMALLEST = {_PACKET: 32, _SIMPLE: 16, _ENHANCED: 32}
_END_OF_OPTIONS, _IF_TSRESOL, _IF_TSOFFSET = 0, 9, 14


@dataclass(frozen=True, slots=True)
class _Interface:
    link: int
    snaplen: int
    resolution: int = 6
    """if_tsresol: a power of ten, or of two where the high bit is set."""
    offset: int = 0
    """Seconds to add."""

    def microseconds(self, stamps: Ints) -> Ints:
        """Convert time stamps of this interface."""
        power = self.resolution & 0x7F
        if self.resolution & 0x80:
            # 43 bits of fraction are the most that a multiplication by a million leaves within 63
            stamps, power = (stamps >> (power - 43), 43) if power > 43 else (stamps, power)
            result = (stamps >> power) * 1_000_000 + ((stamps & ((1 << power) - 1)) * 1_000_000 >> power)
        elif power >= 6:
            result = stamps // 10 ** min(power - 6, 18)
        else:
            result = np.minimum(stamps, LAST_TIME // 10 ** (6 - power)) * 10 ** (6 - power)
        return result + self.offset * 1_000_000


@dataclass(slots=True)
class _Section:
    order: str
    interfaces: list[_Interface] = field(default_factory=list)


@dataclass(slots=True)
class _Run:
    """Packet blocks of one kind and section, in the order of the file."""

    section: _Section
    kind: int
    at: list[int] = field(default_factory=list)


class PcapngWalk:
    """One pcapng stream, block by block."""

    def __init__(self, feed: Feed, name: str, limits: CaptureLimits) -> None:
        self._feed, self._name = feed, name
        self._longest = min(limits.block_bytes, feed.size)
        self._section = _Section("<")
        self._count = 0
        self._sound = True

    def walk(self) -> Iterator[Records]:
        """Yield a stretch of packets for each run of equal blocks; the last item says what could not be read."""
        feed, used = self._feed, 0
        while True:
            runs, used = self._blocks(used)
            for number, run in enumerate(runs):
                yield self._records(run, feed.base + (used if number == len(runs) - 1 else run.at[-1]))
            if not self._sound or feed.finished:
                break
            feed.advance(used)
            used = 0
        if used < feed.end:
            yield nothing(feed, feed.base + feed.end, self._count + 1, self._problem(used), cut=1)

    def _problem(self, used: int) -> Problem:
        place = f"at byte {self._feed.base + used}, after packet {self._count}"
        what = "capture cut off in its last block" if self._sound else "capture damaged: a block length that can't be"
        return Problem(what, place, self._name, "all packets before it were read")

    def _blocks(self, start: int) -> tuple[list[_Run], int]:
        """Collect the whole blocks from ``start``; return them with the offset of the first that is not whole."""
        data, end, runs = self._feed.data, self._feed.end, list[_Run]()
        head = Struct(self._section.order + "II").unpack_from
        while start + 12 <= end:
            kind, length = head(data, start)
            if kind == _SECTION:
                order = PCAPNG_ORDERS.get(bytes(data[start + 8 : start + 12]))
                if order is None:
                    self._sound = False
                    return runs, start
                head = Struct(order + "II").unpack_from
                length = head(data, start)[1]
            length = (length + 3) & ~3
            if length < _SMALLEST.get(kind, 12) or length > self._longest:
                self._sound = False
                return runs, start
            if start + length > end:
                return runs, start
            self._block(kind, start, length, runs)
            start += length
        return runs, start

    def _block(self, kind: int, start: int, length: int, runs: list[_Run]) -> None:
        if kind in _PACKETS:
            if not runs or runs[-1].section is not self._section or runs[-1].kind != kind:
                runs.append(_Run(self._section, kind))
            runs[-1].at.append(start)
        elif kind == _INTERFACE and length >= 20:
            self._section.interfaces.append(self._interface(start, length))
        elif kind == _SECTION:
            self._section = _Section(PCAPNG_ORDERS[bytes(self._feed.data[start + 8 : start + 12])])

    def _interface(self, start: int, length: int) -> _Interface:
        order, data = self._section.order, self._feed.data
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

    def _records(self, run: _Run, consumed: int) -> Records:
        at = np.array(run.at, np.int64)
        fields = rows_at(self._feed.array, at, 28).view(run.section.order + "u4").astype(np.int64)
        if run.kind == _SIMPLE:
            number = np.zeros(len(at), np.int64)
            stamps, size, captured, head = number, fields[:, 2], fields[:, 1] - 16, 12
        else:
            number = fields[:, 2]
            if run.kind == _PACKET:  # the obsolete block: 16 bits of interface, 16 of a drop count
                number = number & 0xFFFF if run.section.order == "<" else number >> 16
            stamps, size, captured, head = fields[:, 3] << 32 | fields[:, 4], fields[:, 6], fields[:, 5], 28
        link, snaplen, ts = self._per_interface(run, number, stamps)
        room = fields[:, 1] - head - 4
        if run.kind == _SIMPLE:
            captured = np.minimum(size, np.where(snaplen > 0, snaplen, size))
        first, self._count = self._count + 1, self._count + len(at)
        return Records(
            buffer=self._feed.array,
            data=at + head,
            captured=np.minimum(captured, room),
            length=np.maximum(size, np.minimum(captured, room)),
            ts=ts,
            link=link,
            place=at + self._feed.base,
            first=first,
            consumed=consumed,
        )

    def _per_interface(self, run: _Run, number: Ints, stamps: Ints) -> tuple[Ints, Ints, Ints]:
        link, snaplen = np.full(len(number), -1, np.int64), np.zeros(len(number), np.int64)
        ts = np.full(len(number), NO_TIME, np.int64)
        for index in np.unique(number).tolist():
            if index >= len(run.section.interfaces):
                continue
            interface, here = run.section.interfaces[index], number == index
            link[here], snaplen[here] = interface.link, interface.snaplen
            if run.kind != _SIMPLE:
                ts[here] = np.clip(interface.microseconds(stamps[here] & ((1 << 63) - 1)), 0, LAST_TIME)
        return link, snaplen, ts
