"""Reading inputs into the database: recognise, continue where the ledger ends, commit chunk by chunk."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Self

from shadowscan.capture import CaptureBatch, gathered, is_capture, read_capture
from shadowscan.catalog import Catalog
from shadowscan.errors import DatabaseError, Problem, SourceError, SourceGoneError
from shadowscan.formats.detect import SAMPLE_LINES
from shadowscan.formats.library import FormatLibrary
from shadowscan.formats.spec import FormatSpec
from shadowscan.ingest.ahead import ahead
from shadowscan.ingest.batches import COMMIT_BYTES, COMMIT_EVENTS, Keep, batch_of_lines, batch_of_packets
from shadowscan.ingest.conceal import Concealer
from shadowscan.ingest.identity import Identity, KnownContents
from shadowscan.ingest.label import Labeller
from shadowscan.ingest.lines import LineParser
from shadowscan.ingest.parsers import Parsers
from shadowscan.ingest.relabel import relabel
from shadowscan.ingest.writer import Writer
from shadowscan.people.pseudonyms import Tokens
from shadowscan.sources import STDIN, Source, head
from shadowscan.sources.documents import read_input
from shadowscan.sources.identity import looks_binary
from shadowscan.sources.lines import Chunk, Position
from shadowscan.store import ledger
from shadowscan.store.database import Database, Session
from shadowscan.store.privacy import claim_mode
from shadowscan.store.records import Batch, Committed, FileFacts, Mark, Progress, RunRecord
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


Ticker = Callable[[int, int, str], None]
"""Told after each chunk: bytes taken from disk so far, what it held, and whether that is lines or packets."""


@dataclass(slots=True)
class _Reading:
    """One input while it is read."""

    source: Source
    options: IngestOptions
    growing: bool
    tick: Ticker
    progress: Progress
    result: SourceResult
    parser: LineParser | None = None


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
        tokens: Tokens | None = None,
    ) -> None:
        self._library = library
        self._options = options
        self._labeller = Labeller(catalog)
        self._concealer = Concealer(tokens, catalog.path_words) if tokens else None
        self._scratches = {options.timezone: Scratch(timezone=options.timezone)}
        self._known: KnownContents | None = None
        self._parsers = Parsers()
        self._writer = Writer(database)
        self._writer.do(lambda session: relabel(session, self._labeller))
        self._run = self._writer.do(
            lambda session: self._begin(session, tokens, command=command, version=version, catalog=catalog.version)
        )

    @staticmethod
    def _begin(session: Session, tokens: Tokens | None, *, command: str, version: str, catalog: str) -> RunRecord:
        claim_mode(session, tokens.mode if tokens else "")
        return ledger.begin_run(session, command=command, version=version, catalog=catalog)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Record the end of the run, also of one that was stopped: what was committed stays."""
        self._writer.close()
        for scratch in self._scratches.values():
            scratch.close()

    def finish(self) -> None:
        """Record that the run came to its regular end."""
        self._writer.do(lambda session: ledger.end_run(session, self._run))

    def rest(self) -> None:
        """Give the database up until there is more to read: what was read is durable, others may write."""
        self._writer.rest()

    def read(
        self,
        source: Source,
        tick: Ticker = lambda _bytes, _count, _unit: None,
        *,
        growing: bool = False,
        options: IngestOptions | None = None,
    ) -> SourceResult:
        """Read one input as far as it is new; ``options`` outweigh those of the run.

        Of a ``growing`` input a last line without its line end is left for later. DatabaseError if what was read
        can't be kept: the next reading goes on behind the last commit.
        """
        options = options or self._options
        facts = FileFacts(source.name, "log", source.compression, source.size, source.modified, options.site)
        result = SourceResult(source.name)
        reading = _Reading(source, options, growing, tick, Progress(None, facts), result)
        try:
            self._read(reading)
            self._writer.settle()
            if growing and reading.parser and reading.progress.file_id is not None:
                self._parsers.keep(reading.progress.file_id, reading.options, reading.parser)
        except SourceGoneError as error:
            result.status = Status.GONE
            result.problems.append(error.problem)
            self._start_over()
        except SourceError as error:
            result.status = Status.DAMAGED
            self._note(error.problem, reading)
        except DatabaseError:
            self._start_over()
            raise
        return result

    def _start_over(self) -> None:
        """Forget what the last commits would have added to the database: it may not be there."""
        self._known = None
        self._labeller.start_over()

    def _contents(self) -> KnownContents:
        """The contents met before: read once, then carried on by our own commits."""
        if self._known is None:
            self._known = KnownContents(self._writer.do(ledger.known_files))
        return self._known

    def _scratch(self, options: IngestOptions) -> Scratch:
        if options.timezone not in self._scratches:
            self._scratches[options.timezone] = Scratch(timezone=options.timezone)
        return self._scratches[options.timezone]

    def _read(self, reading: _Reading) -> None:
        source = reading.source
        beginning = head(source, HEAD_BYTES)
        if not beginning:
            with source.open() as stream:
                stream.read(1)  # damage at the very beginning is not emptiness
            reading.result.status = Status.EMPTY
            return
        capture = is_capture(beginning)
        identity = Identity.of(source, beginning, self._contents())
        identity.resume(reading.progress, kind="capture" if capture else "log")
        if not capture and looks_binary(beginning):
            raise SourceError("not a log", reason="binary data", where=source.name, hint="captures: pcap or pcapng")
        if identity.at_end:
            reading.result.status = Status.UNCHANGED
        elif capture:
            self._read_capture(reading, identity)
        else:
            self._read_log(reading, identity)

    def _note(self, problem: Problem, reading: _Reading) -> None:
        """Keep a problem with its file, so that every later report tells it."""
        reading.result.problems.append(problem)
        text = f"{problem.message}: {problem.reason}" if problem.reason else problem.message
        self._writer.do(lambda session: ledger.note_problem(session, reading.progress, text))
        self._contents().put(reading.progress.record())

    def _read_log(self, reading: _Reading, identity: Identity) -> None:
        start = self._start(identity, reading.progress)
        chunks = read_input(reading.source, identity.beginning, start=start, chunk_bytes=reading.options.chunk_bytes)
        # Of standard input the next chunk may never come, and nobody could stop the thread that waits for it.
        for chunk in chunks if reading.source.path == STDIN else ahead(chunks):
            if chunk.unterminated and reading.growing:
                reading.result.waiting = True
                return
            parser = reading.parser or self._parser(reading, identity.beginning, chunk)
            if not parser.recognised:
                self._unrecognised(reading, parser)
                return
            reading.parser = parser
            batch = batch_of_lines(chunk, parser, self._labeller, reading.options.keep)
            self._commit(batch, identity.mark(chunk, parser.layout), reading)
            reading.tick(chunk.raw_consumed, chunk.line_count, "lines")

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

    def _parser(self, reading: _Reading, beginning: bytes, chunk: Chunk) -> LineParser:
        """Choose the formats by the input's first lines, also when reading continues further on."""
        source = reading.source
        reference = (source.modified or datetime.now(UTC)).replace(tzinfo=None)
        if kept := self._parsers.take(reading.progress.file_id, reading.options):
            kept.resume(reference)
            return kept
        first = chunk if chunk.start.offset == 0 else next(read_input(source, beginning, chunk_bytes=HEAD_BYTES))
        sample = [str(line) for line in first.lines.slice(0, SAMPLE_LINES).to_pylist()]
        return LineParser(
            self._library,
            self._scratch(reading.options),
            sample,
            forced=reading.options.forced,
            layout=reading.progress.mark.layout,
            reference=reference,
        )

    def _unrecognised(self, reading: _Reading, parser: LineParser) -> None:
        reading.result.status = Status.UNRECOGNISED
        problem = Problem(
            "in no known log format",
            parser.unrecognised(),
            reading.source.name,
            "see `shadowscan formats guess`, or name one with --format",
        )
        self._note(problem, reading)

    def _read_capture(self, reading: _Reading, identity: Identity) -> None:
        """Read a capture from its start: flows span it, so one that has grown is read anew."""
        source, scratch = reading.source, self._scratch(reading.options)
        if record := identity.record:
            reading.progress.undo = self._writer.do(lambda session: ledger.entries_of(session, record.file_id))
        offset, packet = 0, 1
        with source.open() as stream:

            def told() -> Iterator[CaptureBatch]:
                for part in read_capture(stream, source.name):
                    reading.tick(stream.raw_consumed, part.packets, "packets")
                    yield part

            for part in gathered(told(), COMMIT_EVENTS, COMMIT_BYTES):
                batch = batch_of_packets(part, offset, packet, scratch, self._labeller, reading.options.keep)
                self._commit(batch, identity.mark_capture(source, part.bytes_read), reading)
                reading.result.problems += part.problems
                offset, packet = part.bytes_read, packet + part.packets

    def _commit(self, batch: Batch, mark: Mark, reading: _Reading) -> None:
        known = self._contents()
        if self._concealer:
            batch = self._concealer.conceal(batch)

        def commit(session: Session) -> None:
            reading.result.add(batch, ledger.commit(session, self._run, reading.progress, batch, mark))
            known.put(reading.progress.record())

        self._writer.later(commit)
