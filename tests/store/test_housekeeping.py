"""Pruning, compaction, backup, verification, repair, and the copy kept before a migration."""

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from shadowscan.errors import ExitCode
from shadowscan.store import schema
from shadowscan.store.database import Database
from tests.commandline import good, report, shadowscan
from tests.ingest.bench import Bench
from tests.ingest.squidlog import START, text, write

DAY = 86_400


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Three logs of ten lines, each of another day."""
    made = Bench(tmp_path / "db.duckdb")
    for day in range(3):
        numbers = range(day * DAY, day * DAY + 10)
        made.scan(write(tmp_path / f"day{day}.log", text(numbers)))
    return made


def test_what_is_too_old_goes_and_is_not_read_again(bench: Bench, tmp_path: Path) -> None:
    before = datetime.fromtimestamp(START + DAY + 3600).isoformat()  # noqa: DTZ006 - tests run in UTC or not: days apart
    ran = good(shadowscan("db", "prune", "--older-than", before, "--db", bench.path))
    assert ran.out.startswith("pruned 2 ledger entries of 20 lines")
    assert report(bench.path)["totals"]["lines"] == 10
    assert [Path(source["name"]).name for source in report(bench.path)["sources"]] == ["day2.log"]
    bench.scan(*(tmp_path / f"day{day}.log" for day in range(3)))
    assert bench.figures().lines == 10
    good(shadowscan("db", "verify", "--db", bench.path))


def test_pruning_by_size_takes_the_oldest_until_it_fits(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "db.duckdb")
    for day in range(4):
        bench.scan(write(tmp_path / f"{day}.log", text(range(day * DAY, day * DAY + 30_000))))
    size = bench.path.stat().st_size
    good(shadowscan("db", "prune", "--max-bytes", str(size // 2), "--db", bench.path))
    assert bench.path.stat().st_size <= size // 2
    with bench.database.read() as session:
        kept = {Path(path).name for (path,) in session.rows("SELECT path FROM ledger JOIN files USING (file_id)")}
    assert kept
    assert kept <= {"2.log", "3.log", "1.log"}
    good(shadowscan("db", "verify", "--db", bench.path))


def test_nothing_to_prune_by_is_a_usage_error(bench: Bench) -> None:
    assert shadowscan("db", "prune", "--db", bench.path).code == ExitCode.USAGE
    assert shadowscan("db", "prune", "--max-bytes", "some", "--db", bench.path).code == ExitCode.USAGE


def test_a_backup_is_the_database_and_never_overwrites(bench: Bench, tmp_path: Path) -> None:
    target = tmp_path / "backup.duckdb"
    good(shadowscan("db", "backup", target, "--db", bench.path))
    assert Bench(target).figures() == bench.figures()
    assert shadowscan("db", "backup", target, "--db", bench.path).code == ExitCode.USAGE


def test_compaction_keeps_everything(bench: Bench) -> None:
    before = bench.figures()
    good(shadowscan("db", "compact", "--db", bench.path))
    assert bench.figures() == before
    good(shadowscan("db", "verify", "--db", bench.path))
    assert {path.suffix for path in bench.path.parent.iterdir()} == {".duckdb", ".log"}


@pytest.mark.parametrize(
    ("harm", "word"),
    [
        ("DELETE FROM usage WHERE ledger_id = 2", "usage"),
        ("DELETE FROM origins", "30 rows of usage are of no known host or origin"),
        ("INSERT INTO rejects VALUES (1, 1, 0, 'no reason', '')", "rejects"),
        ("DELETE FROM ledger WHERE ledger_id = 3", "belong to no ledger entry"),
        ("UPDATE ledger SET lines = 11 WHERE ledger_id = 1", "11 lines are not 10 used"),
        ("UPDATE files SET consumed = 7 WHERE file_id = 1", "read up to byte 7"),
        ("INSERT INTO ledger SELECT * REPLACE (9 AS ledger_id) FROM ledger WHERE ledger_id = 1", "counted twice"),
    ],
)
def test_verification_finds_what_does_not_agree(bench: Bench, harm: str, word: str) -> None:
    with bench.database.write() as session:
        session.execute(harm)
    ran = shadowscan("db", "verify", "--db", bench.path)
    assert ran.code == ExitCode.DATABASE
    assert word in ran.out


def test_a_torn_end_of_the_log_is_cut_off_and_kept(tmp_path: Path) -> None:
    """As a power loss leaves it: the file has its length, its last blocks were never written."""
    path = tmp_path / "db.duckdb"
    code = (
        "import os, sys; from pathlib import Path; from shadowscan.store.database import Database\n"
        "with Database(Path(sys.argv[1])).write() as s:\n"
        "    s.execute('CHECKPOINT')\n"
        "    for n in range(50):\n"
        "        with s.transaction(): s.execute(f\"INSERT INTO skips VALUES ({n}, 'blank', 1)\")\n"
        "    os._exit(9)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    log = path.with_name("db.duckdb.wal")
    size = log.stat().st_size
    os.truncate(log, size - 10)
    os.truncate(log, size)
    ran = shadowscan("db", "info", "--db", path)
    assert ran.code == ExitCode.DATABASE
    assert "shadowscan db repair" in ran.err
    assert "repaired" in good(shadowscan("db", "repair", "--db", path)).out
    with Database(path).read() as session:
        assert session.rows("SELECT count(*), max(ledger_id) FROM skips") == [(49, 48)]
    assert "nothing to repair" in good(shadowscan("db", "repair", "--db", path)).out


def test_an_older_database_is_copied_before_it_is_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "db.duckdb"
    with monkeypatch.context() as patch:
        first = schema.migrations()[:1]
        patch.setattr(schema, "migrations", lambda: first)
        with Database(path).write() as session:
            session.execute("INSERT INTO skips VALUES (1, 'blank', 1)")
    with Database(path).write() as session:
        assert session.rows("SELECT value FROM meta WHERE key = 'schema'") == [(str(schema.newest()),)]
    with duckdb.connect(str(tmp_path / "db.duckdb.schema-1"), read_only=True) as former:
        assert former.execute("SELECT value FROM meta WHERE key = 'schema'").fetchall() == [("1",)]
        assert former.execute("SELECT count(*) FROM skips").fetchall() == [(1,)]
