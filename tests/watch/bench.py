"""A watcher that lives in the test's process, by a clock that the test moves."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from shadowscan.config import DirectorySettings, WatchSettings
from shadowscan.formats.library import FormatLibrary
from shadowscan.store.database import Database
from shadowscan.watch.folder import Folder
from shadowscan.watch.journal import Form, Journal
from shadowscan.watch.visits import Batch
from shadowscan.watch.watcher import Setup, Watcher
from tests.ingest.bench import catalog, squid_only

SETTINGS = WatchSettings()


@dataclass
class ToyClock:
    """A clock that stands still until it is moved; its wall clock can jump."""

    seconds: float = 1000.0
    wall: datetime = field(default_factory=lambda: datetime.fromisoformat("2026-11-24T12:00:00"))

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return self.wall

    def move(self, seconds: float) -> None:
        self.seconds += seconds
        self.wall += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Counted:
    """What the database holds."""

    events: int
    rejected: int
    services: dict[str, int]


class Watched:
    """A folder and the watcher over it."""

    def __init__(
        self,
        folder: Path,
        settings: WatchSettings = SETTINGS,
        *directories: DirectorySettings,
        database: Path | None = None,
        library: FormatLibrary | None = None,
    ) -> None:
        self.folder = folder / "logs"
        self.folder.mkdir(exist_ok=True)
        self.clock = ToyClock()
        self.database = Database(database or folder / "watch.duckdb", lock_wait=0.2)
        self.settings = settings
        self.directories: Sequence[DirectorySettings] = directories or (DirectorySettings(path=self.folder),)
        self.library = library or squid_only()
        self.said: list[str] = []
        self.watcher = self._start()

    def _start(self) -> Watcher:
        setup = Setup(self.settings, [Folder(one) for one in self.directories], catalog(), self.library)
        journal = Journal(self.said.append, self.clock, Form.LOGFMT)
        return Watcher(self.database, setup, journal, self.clock, command="test")

    def restart(self) -> None:
        """Stop the watcher and start another: nothing is remembered but the database."""
        self.watcher.close()
        self.watcher = self._start()

    def step(self, seconds: float = 0.0) -> Batch:
        """Let time pass, then look at everything and read what is due."""
        self.clock.move(seconds)
        return self.watcher.step(everything=True)

    def drain(self) -> None:
        """Go on until all that is quiet by now has been read."""
        for _ in range(4):
            self.step(self.settings.quiet.total_seconds() + 1)
        assert not self.watcher.files.pending, [file.path for file in self.watcher.files.pending]

    @contextmanager
    def held_elsewhere(self) -> Iterator[None]:
        """Let another process have the database open for writing."""
        code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
        command = [sys.executable, "-c", code, str(self.database.path)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            yield
            process.communicate()

    def events_said(self) -> list[str]:
        """The words of the journal, in order."""
        return [line.split("event=")[1].split()[0] for line in self.said]

    def counted(self) -> Counted:
        """Ask the database."""
        with self.database.read() as session:
            events, rejected = session.rows("SELECT coalesce(sum(events), 0), coalesce(sum(rejected), 0) FROM ledger")[
                0
            ]
            services = dict(session.rows("SELECT service, count(*) FROM events GROUP BY ALL ORDER BY service"))
        return Counted(int(events), int(rejected), services)
