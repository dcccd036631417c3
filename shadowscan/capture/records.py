"""Packets as arrays, whatever file format they came from."""

from dataclasses import dataclass

import numpy as np

from shadowscan.capture.arrays import Bytes, Ints
from shadowscan.capture.feed import Feed
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


def nothing(feed: Feed, consumed: int, first: int, *problems: Problem, cut: int = 0) -> Records:
    """Records without a packet: they carry problems."""
    none = np.zeros(0, np.int64)
    return Records(feed.array, none, none, none, none, none, none, first, consumed, cut, problems)
