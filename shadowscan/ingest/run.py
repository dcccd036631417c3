"""Reading inputs into the database: recognise, continue where the ledger ends, commit load by load."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Self

from shadowscan.capture import CaptureBatch, gathered, is_capture, read_capture
from shadowscan.catalog import Catalog
from shadowscan.errors import Problem, SourceError, SourceGoneError
from shadowscan.formats.library import FormatLibrary
from shadowscan.ingest.ahead import ahead
from shadowscan.ingest.batches import COMMIT_BYTES, COMMIT_EVENTS, batch_of_packets, batches_of_lines
from shadowscan.ingest.conceal import Concealer
from shadowscan.ingest.identity import Identity, KnownContents, head_of, heads_of
from shadowscan.ingest.inputs import IngestOptions, Input, SourceResult, Status, Ticker
from shadowscan.ingest.label import Labeller
from shadowscan.ingest.lines import LineParser
from shadowscan.ingest.parsers import Parsers
from shadowscan.ingest.reading import Reading, Waiting
from shadowscan.ingest.relabel import relabel
from shadowscan.ingest.writer import Writer
from shadowscan.people.pseudonyms import Tokens
from shadowscan.sources import STDIN, head
from shadowscan.sources.documents import read_input
from shadowscan.sources.identity import looks_binary
from shadowscan.sources.lines import Chunk, Position
from shadowscan.store import ledger
from shadowscan.store.commit import commit
from shadowscan.store.database import Database, Session
from shadowscan.store.privacy import claim_mode
from shadowscan.store.records import Batch, Load, Mark, Progress, Remark, RunRecord, Stretch

HEAD_BYTES = 1 << 18
WORTH_A_THREAD = 1 << 20
"""Bytes on disk from which on an input is read ahead: its next chunk is read while the one before is parsed."""


class Ingest:
    """One run: inputs go in, rows and ledger entries come out.

    Chunks wait until there are enough of them for a load: what is parsed together and committed together. A chunk of
    a large file is a load by itself, a thousand small files are one.
    """

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
        self._options = options
        self._labeller = Labeller(catalog)
        self._concealer = Concealer(tokens, catalog.path_words) if tokens else None
        self._parsers = Parsers(library)
        self._parsers.scratch(options)
        self._known: KnownContents | None = None
        self._waiting = Waiting()
        self._unsettled: deque[Reading] = deque()
        """Inputs of which something may not be in the database yet."""
        self._results: deque[SourceResult] = deque()
        """What the others gave."""
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
        self._parsers.close()

    def finish(self) -> None:
        """Record that the run came to its regular end."""
        self._writer.do(lambda session: ledger.end_run(session, self._run))

    def rest(self) -> None:
        """Give the database up until there is more to read: what was read is durable, others may write."""
        self._writer.rest()

    def read(
        self, inputs: Iterable[Input], tick: Ticker = lambda _source, _bytes, _count, _unit: None
    ) -> Iterator[SourceResult]:
        """Read inputs; yield what each gave, in their order, as soon as it is in the database.

        DatabaseError if what was read can't be kept: the next reading goes on behind the last commit.
        """
        self._results.clear()
        try:
            for one in inputs:
                self._read(one, tick)
                self._settle()
                while self._results:
                    yield self._results.popleft()
            self._send()
            self._writer.settle()
            self._settle()
        finally:
            if self._unsettled:
                self._start_over()
        yield from self._results

    def _start_over(self) -> None:
        """Forget what waits, and what the last commits would have added to the database: it may not be there."""
        self._waiting = Waiting()
        self._unsettled.clear()
        self._known = None
        self._labeller.start_over()

    def _settle(self) -> None:
        """Conclude the inputs that are in the database by now, in their order."""
        while self._unsettled and self._unsettled[0].settled:
            reading = self._unsettled.popleft()
            file_id, status = reading.progress.file_id, reading.result.status
            if status is Status.GONE:
                self._known = None
            elif file_id is not None:
                if self._known:
                    self._known.put(reading.progress.record())
                if reading.input.growing and reading.parser and status is Status.READ:
                    self._parsers.keep(file_id, reading.options, reading.parser)
            self._results.append(reading.result)

    def _contents(self) -> KnownContents:
        """The contents met before: read once, then carried on by our own commits."""
        if self._known is None:
            self._known = KnownContents(self._writer.do(ledger.known_files))
        return self._known

    def _read(self, one: Input, tick: Ticker) -> None:
        reading = Reading.of(one, self._options)
        self._unsettled.append(reading)
        tick(one.source, 0, 0, "lines")
        try:
            self._read_source(reading, tick)
        except SourceGoneError as error:
            reading.result.status = Status.GONE
            reading.result.problems.append(error.problem)
        except SourceError as error:
            reading.result.status = Status.DAMAGED
            self._note(error.problem, reading)
        reading.ended = True

    def _read_source(self, reading: Reading, tick: Ticker) -> None:
        source = reading.input.source
        beginning = head(source, HEAD_BYTES)
        if not beginning:
            with source.open() as stream:
                stream.read(1)  # damage at the very beginning is not emptiness
            reading.result.status = Status.EMPTY
            return
        capture = is_capture(beginning)
        identity = self._identify(reading, beginning)
        identity.resume(reading.progress, kind="capture" if capture else "log")
        if not capture and looks_binary(beginning):
            raise SourceError("not a log", reason="binary data", where=source.name, hint="captures: pcap or pcapng")
        if identity.at_end:
            reading.result.status = Status.UNCHANGED
        elif capture:
            self._read_capture(reading, identity, tick)
        else:
            self._read_log(reading, identity, tick)

    def _identify(self, reading: Reading, beginning: bytes) -> Identity:
        """Compare an input with all that was read before, also what is still on its way into the database."""
        heads = heads_of(beginning)
        if any(not one.heads.isdisjoint(heads) for one in self._unsettled):
            self._send()
            self._writer.settle()
            self._settle()
        identity = Identity.of(reading.input.source, beginning, heads, self._contents())
        if identity.record:
            reading.heads.add(head_of(identity.record))
        return identity

    def _note(self, problem: Problem, reading: Reading) -> None:
        """Keep a problem with its file, so that every later report tells it."""
        reading.result.problems.append(problem)
        text = f"{problem.message}: {problem.reason}" if problem.reason else problem.message
        self._waiting.remark(reading, text)
        self._send_if_enough(reading.options)

    def _read_log(self, reading: Reading, identity: Identity, tick: Ticker) -> None:
        source, options = reading.input.source, reading.options
        start = self._start(identity, reading.progress)
        chunks = read_input(source, identity.beginning, start=start, chunk_bytes=options.chunk_bytes)
        # Of standard input the next chunk may never come, and nobody could stop the thread that waits for it.
        for chunk in ahead(chunks) if source.path != STDIN and (source.size or 0) > WORTH_A_THREAD else chunks:
            if chunk.unterminated and reading.input.growing:
                reading.result.waiting = True
                return
            parser = reading.parser or self._parser(reading, identity.beginning, chunk)
            if not parser.recognised:
                self._unrecognised(reading, parser)
                return
            reading.parser = parser
            self._wait(reading, identity, chunk, parser)
            tick(source, chunk.raw_consumed, chunk.line_count, "lines")
            if reading.result.status is Status.GONE:
                return

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

    def _parser(self, reading: Reading, beginning: bytes, chunk: Chunk) -> LineParser:
        """Choose the formats by the input's first lines, also when reading continues further on."""
        source, options, progress = reading.input.source, reading.options, reading.progress
        if kept := self._parsers.take(source, options, progress):
            return kept
        first = chunk if chunk.start.offset == 0 else next(read_input(source, beginning, chunk_bytes=HEAD_BYTES))
        return self._parsers.make(source, options, progress, first)

    def _unrecognised(self, reading: Reading, parser: LineParser) -> None:
        reading.result.status = Status.UNRECOGNISED
        problem = Problem(
            "in no known log format",
            parser.unrecognised(),
            reading.result.name,
            "see `shadowscan formats guess`, or name one with --format",
        )
        self._note(problem, reading)

    def _wait(self, reading: Reading, identity: Identity, chunk: Chunk, parser: LineParser) -> None:
        """Let a chunk wait for others; parse and commit them when they are enough."""
        if self._waiting.keep not in {None, reading.options.keep}:
            self._send()
        self._waiting.add(reading, identity, chunk, parser)
        self._send_if_enough(reading.options)

    def _send_if_enough(self, options: IngestOptions) -> None:
        if self._waiting.enough(options.chunk_bytes):
            self._send()

    def _send(self) -> None:
        """Parse what waits, and let the writer commit it."""
        load, self._waiting = self._waiting, Waiting()
        batches: list[Batch] = []
        if load.keep:
            batches = batches_of_lines([piece.part for piece in load.pieces], self._labeller, load.keep)
        stretches = [
            self._stretch(piece.reading, batch, piece.identity.mark(piece.part.chunk, batch.layout))
            for piece, batch in zip(load.pieces, batches, strict=True)
        ]
        if stretches or load.remarks:
            self._commit([piece.reading for piece in load.pieces], stretches, load.remarks)

    def _stretch(self, reading: Reading, batch: Batch, mark: Mark) -> Stretch:
        return Stretch(reading.progress, self._concealer.conceal(batch) if self._concealer else batch, mark)

    def _read_capture(self, reading: Reading, identity: Identity, tick: Ticker) -> None:
        """Read a capture from its start: flows span it, so one that has grown is read anew."""
        source, keep = reading.input.source, reading.options.keep
        scratch = self._parsers.scratch(reading.options)
        if record := identity.record:
            reading.progress.undo = self._writer.do(lambda session: ledger.entries_of(session, record.file_id))
        offset, packet = 0, 1
        with source.open() as stream:

            def told() -> Iterator[CaptureBatch]:
                for part in read_capture(stream, source.name):
                    tick(source, stream.raw_consumed, part.packets, "packets")
                    yield part

            for part in gathered(told(), COMMIT_EVENTS, COMMIT_BYTES):
                batch = batch_of_packets(part, offset, packet, scratch, self._labeller, keep)
                stretch = self._stretch(reading, batch, identity.mark_capture(source, part.bytes_read))
                reading.under_way += 1
                reading.heads.add(identity.head(part.bytes_read))
                self._commit([reading], [stretch], [])
                reading.result.problems += part.problems
                offset, packet = part.bytes_read, packet + part.packets

    def _commit(
        self, readings: Sequence[Reading], stretches: Sequence[Stretch], remarks: Sequence[tuple[Reading, Remark]]
    ) -> None:
        load = Load(stretches, self._labeller.fresh_hosts(), [remark for _, remark in remarks])

        def work(session: Session) -> None:
            for reading, stretch, added in zip(readings, stretches, commit(session, self._run, load), strict=True):
                reading.committed(stretch.batch, added)
            for reading, _ in remarks:
                reading.under_way -= 1

        self._writer.later(work)
