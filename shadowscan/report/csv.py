"""The report's tables as CSV (RFC 4180), harmless in a spreadsheet; an empty cell is a figure nobody knows."""

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime

from pydantic import BaseModel

from shadowscan.errors import UsageError
from shadowscan.model.finding import Finding
from shadowscan.model.report import (
    CandidateRow,
    DayRow,
    Gap,
    PersonRow,
    RecognisedRow,
    Report,
    SourceRow,
    ToolRow,
)
from shadowscan.report.escape import safe_cell
from shadowscan.report.figures import utc

TABLES: dict[str, type[BaseModel]] = {
    "tools": ToolRow,
    "people": PersonRow,
    "sources": SourceRow,
    "recognised": RecognisedRow,
    "candidates": CandidateRow,
    "days": DayRow,
    "findings": Finding,
    "gaps": Gap,
}
"""Name of each table and its row; the columns are the row's fields."""


def render_csv(report: Report, table: str = "tools") -> str:
    """One table with a header row, lines ending in CR LF; UsageError for a name that is not in ``TABLES``."""
    if table not in TABLES:
        raise UsageError(f"no table {table!r}", hint=f"one of {', '.join(TABLES)}")
    return rows_csv(TABLES[table], getattr(report, table))


def rows_csv(kind: type[BaseModel], rows: Iterable[BaseModel]) -> str:
    """Rows of one kind, under a header of its fields."""
    columns = list(kind.model_fields)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_cell(getattr(row, column)) for column in columns] for row in rows)
    return out.getvalue()


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case datetime():
            return utc(value).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case tuple():
            return safe_cell("; ".join(_item(item) for item in value))
        case _:
            return safe_cell(value)


def _item(item: object) -> str:
    return "=".join(str(part) for part in item) if isinstance(item, tuple) else str(item)
