"""What is to be read and how, and how it ended."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from shadowscan.errors import Problem
from shadowscan.formats.spec import FormatSpec
from shadowscan.ingest.batches import Keep
from shadowscan.sources import Source
from shadowscan.store.records import Batch, Committed

CHUNK_BYTES = 32 << 20


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """How inputs are to be read."""

    timezone: str = "UTC"
    """Zone of times that state none (IANA name)."""
    forced: FormatSpec | None = None
    keep: Keep = field(default_factory=Keep)
    chunk_bytes: int = field(default_factory=lambda: CHUNK_BYTES)
    """Bytes that are parsed and committed at a time."""
    site: str | None = None
    """Where the device stands whose logs these are."""


@dataclass(frozen=True, slots=True)
class Input:
    """One input to be read as far as it is new."""

    source: Source
    options: IngestOptions | None = None
    """Outweigh those of the run."""
    growing: bool = False
    """A last line without its line end is left for later."""


class Status(StrEnum):
    """How reading one input ended."""

    READ = "read"
    UNCHANGED = "unchanged"
    EMPTY = "empty"
    UNRECOGNISED = "unrecognised"
    DAMAGED = "damaged"
    """Read up to the damage; what was read counts."""
    GONE = "gone"
    """Removed, replaced or read by somebody else meanwhile; what was read counts."""


@dataclass(slots=True)
class SourceResult:
    """What one input gave in this run."""

    name: str
    status: Status = Status.READ
    formats: dict[str, int] = field(default_factory=dict)
    lines: int = 0
    used: int = 0
    events: int = 0
    skipped: int = 0
    rejected: int = 0
    duplicates: int = 0
    ai_events: int = 0
    waiting: bool = False
    """A last line without its line end was left for later."""
    problems: list[Problem] = field(default_factory=list)

    def add(self, batch: Batch, committed: Committed) -> None:
        """Add a committed chunk."""
        for name, count in batch.formats.items():
            self.formats[name] = self.formats.get(name, 0) + count
        self.lines += batch.lines
        self.used += batch.used
        self.skipped += batch.skipped
        self.rejected += batch.rejected
        self.events += committed.events
        self.duplicates += committed.duplicates
        self.ai_events += committed.ai_events


Ticker = Callable[[Source, int, int, str], None]
"""Told when an input is begun, and of each chunk of it that was read.

Bytes taken from disk so far, what the chunk holds, and whether that is lines or packets.
"""
