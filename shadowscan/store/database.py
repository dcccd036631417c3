"""The database file: opened briefly, by one writer or many readers, and always through here."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from shadowscan.errors import DatabaseError, DatabaseFullError, DatabaseHeldError
from shadowscan.files import sync_file, sync_folder
from shadowscan.store.schema import check, known_version, newest, upgrade
from shadowscan.store.turns import Turns

LOCK_WAIT = 10.0
"""Seconds to wait for a database another process holds."""
_HOLDER = re.compile(r"\(PID (\d+)\)")
_RETRY = 0.02
"""Seconds between two attempts of a reader; a writer's attempts become rarer."""
_DAMAGED_LOG = "Corrupt WAL file"


class Session:
    """An open connection; ``transaction`` brackets everything that must happen together."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, where: str) -> None:
        self._connection = connection
        self._where = where

    def rows(self, sql: str, parameters: dict[str, Any] | list[Any] | None = None) -> list[tuple[Any, ...]]:
        """Run one statement and fetch all its rows."""
        with self._guarded():
            return self._connection.execute(sql, parameters or []).fetchall()

    def dicts(self, sql: str, parameters: dict[str, Any] | list[Any] | None = None) -> list[dict[str, Any]]:
        """Run one query; one dict a row."""
        with self._guarded():
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
        self.execute("BEGIN")
        try:
            yield
        except BaseException:
            with suppress(duckdb.Error):  # a failure that ended the transaction leaves nothing to roll back
                self._connection.execute("ROLLBACK")
            raise
        self.execute("COMMIT")

    @contextmanager
    def _registered(self, relations: dict[str, pa.Table]) -> Iterator[None]:
        for name, table in relations.items():
            self._connection.register(name, table)
        try:
            with self._guarded():
                yield
        finally:
            for name in relations:
                self._connection.unregister(name)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Turn what the disk or the memory does to a statement into a DatabaseError; wrong SQL stays what it is."""
        try:
            yield
        except (duckdb.OperationalError, duckdb.InternalError) as error:
            raise _failed(error, self._where) from error


