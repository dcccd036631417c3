"""The report document: the only input of every renderer, frozen, saved as JSON and rendered again from it.

``SCHEMA`` names its version; a field is only ever added within a version. Times are UTC, volumes bytes. A
number that the logs can't support is None, never 0.
"""

from shadowscan.model.report.changes import Change, Changes, PolicyChange, PolicyComparison, Span, UseChange
from shadowscan.model.report.document import SCHEMA, Report
from shadowscan.model.report.exposure import DataClassRange, ExposureReport, ExposureRow, NumberRange
from shadowscan.model.report.figures import DayRow, SightingRow, Totals, WeekRow
from shadowscan.model.report.inputs import Basis, Gap, Period, SourceRow
from shadowscan.model.report.use import (
    CandidateRow,
    DepartmentRow,
    IntegrationRow,
    KnownBy,
    PersonRow,
    RecognisedRow,
    ToolRow,
    ToolVerdict,
)
from shadowscan.model.report.verdict import Verdict

__all__ = [
    "SCHEMA",
    "Basis",
    "CandidateRow",
    "Change",
    "Changes",
    "DataClassRange",
    "DayRow",
    "DepartmentRow",
    "ExposureReport",
    "ExposureRow",
    "Gap",
    "IntegrationRow",
    "KnownBy",
    "NumberRange",
    "Period",
    "PersonRow",
    "PolicyChange",
    "PolicyComparison",
    "RecognisedRow",
    "Report",
    "SightingRow",
    "SourceRow",
    "Span",
    "ToolRow",
    "ToolVerdict",
    "Totals",
    "UseChange",
    "Verdict",
    "WeekRow",
]
