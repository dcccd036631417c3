"""The report document as a whole."""

from datetime import datetime

from pydantic import ConfigDict, Field

from shadowscan.model.finding import Finding
from shadowscan.model.frozen import Frozen
from shadowscan.model.report.changes import Changes, PolicyComparison
from shadowscan.model.report.exposure import ExposureReport
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
)

SCHEMA = "shadowscan.report/1"


class Report(Frozen):
    """Everything a renderer may show."""

    schema_version: str = Field(default=SCHEMA, alias="schema", serialization_alias="schema")
    generated: datetime
    basis: Basis
    period: Period
    totals: Totals
    sources: tuple[SourceRow, ...]
    tools: tuple[ToolRow, ...]
    people: tuple[PersonRow, ...]
    days: tuple[DayRow, ...]
    recognised: tuple[RecognisedRow, ...] = ()
    candidates: tuple[CandidateRow, ...]
    gaps: tuple[Gap, ...] = Field(description="blind spots, the gravest first")
    findings: tuple[Finding, ...] = Field(description="open ones first, the most severe first")
    departments: tuple[DepartmentRow, ...] = Field(default=(), description="empty without a people file")
    known_by: tuple[KnownBy, ...] = Field(default=(), description="how sure it is who it was")
    policy_changes: PolicyComparison | None = Field(default=None, description="None: no other policy to compare with")
    weeks: tuple[WeekRow, ...] = ()
    sightings: tuple[SightingRow, ...] = Field(default=(), description="one a view")
    integrations: tuple[IntegrationRow, ...] = ()
    changes: Changes | None = Field(default=None, description="None: the data holds no earlier part of this length")
    exposure: ExposureReport | None = Field(default=None, description="None: no AI use was let through")

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
