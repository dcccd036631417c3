"""A live interface as batches of events: the same engine that reads files, driven by the clock."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from threading import Event
from time import monotonic, time_ns
from typing import Protocol

from shadowscan.capture.batch import CaptureBatch, CaptureLimits
from shadowscan.capture.front import Front
from shadowscan.capture.pcapfiles import PcapFiles
from shadowscan.capture.reader import CaptureReader
from shadowscan.capture.records import Records
from shadowscan.errors import SourceError

LIVE_LIMITS = CaptureLimits(active_s=60)
"""A flow that goes on is reported every minute, with what was added since."""
_BATCH_S = 1.0
_LAST_S = 0.25
"""How long the kernel may take to hand over what it has when the capture ends."""


class Interface(Protocol):
    """Where packets come from."""

    def read(self, patience_s: float) -> Records | None:
        """Return the packets that have come; None if none did for so many seconds. SourceError when it is lost."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """When a capture ends by itself."""

    seconds: float | None = None
    packets: int | None = None


def capture_live(
    ring: Interface,
    stopped: Event,
    *,
    bounds: Bounds,
    files: PcapFiles | None = None,
    limits: CaptureLimits = LIVE_LIMITS,
) -> Iterator[CaptureBatch]:
    """Yield about a batch a second, empty ones too, until ``stopped`` is set or a bound is reached.

    The last batches have all flows that were still open. Packets go into ``files`` before their events are given out.
    Raises SourceError when the interface is lost or a file can't be written, after the batches of everything before.
    """
    front, reader = Front("live", limits), CaptureReader("live", limits)
    consumed, failure = 0, None
    try:
        for records in _stretches(ring, stopped, bounds):
            if records is None:
                yield reader.pass_time(time_ns() // 1000)
                continue
            if files is not None:
                files.write(records)
            consumed = records.consumed
            yield reader.batch(front.stretch(records))
    except SourceError as lost:
        failure = lost
    finally:
        if files is not None:
            files.close()
    yield from reader.finish(front.last(consumed))
    if failure is not None:
        raise failure


def _stretches(ring: Interface, stopped: Event, bounds: Bounds) -> Iterator[Records | None]:
    """Yield what came, None where nothing came for a while."""
    end = None if bounds.seconds is None else monotonic() + bounds.seconds
    left, over = bounds.packets, False
    while left != 0 and not over:
        over = stopped.is_set() or (end is not None and monotonic() >= end)
        records = ring.read(_LAST_S if over else _patience(end))
        if records is not None and left is not None:
            records = first_of(records, left)
            left -= len(records)
        if records is not None or not over:
            yield records


def _patience(end: float | None) -> float:
    return _BATCH_S if end is None else max(0.0, min(_BATCH_S, end - monotonic()))


def first_of(records: Records, count: int) -> Records:
    """Only the first packets of a stretch."""
    columns = ("data", "captured", "length", "ts", "link", "place")
    cut = {name: getattr(records, name)[:count] for name in columns}
    return records if len(records) <= count else replace(records, **cut)
