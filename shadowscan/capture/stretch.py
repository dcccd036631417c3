"""What the front half hands to the back half."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from shadowscan.capture.arrays import PADDING, Bytes
from shadowscan.capture.early import Early
from shadowscan.capture.grouping import Groups
from shadowscan.capture.segments import Segments
from shadowscan.capture.stream import Moments
from shadowscan.errors import Problem, SourceError


@dataclass(slots=True)
class Stretch:
    """What the packets of one buffer boil down to."""

    segments: Segments
    groups: Groups
    looks: Bytes
    """What each payload looks like (``looks.py``)."""
    moments: Moments
    buffer: Bytes
    """What ``segments.payload`` points into."""
    detached: bytes
    """Reassembled datagrams; they lie behind the buffer."""
    now: int
    """Time of the last packet; 0 where there is none."""
    dissected: int
    not_ip: int
    damaged: int
    problems: tuple[Problem, ...]
    consumed: int
    """Bytes of the stream up to the end of the last record."""
    early: Early = field(default_factory=Early)
    """Messages that were read already."""
    final: bool = False
    """No packets follow."""

    @property
    def packets(self) -> int:
        """Return the number of packets, whatever became of them."""
        return self.dissected + self.not_ip + self.damaged

    def bytes(self) -> Bytes:
        """Return the buffer with the reassembled datagrams behind it."""
        return with_detached(self.buffer, self.detached)


def with_detached(buffer: Bytes, detached: bytes | bytearray) -> Bytes:
    """Return a buffer with reassembled datagrams behind it."""
    if not detached:
        return buffer
    return np.concatenate([buffer, np.frombuffer(detached + bytes(PADDING), np.uint8)])


class Stretches(Protocol):
    """The stretches of one capture, to be iterated once."""

    @property
    def failure(self) -> SourceError | None:
        """What ended the stream before its end; known after the last stretch."""

    def __iter__(self) -> Iterator[Stretch]: ...
