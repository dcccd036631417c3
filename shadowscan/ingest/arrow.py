"""Arrow types of the event columns."""

from collections.abc import Mapping

import pyarrow as pa

from shadowscan.model.events import EVENT_COLUMNS, SqlType

_TYPES: Mapping[SqlType, pa.DataType] = {
    "TIMESTAMP": pa.timestamp("us"),
    "VARCHAR": pa.string(),
    "BIGINT": pa.int64(),
    "INTEGER": pa.int32(),
    "DOUBLE": pa.float64(),
}
_BY_NAME: Mapping[str, pa.DataType] = {column.name: _TYPES[column.sql_type] for column in EVENT_COLUMNS}


def arrow_type(column: str) -> pa.DataType:
    """Arrow type of an event column; ``device`` is text."""
    return _BY_NAME.get(column, pa.string())
