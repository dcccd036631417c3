"""Events as JSON objects, made column by column in Arrow: what needs Python's encoder is rare."""

from functools import lru_cache
from json.encoder import encode_basestring_ascii

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

_ODD = r"[^ -~]"
"""What JSON in plain ASCII writes as an escape of its own: control characters and all beyond ASCII."""
_IS_ODD = np.array([byte < 0x20 or byte > 0x7E for byte in range(256)])
_WHOLE_SECOND = r"\.0+$"


def ndjson(events: pa.RecordBatch) -> list[str]:
    """Give each event as a JSON object without line end: absent values are left out, times are ISO 8601 UTC."""
    if not len(events):
        return []
    members = [
        _joined(f'"{name}":', _values(column))
        for name, column in zip(events.schema.names, events.columns, strict=True)
        if column.null_count < len(column)
    ]
    rows = pc.binary_join_element_wise(*members, _text(","), null_handling="skip")
    lines: list[str] = _joined("{", rows, "}").to_pylist()
    return lines


def _joined(*parts: "str | pa.Array") -> pa.Array:
    return pc.binary_join_element_wise(*(_text(part) if isinstance(part, str) else part for part in parts), _text(""))


@lru_cache(maxsize=256)
def _text(text: str) -> pa.Scalar:
    """Arrow looks for pandas anew each time it is given a Python string: a third of a millisecond."""
    return pa.scalar(text, pa.string())


def _values(column: pa.Array) -> pa.Array:
    """Write each value as JSON; null stays null."""
    kind = column.type
    if pa.types.is_string(kind):
        return _quoted(column)
    if pa.types.is_integer(kind):
        return column.cast(pa.string())
    if pa.types.is_floating(kind):
        return pa.array([None if value is None else repr(value) for value in column.to_pylist()], pa.string())
    if pa.types.is_timestamp(kind):
        text = pc.utf8_replace_slice(column.cast(pa.string()), 10, 11, "T")
        return _joined('"', pc.replace_substring_regex(text, _WHOLE_SECOND, ""), 'Z"')
    raise TypeError(kind)


def _quoted(column: pa.Array) -> pa.Array:
    held = np.zeros(256, np.bool_)
    held[_bytes(column)] = True
    escaped = column
    for mark in ("\\", '"'):
        if held[ord(mark)]:
            escaped = pc.replace_substring(escaped, mark, "\\" + mark)
    quoted = _joined('"', escaped, '"')
    if not held[_IS_ODD].any():
        return quoted
    odd = pc.fill_null(pc.match_substring_regex(column, _ODD), False)
    encoded = [encode_basestring_ascii(value) for value in column.filter(odd).to_pylist()]
    return pc.replace_with_mask(quoted, odd, pa.array(encoded, pa.string()))


def _bytes(column: pa.Array) -> npt.NDArray[np.uint8]:
    """All bytes of a column of strings."""
    _, offsets, data = column.buffers()
    if data is None:
        return np.zeros(0, np.uint8)
    first, last = np.frombuffer(offsets, np.int32)[[column.offset, column.offset + len(column)]]
    return np.frombuffer(data, np.uint8)[first:last]
