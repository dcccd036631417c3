"""Events as JSON objects: the same as Python's encoder makes, whatever the values hold."""

import json
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowscan.cli.jsonlines import ndjson

_SCHEMA = pa.schema([("ts", pa.timestamp("us")), ("host", pa.string()), ("n", pa.int64()), ("s", pa.float64())])
_TIMES = st.datetimes(min_value=datetime(1950, 1, 1), max_value=datetime(9999, 12, 31))  # noqa: DTZ001
_ROWS = st.lists(
    st.tuples(
        st.none() | _TIMES,
        st.none() | st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('"\\\x00\x1b\x7f'), max_size=8),
        st.none() | st.integers(-(2**63), 2**63 - 1),
        st.none() | st.floats(0, 1e9),
    ).filter(any),
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(_ROWS, st.integers(0, 3))
def test_as_the_plain_encoder_writes_them(rows: list[tuple[Any, ...]], skipped: int) -> None:
    names = _SCHEMA.names
    events = pa.RecordBatch.from_pylist([dict(zip(names, row, strict=True)) for row in rows], _SCHEMA)
    plain = [
        {name: value for name, value in zip(names, (_text(row[0]), *row[1:]), strict=True) if value is not None}
        for row in rows
    ]
    assert ndjson(events.slice(skipped)) == [json.dumps(row, separators=(",", ":")) for row in plain[skipped:]]


def _text(ts: datetime | None) -> str | None:
    return None if ts is None else ts.replace(tzinfo=UTC).isoformat().replace("+00:00", "Z")
