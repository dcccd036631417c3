"""Inputs while they are read, and what of them waits to be parsed and committed together."""

from dataclasses import dataclass, field

from shadowscan.errors import Problem
from shadowscan.ingest.batches import Keep, Part
from shadowscan.ingest.identity import Head, Identity
from shadowscan.ingest.inputs import IngestOptions, Input, SourceResult, Status
from shadowscan.ingest.lines import LineParser
from shadowscan.sources.lines import Chunk
from shadowscan.store.records import Batch, Committed, FileFacts, Progress, Remark

MOST_CHUNKS = 1000
"""Chunks in one load: what is told of each in Python takes a millisecond, and alerts wait for the whole."""


@dataclass(slots=True)
class Reading:
    """One input while it is read."""

    input: Input
    options: IngestOptions
    progress: Progress
    result: SourceResult
    parser: LineParser | None = None
    heads: set[Head] = field(default_factory=set)
    """What an input with the same content begins with."""
    under_way: int = 0
    """Chunks and remarks that are not in the database yet."""
    ended: bool = False
    """No more of it is to be read."""

    @property
    def settled(self) -> bool:
        """Tell whether everything that was to be read is in the database."""
        return self.ended and not self.under_way

    @classmethod
    def of(cls, one: Input, options: IngestOptions) -> "Reading":
        """Begin to read an input."""
        source, options = one.source, one.options or options
        facts = FileFacts(source.name, "log", source.compression, source.size, source.modified, options.site)
        return cls(one, options, Progress(None, facts), SourceResult(source.name))

    def committed(self, batch: Batch, added: Committed | None) -> None:
        """Take note that a chunk is in the database, or that another process was quicker."""
        self.under_way -= 1
        if added:
            self.result.add(batch, added)
        elif self.result.status is not Status.GONE:
            reason, hint = "another process reads the same input", "run it again for the rest"
            self.result.status = Status.GONE
            self.result.problems.append(Problem("was read meanwhile", reason, self.result.name, hint))


@dataclass(frozen=True, slots=True)
class Piece:
    """A chunk that waits."""

    reading: Reading
    identity: Identity
    part: Part


@dataclass(slots=True)
class Waiting:
    """The next load: chunks not parsed yet, and remarks."""

    pieces: list[Piece] = field(default_factory=list)
    remarks: list[tuple[Reading, Remark]] = field(default_factory=list)
    size: int = 0
    """Bytes of the chunks."""

    @property
    def keep(self) -> Keep | None:
        """What of these inputs goes into the store."""
        return self.pieces[0].reading.options.keep if self.pieces else None

    def add(self, reading: Reading, identity: Identity, chunk: Chunk, parser: LineParser) -> None:
        """Let a chunk wait."""
        self.pieces.append(Piece(reading, identity, Part(chunk, parser)))
        self.size += chunk.end.offset - chunk.start.offset
        reading.under_way += 1
        reading.heads.add(identity.head(chunk.end.offset))

    def remark(self, reading: Reading, text: str) -> None:
        """Let a remark wait."""
        self.remarks.append((reading, Remark(reading.progress, text)))
        reading.under_way += 1

    def enough(self, chunk_bytes: int) -> bool:
        """Tell whether this makes a load: a chunk is a little less than ``chunk_bytes``, or the end of an input."""
        return 2 * self.size >= chunk_bytes or len(self.pieces) + len(self.remarks) >= MOST_CHUNKS
