"""From the bytes of a capture file to arrays of its packets.

pcap: libpcap's pcap-savefile(5). pcapng: draft-ietf-opsawg-pcapng (see ``pcapng.py``).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct

import numpy as np

from shadowscan.capture.arrays import Bytes, Ints, rows_at
from shadowscan.capture.batch import CaptureLimits
from shadowscan.capture.chain import chain
from shadowscan.capture.feed import Feed
from shadowscan.capture.magic import PCAP_MAGICS, PCAPNG_SECTION
from shadowscan.errors import Problem

NO_TIME = -1
"""Time of a packet that has none (simple packet blocks)."""
LAST_TIME = 253_402_300_799_000_000
"""The end of the year 9999 in microseconds: beyond it no calendar of ours reaches."""


@dataclass(slots=True)
class Records:
    """A stretch of packets. All arrays have one item a packet."""

    buffer: Bytes
    data: Ints
    """Where the packet's bytes begin in the buffer."""
    captured: Ints
    """Bytes of it that are there."""
    length: Ints
    """Bytes it had on the wire."""
    ts: Ints
    """Microseconds since 1970, or NO_TIME."""
    link: Ints
    """LINKTYPE_ number; -1 where the record itself makes no sense."""
    place: Ints
    """Offset of the record in the stream."""
    first: int
    """1-based number of the first packet."""
    consumed: int
    """Bytes of the stream up to the end of the last record."""
    cut: int = 0
    """Records at the end that could not be read: 0 or 1."""
    problems: tuple[Problem, ...] = ()

    def __len__(self) -> int:
        return len(self.data)


def read_records(feed: Feed, name: str, limits: CaptureLimits) -> Iterator[Records]:
    """Walk a pcap or pcapng stream; the last item says what could not be read."""
    from shadowscan.capture.pcapng import PcapngWalk

    feed.advance(0)
    magic = bytes(feed.data[:4])
    if magic == PCAPNG_SECTION:
        yield from PcapngWalk(feed, name, limits).walk()
    elif magic in PCAP_MAGICS and feed.end >= 24:
        yield from _PcapWalk(feed, name, limits).walk()
    else:
        problem = Problem("not a capture file", "neither the pcap nor the pcapng magic, or no whole file header", name)
        yield nothing(feed, feed.base + feed.end, 1, problem)


def nothing(feed: Feed, consumed: int, first: int, *problems: Problem, cut: int = 0) -> Records:
    """Records without a packet: they carry problems."""
    none = np.zeros(0, np.int64)
    return Records(feed.array, none, none, none, none, none, none, first, consumed, cut, problems)


class _PcapWalk:
    """One pcap file: a header, then records that each say their length."""

    def __init__(self, feed: Feed, name: str, limits: CaptureLimits) -> None:
        self._feed, self._name, self._limits = feed, name, limits
        self._order, self._units, self._head = PCAP_MAGICS[bytes(feed.data[:4])]
        self._u4 = Struct(self._order + "I")
        self._link = self._u4.unpack_from(feed.data, 20)[0] & 0xFFFF
        self._count = 0

    def walk(self) -> Iterator[Records]:
        feed, used = self._feed, 24
        while True:
            at, used, sound = chain(feed, used, self._order, self._head, self._limits.record_bytes)
            if len(at):
                yield self._records(at, used)
            if not sound or feed.finished:
                break
            feed.advance(used)
            used = 0
        rest = feed.end - used
        if rest:
            yield nothing(feed, feed.base + feed.end, self._count + 1, self._problem(used, sound), cut=1)

    def _problem(self, used: int, sound: bool) -> Problem:  # noqa: FBT001
        place = f"at byte {self._feed.base + used}, after packet {self._count}"
        if sound:
            return Problem("capture cut off in its last packet", place, self._name, "all packets before it were read")
        return Problem(
            "capture damaged: a record length that can't be", place, self._name, "all packets before it were read"
        )

    def _records(self, at: Ints, used: int) -> Records:
        feed = self._feed
        fields = rows_at(feed.array, at, 16).view(self._order + "u4").astype(np.int64)
        ts = fields[:, 0] * 1_000_000 + fields[:, 1] // self._units
        first, self._count = self._count + 1, self._count + len(at)
        return Records(
            buffer=feed.array,
            data=at + self._head,
            captured=fields[:, 2],
            length=np.maximum(fields[:, 3], fields[:, 2]),
            ts=ts,
            link=np.full(len(at), self._link, np.int64),
            place=at + feed.base,
            first=first,
            consumed=feed.base + used,
        )
