"""Tables of events -> NDJSON, CSV or Parquet."""

import csv
import json
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from json.encoder import encode_basestring_ascii
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import pyarrow as pa

from shadowscan.report.escape import safe_cell

_ROWS = 8192
"""Events turned into text at a time."""


class EventWriter(ABC):
    """Writes tables of events to stdout or a file."""

    def __init__(self, target: Path | None) -> None:
        self._target = target
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @abstractmethod
    def write(self, events: pa.Table) -> None:
        """Write one table."""


class _TextWriter(EventWriter):
    def __init__(self, target: Path | None) -> None:
        super().__init__(target)
        self._out: IO[str] = (
            self._stack.enter_context(target.open("w", encoding="utf-8", newline="")) if target else sys.stdout
        )
        self._stack.callback(self._out.flush)


class NdjsonWriter(_TextWriter):
    """One JSON object a line; absent columns are left out, times are ISO 8601 UTC."""

    def write(self, events: pa.Table) -> None:
        for part in events.to_batches(max_chunksize=_ROWS):
            self._out.write("".join(f"{line}\n" for line in ndjson(part)))
        self._out.flush()


def ndjson(events: pa.RecordBatch) -> Iterator[str]:
    """Give each event as a JSON object, without line end."""
    columns = [_members(name, column) for name, column in zip(events.schema.names, events.columns, strict=True)]
    for row in zip(*(column for column in columns if column), strict=True):
        yield f"{{{','.join(filter(None, row))}}}"


def _members(name: str, column: pa.Array) -> list[str | None]:
    """One JSON member for each value, None where there is none; no list at all where there is no value.

    Column by column, as most values repeat: several times faster than encoding object by object.
    """
    if column.null_count == len(column):
        return []
    encode = _encoder(column.type)
    values = column.to_pylist()
    known = {value: f'"{name}":{encode(value)}' for value in set(values) if value is not None}
    return [known.get(value) for value in values]


def _encoder(kind: pa.DataType) -> Callable[[Any], str]:
    if pa.types.is_string(kind):
        return encode_basestring_ascii
    if pa.types.is_integer(kind):
        return str
    return _ENCODE


class CsvWriter(_TextWriter):
    """RFC 4180 with a header; cells that a spreadsheet would run are made harmless."""

    def __init__(self, target: Path | None) -> None:
        super().__init__(target)
        self._writer: Any = None

    def write(self, events: pa.Table) -> None:
        if self._writer is None:
            self._writer = csv.writer(self._out)
            self._writer.writerow(events.column_names)
        for row in zip(*(events[name].to_pylist() for name in events.column_names), strict=True):
            self._writer.writerow([_plain_cell(value) for value in row])


class ParquetWriter(EventWriter):
    """One Parquet file, zstd compressed."""

    def __init__(self, target: Path | None) -> None:
        super().__init__(target)
        self._writer: Any = None

    def write(self, events: pa.Table) -> None:
        import pyarrow.parquet as pq

        if self._writer is None:
            self._writer = self._stack.enter_context(
                pq.ParquetWriter(str(self._target), events.schema, compression="zstd")
            )
        self._writer.write_table(events)


def _plain(value: Any) -> str:
    return f"{value.isoformat()}Z"


_ENCODE = json.JSONEncoder(ensure_ascii=True, default=_plain, separators=(",", ":")).encode


def _plain_cell(value: Any) -> Any:
    if value is None or isinstance(value, (int, float)):
        return value
    return safe_cell(value) if isinstance(value, str) else _plain(value)
