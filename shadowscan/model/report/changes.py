"""Parts of the report document: what differs from an earlier time, or under another policy."""

from datetime import date, datetime
from enum import StrEnum

from pydantic import Field

from shadowscan.model.frozen import Frozen
from shadowscan.model.report.verdict import Verdict


class Span(Frozen):
    """Whole days, both included."""

    first: date
    last: date


class UseChange(Frozen):
    """A tool whose use differs between two parts of the data."""

    what: str = Field(description="new, back in use, no longer used, more use, less use")
    service: str
    name: str
    before: int = Field(description="requests, or lookups where only DNS saw it")
    now: int
    people_before: int
    people: int


class Changes(Frozen):
    """What changed from the earlier part to the equally long recent one."""

    earlier: Span
    recent: Span
    people_before: int = Field(description="people and devices that used AI")
    people: int
    new_people: tuple[str, ...] = Field(description="who uses AI only since the recent part")
    tools: tuple[UseChange, ...]


class Change(StrEnum):
    """What another policy makes of some use."""

    BECAME = "became a finding"
    CEASED = "ceased to be one"
    OTHER = "judged otherwise"


class PolicyChange(Frozen):
    """Use of one tool that the old policy judged differently."""

    change: Change
    service: str = Field(description="id in the catalogue")
    name: str
    old_verdict: Verdict
    old_rule: int | None = Field(description="number of the old policy's rule; None: its default")
    old_overdue: bool = Field(description="the old approval was past its review date")
    old_why: str
    verdict: Verdict
    rule: int | None = Field(description="number of the rule; None: the default")
    overdue: bool = Field(description="the approval is past its review date")
    why: str
    people: tuple[str, ...] = Field(description="whose use it is")
    requests: int
    lookups: int
    first: datetime | None
    last: datetime | None


class PolicyComparison(Frozen):
    """The same use judged by an older policy."""

    old: str = Field(description="file of the old policy")
    changes: tuple[PolicyChange, ...]
