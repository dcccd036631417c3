"""Parts of the report document: tools, people and programs, and how much they did."""

from datetime import date, datetime

from pydantic import Field

from shadowscan.model.finding import Severity
from shadowscan.model.frozen import Frozen
from shadowscan.model.report.verdict import Verdict


class ToolVerdict(Frozen):
    """What one rule of the policy says of the use of a tool."""

    verdict: Verdict
    rule: int | None = Field(description="number of the rule, from 1; None: the default")
    why: str
    overdue: bool = Field(default=False, description="some of the use came after the approval was to be reviewed")
    lapsed: int | None = Field(default=None, description="number of an approval that had expired before the use")
    people: int
    requests: int
    lookups: int


class ToolRow(Frozen):
    """One AI service. Requests, volumes and people count a visit once, however many inputs saw it."""

    service: str = Field(description="id in the catalogue")
    name: str
    vendor: str
    category: str
    verdict: Verdict = Field(description="of its use; the worst, where rules judge people or activities differently")
    verdicts: tuple[ToolVerdict, ...] = Field(default=(), description="by the rule that gave it, the worst first")
    severity: Severity
    people: int
    requests: int = Field(description="web requests, tunnels and connections")
    lookups: int = Field(description="DNS lookups; all there is where only DNS saw it")
    prompts: int
    uploads: int
    blocked: int
    bytes_out: int | None = Field(description="None: no input shows it")
    bytes_in: int | None
    first: datetime | None
    last: datetime | None
    reported: datetime | None = Field(default=None, description="when the database first held use of it")
    trend: tuple[int, ...] = Field(description="requests (or lookups) a day over the period")


class RecognisedRow(Frozen):
    """A tool that a newer catalogue recognised in traffic that had been read before."""

    service: str = Field(description="id in the catalogue")
    name: str
    since: date = Field(description="day on which the newer catalogue came into force")
    first: date | None = Field(description="first day of its use before that")
    uses: int = Field(description="its requests, or lookups where only DNS saw it, until that day")
    hosts: tuple[str, ...]


class CandidateRow(Frozen):
    """A host that may be AI and that no signature knows."""

    host: str = Field(description="name, or address and port of a server that no input names")
    score: float = Field(description="how likely it is AI, 0 to 1; from 0.5 on it is listed")
    people: int
    requests: int
    lookups: int = Field(description="DNS lookups; all there is where only DNS saw it")
    bytes_out: int | None = Field(description="None: no input shows it")
    first: date | None
    last: date | None
    service: str | None = Field(description="what it may be: id of a self-hosted runtime or tool in the catalogue")
    evidence: tuple[str, ...] = Field(description="what the score rests on, strongest first")


class IntegrationRow(Frozen):
    """A program that calls an AI service: a server, a service account, a script."""

    who: str = Field(description="account, address or device name")
    kind: str = Field(description="person (a script of theirs), service-account, server or device")
    department: str | None
    site: str | None
    service: str = Field(description="id in the catalogue")
    name: str = Field(description="of the service")
    verdict: Verdict
    registered: bool = Field(description="a rule of the policy approves or tolerates it")
    owner: str = Field(description="of that rule; empty: nobody named")
    ticket: str
    reviewed: date | None = Field(description="when the policy's rule was decided")
    review_by: date | None
    first: datetime | None
    last: datetime | None
    days: int = Field(description="days on which it called")
    requests: int
    lookups: int
    blocked: int
    bytes_out: int | None


class PersonRow(Frozen):
    """One person, or a device whose user no input names."""

    who: str
    named: bool = Field(description="a user name; False: an address or device name")
    tools: tuple[str, ...] = Field(description="names of the services, most used first")
    requests: int
    unapproved: int = Field(description="requests to services that are not approved")
    blocked: int
    bytes_out: int | None


class DepartmentRow(Frozen):
    """AI use of one department of the people file."""

    department: str | None = Field(description="None: people without a department, and devices")
    people: int | None = Field(description="people the file gives the department")
    people_ai: int
    people_unapproved: int
    requests: int
    lookups: int
    unapproved: int = Field(description="requests that are not approved")
    bytes_out: int | None


class KnownBy(Frozen):
    """One way in which records were given to somebody; see docs/people.md."""

    how: str = Field(
        description="record, lease, lease-and-user, people-file, only-user, near, lease-of-device or device"
    )
    confidence: str = Field(description="certain, high, medium, low or nobody named")
    people: int = Field(description="people or devices")
    records: int = Field(description="records of AI use, each view of the same use counted")
