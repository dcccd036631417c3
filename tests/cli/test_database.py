"""A database that can't be used: said with the reason and what to do, exit code 4, nothing damaged."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from shadowscan.errors import ExitCode
from shadowscan.store import database as store
from tests.cli.logs import plain
from tests.commandline import Ran, good, report, shadowscan

HOLD = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return plain(tmp_path / "access.log")


@pytest.fixture
def held(tmp_path: Path, log: Path) -> Iterator[tuple[Path, int]]:
    """A sound database that another process has open for writing."""
    path = tmp_path / "db.duckdb"
    good(shadowscan("scan", log, "--db", path))
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield path, process.pid
        process.communicate()


def refused(ran: Ran, *words: str) -> None:
    assert ran.code == ExitCode.DATABASE
    assert ran.out == ""
    assert "Traceback" not in ran.err
    assert "what to do:" in ran.err
    for word in words:
        assert word in ran.err


def test_a_database_held_by_another_process_is_waited_for_then_named(
    held: tuple[Path, int], log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, holder = held
    monkeypatch.setattr(store.Database.__init__, "__kwdefaults__", {"lock_wait": 0.2})
    refused(shadowscan("scan", log, "--db", path), f"process {holder}")
    refused(shadowscan("report", "--db", path), f"process {holder}")


def test_a_database_is_free_again_after_its_holder_ends(tmp_path: Path, log: Path) -> None:
    path = tmp_path / "db.duckdb"
    good(shadowscan("scan", log, "--db", path))
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        assert process.stdin is not None
        process.stdin.close()
        good(shadowscan("report", "--db", path))


def test_a_report_needs_a_database(tmp_path: Path) -> None:
    for command in (["report"], ["evidence"], ["db", "info"], ["db", "rejects"]):
        refused(shadowscan(*command, "--db", tmp_path / "none.duckdb"), "none.duckdb", "shadowscan scan")
    assert not (tmp_path / "none.duckdb").exists()


def test_a_file_that_is_no_database(tmp_path: Path, log: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("dear diary\n" * 2000)
    refused(shadowscan("scan", log, "--db", path), "notes.txt")
    refused(shadowscan("report", "--db", path), "notes.txt")
    assert path.read_text() == "dear diary\n" * 2000


def test_a_database_of_something_else(tmp_path: Path, log: Path) -> None:
    path = tmp_path / "other.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE cats (name VARCHAR)")
    refused(shadowscan("scan", log, "--db", path), "not a shadowscan database")
    refused(shadowscan("report", "--db", path), "not a shadowscan database")
    with duckdb.connect(str(path)) as connection:
        assert connection.execute("SELECT table_name FROM duckdb_tables()").fetchall() == [("cats",)]


def test_a_database_without_any_table(tmp_path: Path) -> None:
    path = tmp_path / "bare.duckdb"
    duckdb.connect(str(path)).close()
    refused(shadowscan("report", "--db", path), "bare.duckdb")


def test_a_database_of_a_newer_shadowscan(tmp_path: Path, log: Path) -> None:
    path = tmp_path / "db.duckdb"
    good(shadowscan("scan", log, "--db", path))
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE meta SET value = '999' WHERE key = 'schema'")
    refused(shadowscan("scan", log, "--db", path), "schema 999")
    refused(shadowscan("report", "--db", path), "schema 999")


def test_a_damaged_database(tmp_path: Path, log: Path) -> None:
    path = tmp_path / "db.duckdb"
    good(shadowscan("scan", log, "--db", path))
    content = bytearray(path.read_bytes())
    content[4096:12288] = bytes(8192)
    path.write_bytes(content)
    refused(shadowscan("report", "--db", path), "db.duckdb")


def test_a_folder_instead_of_a_database(tmp_path: Path, log: Path) -> None:
    refused(shadowscan("scan", log, "--db", tmp_path), str(tmp_path))


def test_a_database_in_a_missing_folder(tmp_path: Path, log: Path) -> None:
    refused(shadowscan("scan", log, "--db", tmp_path / "no" / "db.duckdb"), "no/db.duckdb")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(tmp_path: Path, log: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    refused(shadowscan("scan", log, "--db", folder / "db.duckdb"), "locked/db.duckdb")


def test_a_report_that_can_not_be_written_is_a_usage_error(tmp_path: Path, log: Path) -> None:
    path = tmp_path / "db.duckdb"
    ran = shadowscan("scan", log, "--db", path, "--to", tmp_path / "no" / "report.txt")
    assert ran.code == ExitCode.USAGE
    assert "report.txt" in ran.err
    assert report(path)["totals"]["events"] == 20
