"""``kill -9`` at any moment of a scan, then the same scan again: the database is that of an undisturbed run."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from shadowscan.store.database import Database, Session
from tests.ingest.squidlog import text, write

LINES = 60_000
SEED = 20261123
SCAN = "import shadowscan.ingest.run as run; run.CHUNK_BYTES = 1 << 20; from shadowscan.cli.app import main; main()"
"""The command with small chunks, so that there are many commits to fall between."""
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


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A big log with broken lines, and a compressed export that overlaps it."""
    place = tmp_path_factory.mktemp("logs")
    big = text(range(LINES))
    middle = big.index(b"\n", len(big) // 2) + 1
    write(place / "access.log", big[:middle] + b"--- mark ---\n\n" + big[middle:] + b"1793600000.1 torn")
    write(place / "overlap.log.gz", text(range(LINES - 5_000, LINES + 5_000)))
    return place


@pytest.fixture(scope="module")
def undisturbed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], float]:
    """What an undisturbed scan stores, and how long it takes."""
    database = tmp_path_factory.mktemp("undisturbed") / "db.duckdb"
    started = time.monotonic()
    _finish(folder, database)
    return _stored(database), time.monotonic() - started


def test_killed_anywhere_and_scanned_again_is_undisturbed(
    folder: Path, undisturbed: tuple[dict[str, Any], float], tmp_path: Path
) -> None:
    _kill_and_compare(folder, undisturbed, tmp_path, kills=5)


@pytest.mark.soak
def test_killed_twenty_times_and_scanned_again_is_undisturbed(
    folder: Path, undisturbed: tuple[dict[str, Any], float], tmp_path: Path
) -> None:
    _kill_and_compare(folder, undisturbed, tmp_path, kills=20)


def _kill_and_compare(folder: Path, undisturbed: tuple[dict[str, Any], float], tmp_path: Path, *, kills: int) -> None:
    expected, duration = undisturbed
    dice = random.Random(SEED)
    halfway = number = 0
    # A busy machine starts late or early: go on until a kill has fallen into the reading.
    while number < kills or (not halfway and number < 5 * kills):
        number += 1
        database = tmp_path / f"{number}.duckdb"
        moment = dice.uniform(0.2, 0.95) * duration
        _kill(folder, database, moment)
        halfway += 0 < _lines(database) < expected["lines"]
        _finish(folder, database)
        assert _stored(database) == expected, f"killed after {moment:.3f} of {duration:.3f} s"
    assert halfway, "no kill fell into the reading"


def _start(folder: Path, database: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", SCAN, "scan", str(folder), "--db", str(database), "--quiet"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def _kill(folder: Path, database: Path, moment: float) -> None:
    with _start(folder, database) as process:
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)


def _finish(folder: Path, database: Path) -> None:
    with _start(folder, database) as process:
        _, said = process.communicate(timeout=60)
        assert process.returncode == 0, said.decode()


def _lines(database: Path) -> int:
    if not database.exists():
        return 0
    with Database(database).write() as session:
        return _sum_of_lines(session)


def _stored(database: Path) -> dict[str, Any]:
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
