"""The watcher: looks, reads what is new, gives the database up, tells what happened; one step after the other.

No threads and no waiting here (see ``daemon``): a step does what is due by the clock it is given.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from shadowscan import __version__
from shadowscan.catalog import Catalog
from shadowscan.config import WatchSettings
from shadowscan.errors import DatabaseError, DatabaseFullError, DatabaseHeldError
from shadowscan.formats.library import FormatLibrary
from shadowscan.ingest.inputs import IngestOptions
from shadowscan.ingest.run import Ingest
from shadowscan.people.pseudonyms import Tokens
from shadowscan.sources import Source
from shadowscan.store.database import Database
from shadowscan.watch.clock import Clock
from shadowscan.watch.dispose import Disposal
from shadowscan.watch.files import WatchedFile, WatchedFiles
from shadowscan.watch.folder import Folder
from shadowscan.watch.journal import Journal, Word
from shadowscan.watch.source import WatchedSources
from shadowscan.watch.status import State
from shadowscan.watch.visits import Batch, Visitor, at_once

_LONGEST_PAUSE = 30.0
_RARELY = 20
"""A look at everything that takes long is made less often: it may take a twentieth of the time."""
_TROUBLE: dict[type[DatabaseError], tuple[State, Word]] = {
    DatabaseHeldError: (State.DATABASE_HELD, Word.DATABASE_HELD),
    DatabaseFullError: (State.DISK_FULL, Word.DISK_FULL),
}


class Stopped(Exception):  # noqa: N818 - not an error
    """Ends the reading of a file after a chunk: the watcher is to stop."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What the watcher works with; SIGHUP makes a new one."""

    settings: WatchSettings
    folders: Sequence[Folder]
    catalog: Catalog
    library: FormatLibrary
    tokens: Tokens | None = None
    """Makes pseudonyms for names before they are stored."""


@dataclass(slots=True)
class _Trouble:
    """The database can't be written: why, and when to try again."""

    state: State
    problem: str
    pause: float = 0.5
    retry: float = 0.0


@dataclass(slots=True)
class Hooks:
    """What others do while the watcher runs."""

    pulse: Callable[[], None] = lambda: None
    """Called often, also within a long file: status, service manager."""
    after_batch: Callable[[Batch], None] = lambda _batch: None
    """Called after each step that added lines, with the database given up."""


