"""The database file: opened briefly, by one writer or many readers, and always through here."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from shadowscan.errors import DatabaseError
from shadowscan.store.schema import check, upgrade

LOCK_WAIT = 10.0
"""Seconds to wait for a database another process holds."""
_HOLDER = re.compile(r"\(PID (\d+)\)")


class Session:
    """An open connection; ``transaction`` brackets everything that must happen together."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def rows(self, sql: str, parameters: dict[str, Any] | list[Any] | None = None) -> list[tuple[Any, ...]]:
        """Run one statement and fetch all its rows."""
        return self._connection.execute(sql, parameters or []).fetchall()

    def dicts(self, sql: str, parameters: dict[str, Any] | list[Any] | None = None) -> list[dict[str, Any]]:
        """Run one query; one dict a row."""
        result = self._connection.execute(sql, parameters or [])
        names = [column[0] for column in result.description or []]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def table(self, sql: str, parameters: dict[str, Any] | None = None, **relations: pa.Table) -> pa.Table:
        """Run one query over the database and the given Arrow tables; the result as an Arrow table."""
        with self._registered(relations):
            return self._connection.sql(sql, params=parameters or {}).to_arrow_table()

    def insert(self, table: str, rows: pa.Table) -> None:
        """Append Arrow rows by column name."""
        if len(rows):
            with self._registered({"new_rows": rows}):
                self._connection.execute(f'INSERT INTO "{table}" BY NAME SELECT * FROM new_rows')

    def execute(self, sql: str, parameters: list[Any] | None = None, **relations: pa.Table) -> None:
        """Run one statement."""
        with self._registered(relations):
            self._connection.execute(sql, parameters or [])

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: commits at the end, rolls back on any exception."""
        self._connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    @contextmanager
    def _registered(self, relations: dict[str, pa.Table]) -> Iterator[None]:
        for name, table in relations.items():
            self._connection.register(name, table)
        try:
            yield
        finally:
            for name in relations:
                self._connection.unregister(name)


class Database:
    """A database file, not yet open.

    DuckDB lets one process write, or several read; so a session is short, and waits a while for its turn.
    """

    def __init__(self, path: Path, *, lock_wait: float = LOCK_WAIT) -> None:
        self.path = path
        self._lock_wait = lock_wait
        self._upgraded = False

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open for writing; makes the file and brings its schema up to date. DatabaseError if that can't be."""
        with self._open(read_only=False) as connection:
            if not self._upgraded:
                upgrade(connection, str(self.path))
                self._upgraded = True
            yield Session(connection)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open for reading; DatabaseError if there is no such database, or one of another schema."""
        if not self.path.exists():
            raise DatabaseError(
                "no such database", where=str(self.path), hint="`shadowscan scan` makes it; --db names another"
            )
        with self._open(read_only=True) as connection:
            check(connection, str(self.path))
            yield Session(connection)

    @contextmanager
    def _open(self, *, read_only: bool) -> Iterator[duckdb.DuckDBPyConnection]:
        connection = self._connect(read_only=read_only)
        try:
            connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
            yield connection
        finally:
            connection.close()

    def _connect(self, *, read_only: bool) -> duckdb.DuckDBPyConnection:
        deadline = time.monotonic() + self._lock_wait
        delay = 0.02
        while True:
            try:
                return duckdb.connect(str(self.path), read_only=read_only)
            except duckdb.IOException as error:
                holder = _HOLDER.search(str(error))
                if holder is None or time.monotonic() > deadline:
                    raise self._unusable(error, holder[1] if holder else None) from error
                time.sleep(delay)
                delay = min(delay * 1.5, 0.5)
            except duckdb.Error as error:
                raise self._unusable(error, None) from error

    def _unusable(self, error: duckdb.Error, holder: str | None) -> DatabaseError:
        if holder:
            return DatabaseError(
                f"the database is held by process {holder}",
                reason=f"waited {self._lock_wait:.0f} s",
                where=str(self.path),
                hint="try again when it has finished",
            )
        return DatabaseError(
            "the database can't be opened",
            reason=str(error).splitlines()[0],
            where=str(self.path),
            hint="check path and permissions; if it is damaged, move it away and scan again",
        )
