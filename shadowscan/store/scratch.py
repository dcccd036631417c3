"""A DuckDB connection in memory for parsing: macros loaded, nothing outside reachable."""

from importlib import resources
from types import TracebackType
from typing import Any, Self

import duckdb
import pyarrow as pa

from shadowscan.errors import UsageError

MACROS = resources.files("shadowscan.formats").joinpath("macros.sql")


class QueryError(Exception):
    """A query that its text, or a value it met, stopped."""


class Scratch:
    """Runs the SQL that formats produce over Arrow tables.

    Format files may come from strangers: external access is off and the configuration is locked, so an
    expression can compute and do nothing else.
    """

    def __init__(self, *, timezone: str = "UTC", threads: int | None = None) -> None:
        self._connection = duckdb.connect(":memory:")
        self._connection.execute(MACROS.read_text(encoding="utf-8"))
        if threads:
            self._connection.execute(f"SET threads = {int(threads)}")
        try:
            self._connection.execute("SET TimeZone = ?", [timezone])
        except duckdb.Error as error:
            raise UsageError(f"unknown time zone {timezone!r}", hint="use an IANA name such as Europe/Paris") from error
        # Unordered results let Arrow input be read by all cores; who needs line order sorts by line number.
        self._connection.execute("SET preserve_insertion_order = false")
        self._connection.execute("SET enable_external_access = false; SET lock_configuration = true")

    def query(self, sql: str, **relations: pa.Table) -> pa.Table:
        """Run one query over the given tables, each known to it by its keyword; QueryError if a value stops it."""
        for name, table in relations.items():
            self._connection.register(name, table)
        try:
            return self._connection.sql(sql).to_arrow_table()
        except (duckdb.DataError, duckdb.ProgrammingError) as error:
            raise QueryError((str(error).splitlines() or [""])[0]) from error
        finally:
            for name in relations:
                self._connection.unregister(name)

    def close(self) -> None:
        """Give the memory back."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Any:
        self.close()
