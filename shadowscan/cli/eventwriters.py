"""Tables of events -> NDJSON, CSV or Parquet. pyarrow comes with the first table."""

import csv
import sys
from abc import ABC, abstractmethod
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Self

from shadowscan.report.escape import safe_cell

if TYPE_CHECKING:
    import pyarrow as pa

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
    def write(self, events: "pa.Table") -> None:
        """Write one table."""


class _TextWriter(EventWriter):
    def __init__(self, target: Path | None) -> None:
        super().__init__(target)
        self._out: IO[str] = (
            self._stack.enter_context(target.open("w", encoding="utf-8", newline="")) if target else sys.stdout
        )
        self._stack.callback(self._out.flush)


class NdjsonWriter(_TextWriter):
    """One JSON object a line."""

    def write(self, events: "pa.Table") -> None:
        from shadowscan.cli.jsonlines import ndjson

        for part in events.combine_chunks().to_batches(max_chunksize=_ROWS):
            self._out.write("\n".join([*ndjson(part), ""]))
        self._out.flush()


class CsvWriter(_TextWriter):
    """RFC 4180 with a header; cells that a spreadsheet would run are made harmless."""

    def __init__(self, target: Path | None) -> None:
        super().__init__(target)
        self._writer: Any = None

    def write(self, events: "pa.Table") -> None:
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

    def write(self, events: "pa.Table") -> None:
        import pyarrow.parquet as pq

        if self._writer is None:
            self._writer = self._stack.enter_context(
                pq.ParquetWriter(str(self._target), events.schema, compression="zstd")
            )
        self._writer.write_table(events)


def _plain_cell(value: Any) -> Any:
    if value is None or isinstance(value, (int, float)):
        return value
    return safe_cell(value) if isinstance(value, str) else f"{value.isoformat()}Z"
