"""``kill -9`` at any moment of a scan, then the same scan again: the database is that of an undisturbed run."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from shadowscan.store.database import Database, Session
from tests.commandline import ROOT
from tests.ingest.squidlog import text, write

LINES = 30_000
SEED = 20261123
CHUNK_BYTES = 1 << 19
"""Small chunks, so that there are many commits to fall between."""
OF_FILE = "FROM {} JOIN ledger USING (ledger_id) JOIN files USING (file_id)"
STORED = {
    "files": "SELECT path, kind, compression, encoding, size, head_length, head_sha256, consumed, marker_sha256,"
    " next_line, complete, problem FROM files",
    "ledger": "SELECT path, min(from_offset), max(to_offset), sum(lines), sum(used), sum(events), sum(skipped),"
    " sum(rejected), sum(duplicates), sum(ai_events), min(first_ts), max(last_ts)"
    " FROM ledger JOIN files USING (file_id) GROUP BY path",
    "ledger_formats": f"SELECT path, format, sum(ledger_formats.lines) {OF_FILE.format('ledger_formats')} GROUP BY ALL",
    "skips": f"SELECT path, reason, sum(skips.lines) {OF_FILE.format('skips')} GROUP BY ALL",
    "rejects": f"SELECT path, rejects.* EXCLUDE (ledger_id) {OF_FILE.format('rejects')}",
    "line_keys": f"SELECT path, key {OF_FILE.format('line_keys')}",
    "hosts": "SELECT * EXCLUDE (host_id) FROM hosts",
    "usage": 'SELECT path, day, usage.kind, host, "user", device, action, sum(requests), sum(usage.bytes_out),'
    f" sum(usage.bytes_in) {OF_FILE.format('usage LEFT JOIN hosts USING (host_id) JOIN origins USING (origin_id)')}"
    " GROUP BY ALL",
    "origins": 'SELECT "user", device FROM origins',
    "ai_usage": 'SELECT path, slot, log, ai_usage.kind, verdict, service, host, activity, client_kind, "user", device,'
    " action, sum(requests), sum(bytes_out), sum(bytes_in), min(first), max(last), list_sort(flatten(list(sizes))),"
    f" list_sort(flatten(list(endings))) {OF_FILE.format('ai_usage')} GROUP BY ALL",
    "source_hours": f"SELECT path, hour, sum(source_hours.events) {OF_FILE.format('source_hours')} GROUP BY ALL",
    "events": f"SELECT path, events.* EXCLUDE (ledger_id) {OF_FILE.format('events')}",
}
"""Every table that a scan fills, without what depends on where it was stopped: the cut into chunks."""
OTHERS = {"runs", "meta", "finding_decisions", "reveals"}


class Scanner:
    """Begins scans, each in a process of its own, and ends them."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.ingest.forked", str(CHUNK_BYTES)]
        self._forker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert self._number() == self._forker.pid

    def start(self, folder: Path, database: Path) -> int:
        """Begin a scan; its process id."""
        assert self._forker.stdin
        self._forker.stdin.write(json.dumps(["scan", str(folder), "--db", str(database), "--quiet"]) + "\n")
        self._forker.stdin.flush()
        return self._number()

    def kill(self, folder: Path, database: Path, moment: float) -> None:
        """Kill a scan so many seconds after its start."""
        process = self.start(folder, database)
        time.sleep(moment)
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        assert self._number() in {0, -signal.SIGKILL}

    def finish(self, folder: Path, database: Path) -> float:
        """Let a scan come to its end; the seconds it took."""
        started = time.monotonic()
        self.start(folder, database)
        assert self._number() == 0
        return time.monotonic() - started

    def close(self) -> None:
        """No more scans."""
        self._forker.communicate()

    def _number(self) -> int:
        assert self._forker.stdout
        return int(self._forker.stdout.readline())


@pytest.fixture(scope="module")
def scanner() -> Iterator[Scanner]:
    scanner = Scanner()
    yield scanner
    scanner.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A big log with broken lines, and a compressed export that overlaps it."""
    place = tmp_path_factory.mktemp("logs")
    big = text(range(LINES))
    middle = big.index(b"\n", len(big) // 2) + 1
    write(place / "access.log", big[:middle] + b"--- mark ---\n\n" + big[middle:] + b"1793600000.1 torn")
    write(place / "overlap.log.gz", text(range(LINES - 2_500, LINES + 2_500)))
    return place


@pytest.fixture(scope="module")
def undisturbed(
    folder: Path, scanner: Scanner, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Any], float]:
    """What an undisturbed scan stores, and how long it takes."""
    database = tmp_path_factory.mktemp("undisturbed") / "db.duckdb"
    duration = scanner.finish(folder, database)
    return stored(database), duration


def test_killed_anywhere_and_scanned_again_is_undisturbed(
    folder: Path, scanner: Scanner, undisturbed: tuple[dict[str, Any], float], tmp_path: Path
) -> None:
    _kill_and_compare(folder, scanner, undisturbed, tmp_path, kills=5)


@pytest.mark.soak
def test_killed_twenty_times_and_scanned_again_is_undisturbed(
    folder: Path, scanner: Scanner, undisturbed: tuple[dict[str, Any], float], tmp_path: Path
) -> None:
    _kill_and_compare(folder, scanner, undisturbed, tmp_path, kills=20)


def _kill_and_compare(
    folder: Path, scanner: Scanner, undisturbed: tuple[dict[str, Any], float], tmp_path: Path, *, kills: int
) -> None:
    expected, duration = undisturbed
    dice = random.Random(SEED)
    halfway = number = 0
    # A busy machine starts late or early: go on until a kill has fallen into the reading.
    while number < kills or (not halfway and number < 5 * kills):
        number += 1
        database = tmp_path / f"{number}.duckdb"
        moment = dice.uniform(0.2, 0.95) * duration
        scanner.kill(folder, database, moment)
        halfway += 0 < _lines(database) < expected["lines"]
        scanner.finish(folder, database)
        assert stored(database) == expected, f"killed after {moment:.3f} of {duration:.3f} s"
    assert halfway, "no kill fell into the reading"


def _lines(database: Path) -> int:
    if not database.exists():
        return 0
    with Database(database).write() as session:
        return _sum_of_lines(session)


def stored(database: Path) -> dict[str, Any]:
    """Checksums of every table, and the lines in the ledger."""
    with Database(database).read() as session:
        tables = {name for (name,) in session.rows("SELECT table_name FROM duckdb_tables()")}
        assert tables == {*STORED, *OTHERS}
        return {table: _checksum(session, query) for table, query in STORED.items()} | {"lines": _sum_of_lines(session)}


def _sum_of_lines(session: Session) -> int:
    return int(session.rows("SELECT coalesce(sum(lines), 0) FROM ledger")[0][0])


def _checksum(session: Session, query: str) -> tuple[Any, ...]:
    """Number of the rows, and two sums over their hashes that no order changes."""
    return session.rows(f"SELECT count(*), bit_xor(h), sum(h) FROM (SELECT hash(row) AS h FROM ({query}) AS row)")[0]
