"""A logger that rotates, and a watcher that is killed again and again: ``python -m tests.watch.killing KILLS SEED``.

Everything that costs is loaded once; each watcher is a fork of this process, so that hundreds of them can die.
Prints what was written and what the database holds, as JSON.
"""

import gzip
import json
import os
import random
import signal
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from shadowscan.config import DirectorySettings, WatchSettings
from shadowscan.config.alerts import AlertSettings
from shadowscan.errors import DatabaseError
from shadowscan.ingest.inputs import IngestOptions
from shadowscan.store.database import Database
from shadowscan.store.housekeeping import verify
from shadowscan.watch.clock import SystemClock
from shadowscan.watch.daemon import Daemon
from shadowscan.watch.folder import Folder
from shadowscan.watch.journal import Journal
from shadowscan.watch.sidework import Plan
from shadowscan.watch.status import State, read_status
from shadowscan.watch.watcher import Setup
from tests.ingest.bench import catalog, squid_only
from tests.ingest.squidlog import expected, line

SETTINGS = WatchSettings(
    rescan=timedelta(seconds=1), settle=timedelta(seconds=1), quiet=timedelta(seconds=2), chunk_bytes=1 << 18
)
LIFE = 1.5
"""Seconds that a watcher lives at most, once it has told that it does."""
BIRTH = 10.0
"""Seconds that are waited for that; one in five is killed before."""


class Logger:
    """Writes numbered lines in pieces that end anywhere, and rotates by name, by copy and with compression."""

    def __init__(self, folder: Path, dice: random.Random) -> None:
        self.path = folder / "access.log"
        self.numbers: list[int] = []
        self._dice = dice
        self._rest = b""
        self._rotations = 0

    def write(self) -> None:
        """Append some lines; the last of them mostly without its end, which comes with the next piece."""
        first = len(self.numbers)
        numbers = range(first, first + self._dice.randint(1, 100))
        self.numbers += numbers
        data = self._rest + b"".join(line(number).encode() + b"\n" for number in numbers)
        cut = len(data) - self._dice.randint(0, 60)
        self._append(data[:cut])
        self._rest = data[cut:]

    def rotate(self) -> None:
        """End the line and begin a new file."""
        self._end()
        self._rotations += 1
        target = self.path.with_name(f"access.log.{self._rotations}")
        match self._dice.randrange(3):
            case 0:
                self.path.rename(target)
            case 1:
                target.write_bytes(self.path.read_bytes())
                self.path.write_bytes(b"")
            case 2:
                packed = target.with_name(target.name + ".gz")
                packed.write_bytes(gzip.compress(self.path.read_bytes()))
                self.path.unlink()

    def finish(self) -> None:
        """End the last line."""
        self._end()

    def _end(self) -> None:
        self._append(self._rest)
        self._rest = b""

    def _append(self, data: bytes) -> None:
        with self.path.open("ab") as file:
            file.write(data)


def _watch(folder: Path, database: Path) -> int:
    """Fork a watcher; return its process id."""
    if pid := os.fork():
        return pid
    try:
        with (database.parent / "messages").open("a", encoding="utf-8") as messages:
            journal = Journal(lambda text: print(text, file=messages, flush=True), SystemClock())
            options = IngestOptions(chunk_bytes=SETTINGS.chunk_bytes)
            setup = Setup(SETTINGS, [Folder(DirectorySettings(path=folder), options)], catalog(), squid_only())
            plan = Plan(AlertSettings(), tuple, None)
            Daemon(Database(database), lambda: (setup, plan), journal, "killing").run()
    finally:
        os._exit(0)


def _live(logger: Logger, dice: random.Random, seconds: float) -> None:
    """Log for a while."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        logger.write()
        if dice.random() < 0.02:
            logger.rotate()
        time.sleep(dice.uniform(0, 0.1))


def play(kills: int, seed: int) -> dict[str, object]:
    """Kill that often under load, let a last watcher finish, and compare."""
    dice = random.Random(seed)
    place = Path(tempfile.mkdtemp())
    folder, database = place / "logs", place / "killed.duckdb"
    folder.mkdir()
    logger = Logger(folder, dice)
    for _ in range(kills):
        pid = _watch(folder, database)
        born = time.monotonic() + BIRTH
        patient = dice.random() > 0.2
        while patient and not _tells(database, pid) and time.monotonic() < born:
            _live(logger, dice, 0.05)
        _live(logger, dice, dice.uniform(0, LIFE))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    logger.finish()
    last = _watch(folder, database)
    _wait_until_done(database, last)
    os.kill(last, signal.SIGTERM)
    os.waitpid(last, 0)
    return {"kills": kills, "written": len(logger.numbers), **_stored(database, logger)}


def _tells(database: Path, pid: int) -> bool:
    try:
        return read_status(database).pid == pid
    except DatabaseError:
        return False


def _wait_until_done(database: Path, pid: int) -> None:
    deadline = time.monotonic() + 1800
    time.sleep(3)  # what is quiet by then has been looked at
    while time.monotonic() < deadline:
        time.sleep(0.5)
        status = read_status(database)
        if status.pid == pid and status.state is State.IDLE and not status.pending:
            return
    raise TimeoutError("the last watcher does not come to an end")


def _stored(database: Path, logger: Logger) -> dict[str, object]:
    store = Database(database)
    with store.read() as session:
        events, rejected, runs = session.rows(
            "SELECT sum(events)::BIGINT, sum(rejected)::BIGINT, (SELECT count(DISTINCT run_id) FROM ledger) FROM ledger"
        )[0]
        services = dict(session.rows("SELECT service, count(*) FROM events GROUP BY ALL"))
    exact = services == expected(logger.numbers)
    wrong, _ = verify(store)
    return {"events": events, "rejected": rejected, "services_exact": exact, "wrong": wrong, "runs_that_read": runs}


if __name__ == "__main__":
    print(json.dumps(play(int(sys.argv[1]), int(sys.argv[2]))))
