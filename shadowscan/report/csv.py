"""The report's tables as CSV (RFC 4180), harmless in a spreadsheet; an empty cell is a figure nobody knows."""

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime

from pydantic import BaseModel

from shadowscan.errors import UsageError
from shadowscan.model.finding import Decision, Finding, Reference
from shadowscan.model.report import (
    CandidateRow,
    DataClassRange,
    DayRow,
    DepartmentRow,
    ExposureRow,
    Gap,
    IntegrationRow,
    KnownBy,
    NumberRange,
    PersonRow,
    PolicyChange,
    RecognisedRow,
    Report,
    SightingRow,
    SourceRow,
    ToolRow,
    UseChange,
    WeekRow,
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
    "weeks": WeekRow,
    "sightings": SightingRow,
    "exposure": ExposureRow,
    "departments": DepartmentRow,
    "known_by": KnownBy,
    "policy_changes": PolicyChange,
    "integrations": IntegrationRow,
    "changes": UseChange,
}
"""Name of each table and its row; the columns are the row's fields, a range takes three."""
_ENDS = tuple(NumberRange.model_fields)


def render_csv(report: Report, table: str = "tools") -> str:
    """One table with a header row, lines ending in CR LF; UsageError for a name that is not in ``TABLES``."""
    if table not in TABLES:
        raise UsageError(f"no table {table!r}", hint=f"one of {', '.join(TABLES)}")
    return rows_csv(TABLES[table], table_rows(report, table))


def table_rows(report: Report, table: str) -> tuple[BaseModel, ...]:
    """The rows of one of ``TABLES``."""
    if table == "exposure":
        found = report.exposure
        return (found.total, *found.tools, *found.departments) if found else ()
    if table == "policy_changes":
        return report.policy_changes.changes if report.policy_changes else ()
    if table == "changes":
        return report.changes.tools if report.changes else ()
    rows: tuple[BaseModel, ...] = getattr(report, table)
    return rows


def rows_csv(kind: type[BaseModel], rows: Iterable[BaseModel]) -> str:
    """Rows of one kind, under a header of its fields."""
    columns = [
        (name, end)
        for name, field in kind.model_fields.items()
        for end in (_ENDS if field.annotation == NumberRange | None else ("",))
    ]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(f"{name}_{end}" if end else name for name, end in columns)
    writer.writerows([_cell(_end(getattr(row, name), end)) for name, end in columns] for row in rows)
    return out.getvalue()


def _end(value: object, end: str) -> object:
    return getattr(value, end) if end and value is not None else value


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
        case Decision():
            return safe_cell(f"{value.status.value} by {value.by}: {value.why}")
        case _:
            return safe_cell(value)


def _item(item: object) -> str:
    match item:
        case tuple():
            return "=".join(str(part) for part in item)
        case DataClassRange():
            return f"{item.name}={item.items.low}..{item.items.high}"
        case Reference():
            return f"{item.framework} {item.id}"
        case _:
            return str(item)
