"""What the ledger knows of inputs, and what one chunk of an input gives it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pyarrow as pa

HEAD_LENGTHS = (0, 16, 64, 256, 1024, 4096, 16384, 65536)
"""A file is recognised by the hash of its first bytes: the largest of these lengths that was read."""


def utc_now() -> datetime:
    """Return the time as the database holds it."""
    return datetime.now(UTC).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Mark:
    """By what a content is recognised, and its reading continued, at one position."""

    head_length: int = 0
    head_sha256: str = ""
    marker_from: int = 0
    marker_sha256: str = ""
    layout: tuple[str, ...] = ()
    """Columns as the file's own header named them last."""
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A content met before, and how far it was read."""

    file_id: int
    path: str
    consumed: int
    next_line: int
    open_ledger: int | None
    mark: Mark


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is known of an input beside its content."""

    path: str
    kind: str
    compression: str
    size: int | None
    modified: datetime | None
    site: str | None = None
    """Where the device stands that wrote it, as the settings say."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The outcome of one chunk, ready to be committed."""

    from_offset: int
    to_offset: int
    first_line: int
    next_line: int
    sha256: str
    lines: int
    events: pa.Table
    """Every event: ``_n``, ``_key``, ts, kind, host, user, device, action, bytes_out, bytes_in."""
    ai_events: pa.Table
    """Events the catalogue has a word on: the columns of ``events`` but ledger_id."""
    rejects: pa.Table
    """line, byte_offset, reason, excerpt."""
    skips: Mapping[str, int]
    formats: Mapping[str, int]
    filled: Mapping[str, int]
    used: int
    """Lines that gave an event; for captures the packets dissected."""
    skipped: int
    rejected: int
    layout: tuple[str, ...] = ()
    """Columns as the file's own header named them last."""
    unterminated: bool = False
    """The chunk is the last line of the file, and no newline follows it (yet)."""


@dataclass(slots=True)
class Progress:
    """How far a file is read; each commit carries it on."""

    file_id: int | None
    facts: FileFacts
    mark: Mark = field(default_factory=Mark)
    consumed: int = 0
    next_line: int = 1
    open_ledger: int | None = None
    undo: tuple[int, ...] = ()
    """Ledger entries to undo with the next commit: a last line that has grown, a capture read anew."""

    @property
    def known_id(self) -> int:
        """The file's number; ValueError where nothing of it has been committed."""
        if self.file_id is None:
            raise ValueError("nothing has been committed")
        return self.file_id

    def record(self) -> FileRecord:
        """Return what the database holds of the file after a commit."""
        return FileRecord(self.known_id, self.facts.path, self.consumed, self.next_line, self.open_ledger, self.mark)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A chunk on its way into the ledger: whose it is, what it gave, and by what the file is known behind it."""

    progress: Progress
    batch: Batch
    mark: Mark

    def move_on(self, ledger_id: int) -> None:
        """Take note that it is written."""
        progress, batch = self.progress, self.batch
        progress.open_ledger = ledger_id if batch.unterminated else None
        progress.mark, progress.consumed, progress.next_line = self.mark, batch.to_offset, batch.next_line
        progress.undo = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """Why a file could not be read (to its end)."""

    progress: Progress
    problem: str


@dataclass(frozen=True, slots=True)
class Load:
    """What one transaction writes: chunks of any number of files, those of one file in their order."""

    stretches: Sequence[Stretch]
    hosts: pa.Table
    """Newly labelled hosts: the columns of ``hosts``."""
    remarks: Sequence[Remark] = ()


@dataclass(frozen=True, slots=True)
class Committed:
    """What a chunk added."""

    events: int
    duplicates: int
    ai_events: int


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One invocation that writes: its number and how it was called."""

    run_id: int
    command: str
    catalog: str
    started: datetime = field(default_factory=utc_now)
