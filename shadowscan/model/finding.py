"""A finding: something a reviewer should decide on, with its rule, its evidence, the next step and its state."""

from datetime import date, datetime
from enum import StrEnum

from pydantic import Field

from shadowscan.model.frozen import Frozen


class Severity(StrEnum):
    """How soon a finding wants a person's attention."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0 (info) to 3 (high)."""
        return list(Severity).index(self)


class Status(StrEnum):
    """What was decided on a finding."""

    OPEN = "open"
    ACCEPTED = "accepted"
    RESOLVED = "resolved"


class Reference(Frozen):
    """An entry of a public framework that is relevant to a finding. It does not say that an attack happened."""

    framework: str = Field(description="with its edition, where it has one")
    id: str
    name: str


class Decision(Frozen):
    """What a person decided on a finding."""

    status: Status
    at: datetime
    by: str
    why: str
    until: date | None = Field(default=None, description="last day of an acceptance")


class Finding(Frozen):
    """Something a reviewer should decide on."""

    id: str = Field(description="stable: made of kind and subject, so the same finding has the same id in every report")
    kind: str = Field(description="the rule that gave it; see docs/findings.md")
    severity: Severity
    why: str = Field(description="the severity's rule, in words")
    title: str
    service: str | None = Field(default=None, description="id in the catalogue")
    who: str | None = Field(default=None, description="the person or device it is about; None: several or none")
    department: str | None = None
    people: int = Field(default=0, description="people and unnamed devices it is about")
    bytes_out: int | None = Field(default=None, description="bytes sent; None: not known, or not what it is about")
    first: datetime | None = Field(default=None, description="earliest evidence")
    last: datetime | None = Field(default=None, description="latest evidence")
    basis: tuple[str, ...] = Field(default=(), description="the numbers it rests on, in words")
    next_step: str = ""
    evidence: str = Field(description="the command that lists the events behind it")
    relevant: tuple[Reference, ...] = Field(default=(), description="frameworks' entries that are relevant to it")
    status: Status = Status.OPEN
    decision: Decision | None = Field(default=None, description="the latest one, in force or overtaken")
    reopened: str = Field(default="", description="why a decision holds no longer")
