"""Lines as the engine reads them."""

from collections.abc import Sequence
from datetime import datetime

import pyarrow as pa

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - UTC


def as_lines(texts: Sequence[str], first: int = 0, latest: datetime = EPOCH) -> pa.Table:
    """A table of lines, numbered from ``first`` on, that bear no time later than ``latest``."""
    return pa.table(
        {
            "_n": pa.array(range(first, first + len(texts)), pa.int64()),
            "_off": pa.array(range(len(texts)), pa.int64()),
            "_line": pa.array(list(texts), pa.string()),
            "_reference": pa.repeat(pa.scalar(latest.replace(tzinfo=None), pa.timestamp("us")), len(texts)),
        }
    )
