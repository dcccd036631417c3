"""Reading the files that are due: all of them in one go, so that small ones share what a reading costs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from shadowscan.errors import Problem, SourceError
from shadowscan.ingest.inputs import Input, SourceResult, Status, Ticker
from shadowscan.ingest.run import Ingest
from shadowscan.sources import Source, discover
from shadowscan.watch.clock import Clock
from shadowscan.watch.files import Due, WatchedFile
from shadowscan.watch.folder import Stamp, stamp_of
from shadowscan.watch.journal import Journal, Word
from shadowscan.watch.settling import must_settle
from shadowscan.watch.source import WatchedSources

MOST_FILES, MOST_BYTES = 1000, 256 << 20
"""Files and bytes read in one step: alerts wait for its end."""
_WORDS = {Status.DAMAGED: Word.DAMAGED, Status.UNRECOGNISED: Word.UNRECOGNISED}


@dataclass(slots=True)
class Batch:
    """What one step added to the database: for alert sinks."""

    files: int = 0
    lines: int = 0
    events: int = 0
    ai_events: int = 0
    rejected: int = 0
    written: datetime | None = None
    """When the newest of the files was changed last (its own time, UTC): an alert's way begins there."""

    def add(self, result: SourceResult, source: Source) -> None:
        """Add what reading one input gave."""
        if not result.lines:
            return
        self.files += 1
        self.lines += result.lines
        self.events += result.events
        self.ai_events += result.ai_events
        self.rejected += result.rejected
        modified = source.modified.replace(tzinfo=None) if source.modified else None
        self.written = max(filter(None, (self.written, modified)), default=None)


@dataclass(slots=True)
class Visit:
    """One reading of one file."""

    file: WatchedFile
    stamp: Stamp | None
    """What it looked like before: tells later whether there is more. None: it is gone."""
    inputs: list[Input] = field(default_factory=list)
    problems: list[tuple[Word, Problem]] = field(default_factory=list)
    postponed: bool = False
    """It must settle first."""

    @classmethod
    def of(cls, file: WatchedFile, how: Due) -> "Visit":
        """See what there is to read in a file; nothing where it must settle first."""
        visit = cls(file, stamp_of(file.path))
        for found in discover([file.path]) if visit.stamp else ():
            if isinstance(found, Problem):
                visit.problems.append((Word.UNREADABLE, found))
                continue
            try:
                if how is Due.GROWING and must_settle(found):
                    file.settles = True
                    return cls(file, visit.stamp, postponed=True)
            except SourceError as error:
                visit.problems.append((Word.UNREADABLE, error.problem))
                continue
            visit.inputs.append(Input(found, file.folder.options, growing=how is Due.GROWING))
        return visit

    def end(self, results: Sequence[SourceResult], now: float) -> None:
        """Remember how the reading ended: done, to be tried again, or waiting for the rest of a line."""
        for result in results:
            if word := _WORDS.get(result.status):
                self.problems += [(word, problem) for problem in result.problems]
        file, gone = self.file, any(result.status is Status.GONE for result in results)
        file.waiting = any(result.waiting for result in results)
        file.complete = not (file.waiting or gone or self.problems)
        if gone:
            file.not_before = now + 1
        elif self.problems:
            file.failed(now)
        else:
            file.read = self.stamp


class Visitor:
    """Reads files into the database and says what is wrong with them."""

    def __init__(self, sources: WatchedSources, journal: Journal, clock: Clock) -> None:
        self._sources, self._journal, self._clock = sources, journal, clock

    def visit(
        self, ingest: Ingest, due: Sequence[tuple[WatchedFile, Due]], batch: Batch, tick: Ticker
    ) -> Iterator[Visit]:
        """Read files; yield each visit once all that it gave is in the database, and add to ``batch``."""
        visits = [Visit.of(file, how) for file, how in due]
        results = ingest.read((one for visit in visits for one in visit.inputs), tick)
        for visit in visits:
            found = list(islice(results, len(visit.inputs)))
            if visit.stamp and not visit.postponed:
                self._end(visit, found, batch)
            yield visit

    def _end(self, visit: Visit, results: Sequence[SourceResult], batch: Batch) -> None:
        now, first = self._clock.monotonic(), not visit.file.attempts
        source = self._sources.of(visit.file, now)
        for one, result in zip(visit.inputs, results, strict=True):
            batch.add(result, one.source)
            source.add(result, now, self._clock.now())
        visit.end(results, now)
        source.problem = str(visit.problems[0][1]) if visit.problems else ""
        for word, problem in visit.problems if first else ():
            place = problem.where or visit.file.path
            self._journal.tell(word, file=place, problem=problem.message, reason=problem.reason)


def at_once(due: Sequence[tuple[WatchedFile, Due]]) -> Sequence[tuple[WatchedFile, Due]]:
    """The first files, as many as one step reads: one at least."""
    size = 0
    for number, (file, _) in enumerate(due[:MOST_FILES]):
        size += file.unread_bytes
        if size > MOST_BYTES:
            return due[: max(1, number)]
    return due[:MOST_FILES]
