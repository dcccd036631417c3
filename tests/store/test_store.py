"""The database: made, brought up to date, all or nothing, and honest about its holder."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from shadowscan.errors import DatabaseError, UsageError
from shadowscan.model.events import EVENT_COLUMNS
from shadowscan.store.database import Database, Session
from shadowscan.store.schema import LABEL_COLUMNS, migrations
from shadowscan.store.scratch import Scratch

NOTHING = pa.table({"x": pa.array([], pa.int64())})


@pytest.fixture
def database(tmp_path: Path) -> Database:
    made = Database(tmp_path / "db.duckdb", lock_wait=0.2)
    with made.write():
        pass
    return made


class TestSchema:
    def test_migrations_are_numbered_without_a_gap(self) -> None:
        assert [number for number, _ in migrations()] == list(range(1, len(migrations()) + 1))

    def test_a_new_database_has_the_newest_schema(self, database: Database) -> None:
        with database.read() as session:
            assert session.rows("SELECT value FROM meta WHERE key = 'schema'") == [(str(len(migrations())),)]

    def test_events_have_the_columns_of_the_model(self, database: Database) -> None:
        with database.read() as session:
            columns = session.rows("SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'events'")
        assert columns == [*LABEL_COLUMNS, *((column.name, column.sql_type) for column in EVENT_COLUMNS)]

    def test_opening_again_changes_nothing(self, database: Database) -> None:
        with database.write() as session:
            session.execute("INSERT INTO skips VALUES (1, 'blank', 1)")
        with Database(database.path).write() as session:
            assert session.rows("SELECT * FROM skips") == [(1, "blank", 1)]


def _two_inserts_of_which_one_fails(session: Session) -> None:
    session.execute("INSERT INTO skips VALUES (1, 'blank', 1)")
    session.execute("INSERT INTO skips VALUES (1, 'blank', 'many')")


class TestSessions:
    def test_a_transaction_is_all_or_nothing(self, database: Database) -> None:
        with database.write() as session:
            with pytest.raises(duckdb.ConversionException), session.transaction():
                _two_inserts_of_which_one_fails(session)
            assert session.rows("SELECT count(*) FROM skips") == [(0,)]
            with session.transaction():
                session.execute("INSERT INTO skips VALUES (1, 'blank', 1)")
        with database.read() as session:
            assert session.rows("SELECT count(*) FROM skips") == [(1,)]

    def test_rows_go_in_by_the_names_of_their_columns(self, database: Database) -> None:
        rows = pa.table({"reason": ["blank"], "lines": [3], "ledger_id": [7]})
        with database.write() as session:
            session.insert("skips", rows)
            session.insert("skips", rows.slice(1))
            assert session.dicts("SELECT * FROM skips") == [{"ledger_id": 7, "reason": "blank", "lines": 3}]

    def test_values_are_bound_never_run(self, database: Database) -> None:
        evil = "'; DROP TABLE skips; --"
        with database.write() as session:
            session.execute("INSERT INTO skips VALUES (1, ?, 1)", [evil])
            assert session.rows("SELECT reason FROM skips WHERE reason = ?", [evil]) == [(evil,)]

    def test_a_reading_session_can_not_write(self, database: Database) -> None:
        with database.read() as session, pytest.raises(Exception, match="read-only"):
            session.execute("INSERT INTO skips VALUES (1, 'blank', 1)")

    def test_times_are_utc_whatever_the_machine_thinks(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TZ", "Asia/Tokyo")
        with database.read() as session:
            assert session.rows("SELECT epoch_ms(0)::VARCHAR") == [("1970-01-01 00:00:00",)]

    def test_a_missing_database_is_not_made_by_reading(self, tmp_path: Path) -> None:
        with pytest.raises(DatabaseError, match="no such database"), Database(tmp_path / "none").read():
            pass
        assert not (tmp_path / "none").exists()


class TestScratch:
    """Formats come from strangers: their expressions compute and reach nothing."""

    @pytest.mark.parametrize(
        "sql",
        [
            "SELECT * FROM read_text('/etc/passwd')",
            "SELECT * FROM '/etc/passwd'",
            "COPY (SELECT 1) TO 'out.csv'",
            "ATTACH 'other.duckdb'",
            "INSTALL httpfs",
            "SET enable_external_access = true",
            "SET threads = 64",
        ],
    )
    def test_nothing_outside_is_reachable(self, sql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        with (
            Scratch() as scratch,
            pytest.raises(
                Exception, match=r"disabled|locked|denied|Permission|configuration|does not exist|not a preparable"
            ),
        ):
            scratch.query(NOTHING, lambda _: sql)
        assert list(tmp_path.iterdir()) == []

    def test_an_unknown_time_zone_is_told(self) -> None:
        with pytest.raises(UsageError, match="Mars"):
            Scratch(timezone="Mars/Olympus")

    def test_times_without_a_zone_are_of_the_users(self) -> None:
        with Scratch(timezone="Europe/Paris") as scratch:
            sql = "SELECT make_timestamp(epoch_us(any_time('2026-07-01 12:00:00')))::VARCHAR AS t"
            found = scratch.query(NOTHING, lambda _: sql)
        assert found["t"].to_pylist() == ["2026-07-01 10:00:00"]
