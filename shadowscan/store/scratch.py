"""A DuckDB connection in memory for parsing: macros loaded, nothing outside reachable."""

from collections.abc import Callable
from importlib import resources
from types import TracebackType
from typing import Any, Self

import duckdb
import pyarrow as pa

from shadowscan.errors import UsageError

MACROS = resources.files("shadowscan.formats").joinpath("macros.sql")
BATCH_ROWS = 4096
"""Rows that one core takes at a time: few enough for all cores to share a chunk."""
MOST_PLANS = 256
"""Plans kept; a folder of files with headers of their own makes one after the other."""


class QueryError(Exception):
    """A query that its text, or a value it met, stopped."""


class _Feed:
    """The lines that a planned query reads: others each time."""

    def __init__(self, schema: pa.Schema) -> None:
        self.schema = schema
        self.close()

    def open(self, lines: pa.Table | pa.RecordBatchReader) -> None:
        """Give the next query its lines."""
        self._lines = lines.to_reader(max_chunksize=BATCH_ROWS) if isinstance(lines, pa.Table) else lines

    def close(self) -> None:
        """Give their memory back."""
        self.open(self.schema.empty_table())

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._lines.__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> object:
        return self.schema.__arrow_c_schema__()


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
        self._feeds: dict[pa.Schema, tuple[str, _Feed]] = {}
        self._plans: dict[str, str] = {}

    def query(self, lines: pa.Table | pa.RecordBatchReader, sql: Callable[[str], str]) -> pa.Table:
        """Run a query over a table, or batches as they come; ``sql`` is given the name that the query calls it by.

        A text is planned once, which takes longer than to read thousands of lines, and run with one table after the
        other. Rows come in no particular order. QueryError if a value stops it.
        """
        name, feed = self._feed(lines.schema)
        try:
            plan = self._plan(sql(name))
            feed.open(lines)
            return self._connection.sql(f"EXECUTE {plan}").to_arrow_table()
        except (duckdb.DataError, duckdb.ProgrammingError) as error:
            raise QueryError((str(error).splitlines() or [""])[0]) from error
        finally:
            feed.close()

    def _feed(self, schema: pa.Schema) -> tuple[str, _Feed]:
        if schema not in self._feeds:
            name, feed = f"lines_{len(self._feeds)}", _Feed(schema)
            self._connection.register(name, feed)
            self._feeds[schema] = name, feed
        return self._feeds[schema]

    def _plan(self, sql: str) -> str:
        if len(self._plans) >= MOST_PLANS:
            for plan in self._plans.values():
                self._connection.execute(f"DEALLOCATE {plan}")
            self._plans.clear()
        if sql not in self._plans:
            plan = f"plan_{len(self._plans)}"
            self._connection.execute(f"PREPARE {plan} AS {sql}")
            self._plans[sql] = plan
        return self._plans[sql]

    def close(self) -> None:
        """Give the memory back."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Any:
        self.close()
