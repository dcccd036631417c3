"""Parquet files (our own events, security lakes): each row becomes one line of JSON."""

import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from shadowscan.errors import SourceError
from shadowscan.sources.lines import START, TAIL_BYTES, Chunk, Oversize, Position
from shadowscan.sources.source import Source

MAGIC = b"PAR1"
ROWS = 16_384
"""Rows of one chunk."""


def is_parquet(beginning: bytes) -> bool:
    """Tell a Parquet file by its first bytes."""
    return beginning.startswith(MAGIC)


def read_rows(source: Source, *, start: Position = START) -> Iterator[Chunk]:
    """Yield the rows from ``start.line`` (a row's number, from 1) on.

    A row has no place in bytes; its offset is its share of the file's size, which ascends and ends at the size.
    Raises SourceError for a damaged file, and for one inside an archive: Parquet can't be read from front to back.
    """
    import pyarrow.parquet as pq

    if source.member is not None or source.compression != "none" or not Path(source.path).is_file():
        raise SourceError(
            "Parquet inside an archive or a stream", where=source.name, hint="unpack it and name the file itself"
        )
    try:
        with pq.ParquetFile(source.path) as table:
            yield from _chunks(source, table, start)
    except (pa.ArrowException, OSError) as error:
        raise SourceError("damaged Parquet file", reason=str(error).splitlines()[0], where=source.name) from error


def _chunks(source: Source, table: Any, start: Position) -> Iterator[Chunk]:
    size, rows = Path(source.path).stat().st_size, table.metadata.num_rows
    row = 0
    for batch in table.iter_batches(batch_size=ROWS):
        first, row = row, row + batch.num_rows
        if row >= start.line:
            skip = max(0, start.line - 1 - first)
            yield _chunk(source, batch.slice(skip), first + skip, rows, size)


def _chunk(source: Source, batch: pa.RecordBatch, first: int, rows: int, size: int) -> Chunk:
    texts = [json.dumps(_plain(row), default=_text, ensure_ascii=False) for row in batch.to_pylist()]
    numbers = np.arange(first + 1, first + 1 + len(texts), dtype=np.int64)
    offsets = np.array([size * (first + number) // rows for number in range(len(texts) + 1)], np.int64)
    fits = [len(text) <= source.limits.max_line_bytes for text in texts]
    oversize = [Oversize(int(numbers[n]), int(offsets[n]), len(text)) for n, text in enumerate(texts) if not fits[n]]
    end = Position(int(offsets[-1]), first + 1 + len(texts))
    return Chunk(
        lines=pa.array([text for text, fit in zip(texts, fits, strict=True) if fit], pa.string()),
        numbers=numbers[fits],
        offsets=offsets[:-1][fits],
        start=Position(int(offsets[0]), first + 1),
        end=end,
        sha256=hashlib.sha256("\n".join(texts).encode("utf-8", "replace")).hexdigest(),
        tail=_tail(source, end.offset),
        unterminated=False,
        oversize=tuple(oversize),
        encoding="parquet",
        repaired=0,
        raw_consumed=end.offset,
    )


def _tail(source: Source, end: int) -> bytes:
    with Path(source.path).open("rb") as stream:
        stream.seek(max(0, end - TAIL_BYTES))
        return stream.read(min(end, TAIL_BYTES))


def _plain(value: Any) -> Any:
    """Drop what is NULL: a member that isn't there says the same."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items() if inner is not None}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def _text(value: Any) -> str:
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)