class Watcher:
    """Follows the files of some folders into a database."""

    def __init__(
        self,
        database: Database,
        setup: Setup,
        journal: Journal,
        clock: Clock,
        *,
        command: str,
        hooks: Hooks | None = None,
    ) -> None:
        self.database = database
        self.hooks = hooks or Hooks()
        self.stopping = False
        self.behind = False
        """There is more to read than one step does."""
        self.sources = WatchedSources(journal)
        self._visitor = Visitor(self.sources, journal, clock)
        self._journal = journal
        self._clock = clock
        self._command = command
        self._lost: set[str] = set()
        self._trouble: _Trouble | None = None
        self._reading = False
        self._use(setup)

    def _use(self, setup: Setup) -> None:
        self._ingest = Ingest(
            self.database,
            setup.catalog,
            setup.library,
            IngestOptions(),
            command=self._command,
            version=__version__,
            tokens=setup.tokens,
        )
        self._ingest.rest()
        self._setup = setup
        self.files = WatchedFiles(setup.settings, setup.folders)
        self._disposal = Disposal(self.database.path, setup.folders, self._journal, self._clock)
        self._next_look = self._clock.monotonic()
        self._looked = False

    @property
    def settings(self) -> WatchSettings:
        """The settings in force."""
        return self._setup.settings

    @property
    def folders(self) -> Sequence[Folder]:
        """The folders that are watched."""
        return self._setup.folders

    @property
    def state(self) -> State:
        """What the watcher does now."""
        if self.stopping:
            return State.STOPPED
        if self._trouble:
            return self._trouble.state
        if not self._looked:
            return State.STARTING
        return State.READING if self._reading else State.IDLE

    @property
    def problem(self) -> str:
        """Why the database can't be written; empty while it can."""
        return self._trouble.problem if self._trouble else ""

    def reload(self, setup: Setup) -> None:
        """Go on with other settings, formats or signatures; what is known of the files is found again by content."""
        former = self._ingest
        self._use(setup)
        former.__exit__()

    def close(self) -> None:
        """End in good order: what was read is in the database."""
        with suppress(DatabaseError):
            if not self._trouble:
                self._ingest.finish()
        self._ingest.__exit__()

    def step(self, hinted: set[str] | None = None, *, everything: bool = False) -> Batch:
        """Look (at what was hinted, or at everything if it is time), read what is due, and tell of it."""
        now = self._clock.monotonic()
        if everything or now >= self._next_look:
            self._look(now)
            done = self._clock.monotonic()
            self._next_look = done + max(self.settings.rescan.total_seconds(), _RARELY * (done - now))
        elif hinted:
            self.files.look_at(hinted, now)
        batch = Batch()
        with suppress(Stopped):
            self._read_due(now, batch)
        self.sources.judge(self._clock.monotonic(), self.settings.drift)
        if batch.lines:
            self._journal.tell(
                Word.READ,
                files=batch.files,
                lines=batch.lines,
                events=batch.events,
                ai_events=batch.ai_events,
                rejected=batch.rejected,
            )
            self.hooks.after_batch(batch)
        return batch

    def _look(self, now: float) -> None:
        self._looked = True
        for folder in self.folders:
            walk = folder.walk()
            for place, reason in walk.unreadable:
                if place not in self._lost:
                    self._journal.tell(Word.FOLDER_LOST, folder=place, reason=reason)
            lost = {place for place, _ in walk.unreadable}
            for place in self._lost - lost:
                if place.startswith(str(folder.path)):
                    self._journal.tell(Word.FOLDER_BACK, folder=place)
                    self._lost.discard(place)
            self._lost |= lost
            for file in self.files.look(folder, walk.files, tuple(lost), now):
                self._vanished(file)

    def _vanished(self, file: WatchedFile) -> None:
        if file.unread_bytes:
            self._journal.tell(Word.VANISHED, file=file.path, unread_bytes=file.unread_bytes)

    def _read_due(self, now: float, batch: Batch) -> None:
        self.behind = False
        if self._trouble and now < self._trouble.retry:
            return
        every = self.files.due(now)
        due = at_once(every)
        if not due and not self._trouble and not self._disposal.due(self.files):
            return
        self._reading = True
        try:
            for visit in self._visitor.visit(self._ingest, due, batch, self._tick):
                if visit.stamp is None:
                    self.files.forget(visit.file.path)
                    self._vanished(visit.file)
                self._well()
            self._ingest.rest()
            self._well()
            self._disposal.dispose(self.files)
            self.behind = len(due) < len(every)
        except DatabaseError as error:
            self._failed(error)
        finally:
            self._reading = False

    def _tick(self, _source: Source, _bytes: int, _count: int, _unit: str) -> None:
        self.hooks.pulse()
        if self.stopping:
            raise Stopped

    def _failed(self, error: DatabaseError) -> None:
        """Pause: nothing is lost, for whatever was not committed will be read again."""
        state, word = _TROUBLE.get(type(error), (State.DATABASE_FAILED, Word.DATABASE_FAILED))
        problem = error.problem
        if self._trouble is None or self._trouble.state is not state:
            self._trouble = _Trouble(state, str(problem))
            self._journal.tell(word, database=str(self.database.path), problem=problem.message, reason=problem.reason)
        self._trouble.pause = min(self._trouble.pause * 2, _LONGEST_PAUSE)
        self._trouble.retry = self._clock.monotonic() + self._trouble.pause

    def _well(self) -> None:
        if self._trouble:
            self._trouble = None
            self._journal.tell(Word.DATABASE_BACK, database=str(self.database.path))
