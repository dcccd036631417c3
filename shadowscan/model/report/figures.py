"""Parts of the report document: totals, and use over time and by view."""

from datetime import date

from pydantic import Field

from shadowscan.model.frozen import Frozen


class Totals(Frozen):
    """The key figures."""

    lines: int
    events: int
    duplicates: int
    skipped: int
    rejected: int
    people: int = Field(description="people and unnamed devices in all traffic")
    people_named: bool = Field(description="some input names users")
    people_ai: int
    people_unapproved: int
    requests: int = Field(description="AI requests, each visit counted once")
    approved_requests: int
    approved_bytes_out: int | None = Field(default=None, description="of bytes_out, those of approved use")
    days_to_report: float | None = Field(
        default=None, description="median over the tools: days from first use to the scan that brought it here"
    )
    allowed: int
    blocked: int
    undecided: int = Field(description="AI requests of inputs that do not say what became of them")
    bytes_out: int | None


class DayRow(Frozen):
    """AI requests of one day by verdict."""

    day: date
    approved: int
    other: int


class WeekRow(Frozen):
    """AI use of one week."""

    week: date = Field(description="its Monday")
    people: int
    people_unapproved: int
    requests: int
    approved_requests: int
    bytes_out: int | None


class SightingRow(Frozen):
    """How one view of AI use was merged with the others: of several that saw the same, one leads and is counted."""

    log: str = Field(description="format of the log")
    view: str = Field(description="request, tunnel, handshake, flow or lookup")
    records: int = Field(description="told by it")
    leads: int = Field(description="of these, where it leads; what others saw beyond the leading view counts as well")
    bytes_out: int | None
    bytes_leads: int | None = Field(description="of these, where its bytes stand")