class Database:
    """A database file, not yet open.

    DuckDB lets one process write, or several read; so a session is short, and waits a while for its turn.
    """

    def __init__(self, path: Path, *, lock_wait: float = LOCK_WAIT) -> None:
        self.path = path
        self._lock_wait = lock_wait
        self._upgraded = False
        self._turns = Turns(path)

    @property
    def readers_wait(self) -> bool:
        """Tell whether another process waits to read: then a writer should soon give the database up."""
        return self._turns.wanted()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open for writing; makes the file and brings its schema up to date. DatabaseError if that can't be.

        Readers that wait already come first. Before an older database is changed a copy of it is put beside it.
        """
        self._turns.let_pass()
        if not self._upgraded:
            self._keep_former()
        with self._open(read_only=False) as connection:
            if not self._upgraded:
                upgrade(connection, str(self.path))
                self._upgraded = True
            yield Session(connection, str(self.path))

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open for reading; DatabaseError if there is no such database, or one of another schema."""
        if not self.path.exists():
            raise self._missing()
        with self._open(read_only=True) as connection:
            check(connection, str(self.path))
            yield Session(connection, str(self.path))

    def copy_to(self, target: Path, replace: Path | None = None) -> None:
        """Write everything as of now, without dead space, to a new file; DatabaseError if that can't be.

        Nobody writes meanwhile. ``replace`` is the name the finished copy then takes, still before anybody writes.
        """
        if not self.path.exists():
            raise self._missing()
        connection = self._wait_as_reader(self._attach)
        try:
            connection.execute(f"ATTACH {literal(str(target))} AS target")
            connection.execute("COPY FROM DATABASE source TO target; DETACH target")
            sync_file(target)
            if replace:
                if replace == self.path and self._log.exists():
                    raise DatabaseHeldError("was written to meanwhile", where=str(self.path), hint="try again")
                target.replace(replace)
            sync_folder(target.parent)
        except (duckdb.Error, OSError) as error:
            target.unlink(missing_ok=True)
            raise _failed(error, str(target)) from error
        except DatabaseError:
            target.unlink(missing_ok=True)
            raise
        finally:
            connection.close()

    @property
    def _log(self) -> Path:
        """The write-ahead log: what was committed and is not yet in the file."""
        return self.path.with_name(f"{self.path.name}.wal")

    def _keep_former(self) -> None:
        """Copy a database of an older schema beside itself: an older program can go on with it."""
        if not self.path.exists() or not self.path.stat().st_size:
            return
        with self._open(read_only=True) as connection:
            version = known_version(connection, str(self.path))
        if not 0 < version < newest():
            return
        part = self.path.with_name(f".{self.path.name}.part")
        self.copy_to(part, self.path.with_name(f"{self.path.name}.schema-{version}"))

    def _missing(self) -> DatabaseError:
        return DatabaseError(
            "no such database", where=str(self.path), hint="`shadowscan scan` makes it; --db names another"
        )

    @contextmanager
    def _open(self, *, read_only: bool) -> Iterator[duckdb.DuckDBPyConnection]:
        connection = self._wait_as_reader(self._readable) if read_only else self._wait(self._writable, 0.2)
        try:
            connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
            yield connection
        finally:
            connection.close()

    def _wait_as_reader(self, connect: Callable[[], duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
        """Open for reading; where that isn't possible at once, announce it to the writer."""
        try:
            return connect()
        except DatabaseHeldError:
            with self._turns.announced():
                return self._wait(connect, _RETRY)

    def _wait(self, connect: Callable[[], duckdb.DuckDBPyConnection], longest: float) -> duckdb.DuckDBPyConnection:
        """Try to connect again and again, with pauses up to ``longest``, as long as another process has the file."""
        deadline = time.monotonic() + self._lock_wait
        delay = _RETRY
        while True:
            try:
                return connect()
            except DatabaseHeldError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(delay)
                delay = min(delay * 1.5, longest)

    def _readable(self) -> duckdb.DuckDBPyConnection:
        with self._explained():
            return duckdb.connect(str(self.path), read_only=True)

    def _writable(self) -> duckdb.DuckDBPyConnection:
        with self._explained():
            return duckdb.connect(str(self.path))

    def _attach(self) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(":memory:")
        with self._explained():
            connection.execute(f"ATTACH {literal(str(self.path))} AS source (READ_ONLY)")
        return connection

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except duckdb.Error as error:
            raise self._unusable(error) from error

    def _unusable(self, error: duckdb.Error) -> DatabaseError:
        where = str(self.path)
        if isinstance(error, duckdb.IOException) and (holder := _HOLDER.search(str(error))):
            return DatabaseHeldError(
                f"the database is held by process {holder[1]}",
                reason=f"waited {self._lock_wait:.0f} s",
                where=where,
                hint="try again when it has finished",
            )
        hint = "check path and permissions; if it is damaged, move it away and scan again"
        if _DAMAGED_LOG in str(error):
            hint = "a power loss may have torn its last entry: `shadowscan db repair` goes back to the one before"
        return DatabaseError("the database can't be opened", reason=_first_line(error), where=where, hint=hint)


def literal(text: str) -> str:
    """Quote a text for SQL that takes no parameters (ATTACH)."""
    return "'" + text.replace("'", "''") + "'"


def _failed(error: Exception, where: str) -> DatabaseError:
    """Tell what stopped a statement: no room on the disk, or something worse."""
    if "No space left" in str(error):
        return DatabaseFullError(
            "no room is left for the database",
            reason=_first_line(error),
            where=where,
            hint="make room and run the same again: what was committed is kept",
        )
    hint = "what was committed is kept; check disk and memory, then run the same again"
    return DatabaseError("the database can't be written or read", reason=_first_line(error), where=where, hint=hint)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0]
