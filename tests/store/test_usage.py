"""The rollup of all traffic: by number within, by name for whoever asks, also in a database that had it by name."""

from pathlib import Path

import duckdb
import pytest

from shadowscan.store import schema
from shadowscan.store.database import Database
from tests.commandline import good, shadowscan
from tests.ingest.bench import Bench
from tests.ingest.squidlog import text, write

BY_NAME = """SELECT ledger_id, day, kind, host, "user", device, action, requests, bytes_out, bytes_in
FROM usage LEFT JOIN hosts USING (host_id) JOIN origins USING (origin_id) ORDER BY ALL"""
FORMER = [
    (1, None, "flow", None, None, "192.0.2.1", None, 3, None, 40),
    (1, None, "flow", None, None, None, None, 1, None, None),
    (1, None, "http", "never-labelled.example.com", "ada", None, "allowed", 2, 10, 20),
    (2, None, "http", "claude.ai", "ada", "192.0.2.1", "blocked", 1, 10, 20),
]
"""Rows of ``usage`` as it was up to schema 7, every one with something unknown."""


def test_a_database_with_names_is_carried_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, every = tmp_path / "db.duckdb", schema.migrations()
    with monkeypatch.context() as patch:
        patch.setattr(schema, "migrations", lambda: every[:7])
        with duckdb.connect(str(path)) as connection:
            schema.upgrade(connection, str(path))
            connection.executemany("INSERT INTO usage VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", FORMER)
            connection.execute("INSERT INTO hosts (host, verdict, catalog) VALUES ('claude.ai', 'service', 'v1')")
            connection.execute("INSERT INTO meta VALUES ('catalog', 'v1')")
    with Database(path).write() as session:
        assert sorted(session.rows(BY_NAME), key=str) == sorted(FORMER, key=str)
        assert session.rows("SELECT value FROM meta WHERE key = 'catalog'") == [("",)]  # a host has no label yet


def test_every_event_kept_or_not_the_rollup_is_the_same(tmp_path: Path) -> None:
    log = write(tmp_path / "access.log", text(range(500)))
    rolled = []
    for name, options in (("some", ()), ("all", ("--keep-all",))):
        bench = Bench(tmp_path / f"{name}.duckdb")
        good(shadowscan("scan", log, "--db", bench.path, *options))
        with bench.database.read() as session:
            rolled.append((session.rows(BY_NAME), session.rows("SELECT host, verdict FROM hosts ORDER BY host")))
    assert rolled[0] == rolled[1]
    assert len(rolled[0][1]) > 1


def test_who_is_pruned_is_forgotten(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "db.duckdb")
    bench.scan(write(tmp_path / "access.log", text(range(100))))
    with bench.database.read() as session:
        assert session.rows("SELECT count(*) FROM origins") != [(0,)]
    good(shadowscan("db", "prune", "--older-than", "2040-01-01", "--db", bench.path))
    with bench.database.read() as session:
        assert session.rows("SELECT count(*) FROM origins") == [(0,)]
