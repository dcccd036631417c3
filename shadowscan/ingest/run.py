"""Reading inputs into the database: recognise, continue where the ledger ends, commit chunk by chunk."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Self

from shadowscan.capture import is_capture, read_capture
from shadowscan.catalog import Catalog
from shadowscan.errors import Problem, SourceError
from shadowscan.formats.detect import SAMPLE_LINES
from shadowscan.formats.library import FormatLibrary
from shadowscan.formats.spec import FormatSpec
from shadowscan.ingest.batches import Keep, batch_of_lines, batch_of_packets
from shadowscan.ingest.identity import Identity
from shadowscan.ingest.label import Labeller
from shadowscan.ingest.lines import LineParser
from shadowscan.ingest.writer import Writer
from shadowscan.sources import Chunk, Position, Source, head, looks_binary, read_input
from shadowscan.store import ledger
from shadowscan.store.database import Database
from shadowscan.store.records import Batch, Committed, FileFacts, Mark, Progress
from shadowscan.store.scratch import Scratch

HEAD_BYTES = 1 << 18
CHUNK_BYTES = 32 << 20


class Status(StrEnum):
    """How reading one input ended."""

    READ = "read"
    UNCHANGED = "unchanged"
    EMPTY = "empty"
    UNRECOGNISED = "unrecognised"
    DAMAGED = "damaged"
    """Read up to the damage; what was read counts."""


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


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """How inputs are to be read."""

    timezone: str = "UTC"
    """Zone of times that state none (IANA name)."""
    forced: FormatSpec | None = None
    keep: Keep = field(default_factory=Keep)


Ticker = Callable[[int, int], None]
"""Told after each chunk: bytes taken from disk so far, lines in this chunk."""


class Ingest:
    """One run: inputs go in, rows and ledger entries come out."""

    def __init__(
        self,
        database: Database,
        catalog: Catalog,
        library: FormatLibrary,
        options: IngestOptions,
        *,
        command: str,
        version: str,
    ) -> None:
        self._library = library
        self._options = options
        self._labeller = Labeller(catalog)
        self._scratch = Scratch(timezone=options.timezone)
        self._writer = Writer(database)
        self._run = self._writer.do(
            lambda session: ledger.begin_run(session, command=command, version=version, catalog=catalog.version)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Record the end of the run, also of one that was stopped: what was committed stays."""
        self._writer.close()
        self._scratch.close()

    def finish(self) -> None:
        """Record that the run came to its regular end."""
        self._writer.do(lambda session: ledger.end_run(session, self._run))

    def read(self, source: Source, tick: Ticker = lambda _bytes, _lines: None) -> SourceResult:
        """Read one input as far as it is new."""
        result = SourceResult(source.name)
        progress = Progress(None, FileFacts(source.name, "log", source.compression, source.size, source.modified))
        try:
            self._read(source, progress, result, tick)
            self._writer.settle()
        except SourceError as error:
            result.status = Status.DAMAGED
            self._note(error.problem, progress, result)
        return result

    def _read(self, source: Source, progress: Progress, result: SourceResult, tick: Ticker) -> None:
        beginning = head(source, HEAD_BYTES)
        if not beginning:
            result.status = Status.EMPTY
            return
        capture = is_capture(beginning)
        identity = Identity.of(source, beginning, self._writer.do(ledger.known_files))
        identity.resume(progress, kind="capture" if capture else "log")
        if not capture and looks_binary(beginning):
            raise SourceError("not a log", reason="binary data", where=source.name, hint="captures: pcap or pcapng")
        if identity.at_end:
            result.status = Status.UNCHANGED
        elif capture:
            self._read_capture(source, identity, progress, result, tick)
        else:
            self._read_log(source, identity, progress, result, tick)

    def _note(self, problem: Problem, progress: Progress, result: SourceResult) -> None:
        """Keep a problem with its file, so that every later report tells it."""
        result.problems.append(problem)
        text = f"{problem.message}: {problem.reason}" if problem.reason else problem.message
        self._writer.do(lambda session: ledger.note_problem(session, progress, text))

    def _read_log(
        self, source: Source, identity: Identity, progress: Progress, result: SourceResult, tick: Ticker
    ) -> None:
        start = self._start(identity, progress)
        parser: LineParser | None = None
        for chunk in read_input(source, identity.beginning, start=start, chunk_bytes=CHUNK_BYTES):
            if parser is None:
                parser = self._parser(source, identity.beginning, chunk, progress)
                if not parser.recognised:
                    self._unrecognised(source, parser, progress, result)
                    return
            batch = batch_of_lines(chunk, parser, self._labeller, self._options.keep)
            self._commit(batch, identity.mark(chunk, parser.layout), progress, result)
            tick(chunk.raw_consumed, chunk.line_count)

    def _start(self, identity: Identity, progress: Progress) -> Position:
        """Where reading begins: at the first byte, or where the ledger ends; a grown last line is read anew."""
        record = identity.record
        if record is None:
            return Position(0, 1)
        if record.open_ledger is None:
            return Position(record.consumed, record.next_line)
        progress.undo = (record.open_ledger,)
        entry = record.open_ledger
        return Position(*self._writer.do(lambda session: ledger.entry_range(session, entry)))

    def _parser(self, source: Source, beginning: bytes, chunk: Chunk, progress: Progress) -> LineParser:
        """Choose the formats by the input's first lines, also when reading continues further on."""
        first = chunk if chunk.start.offset == 0 else next(read_input(source, beginning, chunk_bytes=HEAD_BYTES))
        sample = [str(line) for line in first.lines.slice(0, SAMPLE_LINES).to_pylist()]
        return LineParser(
            self._library,
            self._scratch,
            sample,
            forced=self._options.forced,
            layout=progress.mark.layout,
            reference=(source.modified or datetime.now(UTC)).replace(tzinfo=None),
        )

    def _unrecognised(self, source: Source, parser: LineParser, progress: Progress, result: SourceResult) -> None:
        result.status = Status.UNRECOGNISED
        verdict = parser.unrecognised()
        nearest = f"; nearest is {verdict.nearest}" if verdict.nearest else ""
        problem = Problem(
            "in no known log format",
            f"{verdict.why}{nearest}",
            source.name,
            "see `shadowscan formats guess`, or name one with --format",
        )
        self._note(problem, progress, result)

    def _read_capture(
        self, source: Source, identity: Identity, progress: Progress, result: SourceResult, tick: Ticker
    ) -> None:
        """Read a capture from its start: flows span it, so one that has grown is read anew."""
        if record := identity.record:
            progress.undo = self._writer.do(lambda session: ledger.entries_of(session, record.file_id))
        offset, packet = 0, 1
        with source.open() as stream:
            for part in read_capture(stream, source.name):
                batch = batch_of_packets(part, offset, packet, self._scratch, self._labeller, self._options.keep)
                self._commit(batch, identity.mark_capture(source, part.bytes_read), progress, result)
                result.problems += part.problems
                offset, packet = part.bytes_read, packet + part.packets
                tick(stream.raw_consumed, part.packets)

    def _commit(self, batch: Batch, mark: Mark, progress: Progress, result: SourceResult) -> None:
        self._writer.later(lambda session: result.add(batch, ledger.commit(session, self._run, progress, batch, mark)))
