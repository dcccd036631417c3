"""The report document: the only input of every renderer, frozen, saved as JSON and rendered again from it.

``SCHEMA`` names its version; a field is only ever added within a version. Times are UTC, volumes bytes. A
number that the logs can't support is None, never 0.
"""

from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from shadowscan.model.finding import Finding, Severity

SCHEMA = "shadowscan.report/1"


class Verdict(StrEnum):
    """What the policy says of a service."""

    APPROVED = "approved"
    TOLERATED = "tolerated"
    UNREVIEWED = "unreviewed"
    PROHIBITED = "prohibited"

    @property
    def rank(self) -> int:
        """0 (approved) to 3 (prohibited)."""
        return list(Verdict).index(self)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Period(_Frozen):
    """The time the report speaks of."""

    first: datetime | None = Field(description="earliest event")
    last: datetime | None = Field(description="latest event")
    since: datetime | None = Field(default=None, description="lower bound asked for, inclusive")
    until: datetime | None = Field(default=None, description="upper bound asked for, exclusive")
    undated: int = Field(
        default=0, description="events without a readable time; part of the totals unless bounds are set"
    )


class Basis(_Frozen):
    """What the report was made from, so that it can be made again."""

    version: str = Field(description="of shadowscan")
    command: str = Field(description="as it was called")
    database: str
    catalog: str = Field(description="version of the catalogue that labelled the events")
    catalog_services: int
    policy: str | None = Field(description="file of the policy; None: no policy, everything is unreviewed")


class SourceRow(_Frozen):
    """One input and its reconciliation: lines = events + duplicates + skipped + rejected."""

    name: str
    kind: str = Field(description="log or capture; a capture counts packets as lines")
    formats: tuple[tuple[str, int], ...] = Field(description="format and its lines, most first")
    lines: int
    used: int = Field(description="lines that gave an event, or packets dissected")
    events: int
    duplicates: int = Field(description="events already counted from another input")
    skipped: int
    rejected: int
    ai_events: int
    first: datetime | None
    last: datetime | None
    complete: bool
    problem: str | None
    notes: tuple[str, ...] = ()
    site: str | None = Field(default=None, description="where the device stands that wrote it, as the settings say")
    filled: tuple[tuple[str, float], ...] = Field(
        default=(), description="event column and the share of events that fill it"
    )


class ToolVerdict(_Frozen):
    """What one rule of the policy says of the use of a tool."""

    verdict: Verdict
    rule: int | None = Field(description="number of the rule, from 1; None: the default")
    why: str
    overdue: bool = Field(default=False, description="some of the use came after the approval was to be reviewed")
    lapsed: int | None = Field(default=None, description="number of an approval that had expired before the use")
    people: int
    requests: int
    lookups: int


class ToolRow(_Frozen):
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


class PersonRow(_Frozen):
    """One person, or a device whose user no input names."""

    who: str
    named: bool = Field(description="a user name; False: an address or device name")
    tools: tuple[str, ...] = Field(description="names of the services, most used first")
    requests: int
    unapproved: int = Field(description="requests to services that are not approved")
    blocked: int
    bytes_out: int | None


class CandidateRow(_Frozen):
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


class RecognisedRow(_Frozen):
    """A tool that a newer catalogue recognised in traffic that had been read before."""

    service: str = Field(description="id in the catalogue")
    name: str
    since: date = Field(description="day on which the newer catalogue came into force")
    first: date | None = Field(description="first day of its use before that")
    uses: int = Field(description="its requests, or lookups where only DNS saw it, until that day")
    hosts: tuple[str, ...]


class Totals(_Frozen):
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


class DayRow(_Frozen):
    """AI requests of one day by verdict."""

    day: date
    approved: int
    other: int


class WeekRow(_Frozen):
    """AI use of one week."""

    week: date = Field(description="its Monday")
    people: int
    people_unapproved: int
    requests: int
    approved_requests: int
    bytes_out: int | None


class SightingRow(_Frozen):
    """How one view of AI use was merged with the others: of several that saw the same, one leads and is counted."""

    log: str = Field(description="format of the log")
    view: str = Field(description="request, tunnel, handshake, flow or lookup")
    records: int = Field(description="told by it")
    leads: int = Field(description="of these, where it leads; what others saw beyond the leading view counts as well")
    bytes_out: int | None
    bytes_leads: int | None = Field(description="of these, where its bytes stand")


class Gap(_Frozen):
    """A blind spot: something the inputs can't show, what it hides, what to collect next."""

    kind: str = Field(description="what sort of blind spot; see docs/findings.md")
    what: str
    means: str = Field(description="what it hides")
    advice: str = Field(default="", description="what to collect next")
    affects: tuple[str, ...] = Field(
        default=(), description="totals it makes uncertain: people, requests, volume, activity, trend"
    )
    share: float | None = Field(default=None, description="part of the events (or bytes) it concerns, 0 to 1")
    where: tuple[str, ...] = Field(default=(), description="inputs or feeds it concerns; none: all")


class IntegrationRow(_Frozen):
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


class Span(_Frozen):
    """Whole days, both included."""

    first: date
    last: date


class UseChange(_Frozen):
    """A tool whose use differs between two parts of the data."""

    what: str = Field(description="new, back in use, no longer used, more use, less use")
    service: str
    name: str
    before: int = Field(description="requests, or lookups where only DNS saw it")
    now: int
    people_before: int
    people: int


class Changes(_Frozen):
    """What changed from the earlier part to the equally long recent one."""

    earlier: Span
    recent: Span
    people_before: int = Field(description="people and devices that used AI")
    people: int
    new_people: tuple[str, ...] = Field(description="who uses AI only since the recent part")
    tools: tuple[UseChange, ...]


class NumberRange(_Frozen):
    """A 90 % range: 5 %, 50 % and 95 % quantile of what the evidence allows."""

    low: int
    likely: int
    high: int


class DataClassRange(_Frozen):
    """Sensitive items of one kind of data."""

    name: str
    items: NumberRange


class ExposureRow(_Frozen):
    """What may have gone out through one tool, or all; None where the evidence supports no estimate."""

    service: str | None = Field(description="id in the catalogue; None: all tools together")
    department: str | None = Field(default=None, description="of the people file; empty: people in none; None: of all")
    name: str
    grade: str = Field(description="A: method, URL and bytes of requests; B: bytes of connections; C: names only")
    reason: str
    volume: NumberRange | None = Field(description="bytes of new content: text and files, each counted once")
    pasted: NumberRange | None = Field(description="bytes of it pasted into web chats")
    tokens: NumberRange | None = Field(description="tokens of its text")
    prompts: NumberRange | None = Field(description="requests of people and programs, an agent's own calls left out")
    files: NumberRange | None
    sensitive_prompts: NumberRange | None
    sensitive_files: NumberRange | None
    sensitive: NumberRange | None = Field(description="prompts and files")
    classes: tuple[DataClassRange, ...] = Field(default=(), description="sensitive items by what they mainly hold")
    file_types: tuple[tuple[str, int], ...] = Field(
        default=(), description="endings of the names of files sent, and how many were seen; most first"
    )
    labelled: int = Field(default=0, description="requests that the vendor's own data-loss label marked")
    not_covered: tuple[str, ...] = Field(default=(), description="tools seen by name only, in no range")


class ExposureReport(_Frozen):
    """The exposure of each tool and of all; the total is no sum of the ends of its parts."""

    total: ExposureRow
    tools: tuple[ExposureRow, ...]
    departments: tuple[ExposureRow, ...] = Field(default=(), description="of people whose department is known")
    priors: str | None = Field(default=None, description="the user's file of prior knowledge; None: the built-in alone")


class DepartmentRow(_Frozen):
    """AI use of one department of the people file."""

    department: str | None = Field(description="None: people without a department, and devices")
    people: int | None = Field(description="people the file gives the department")
    people_ai: int
    people_unapproved: int
    requests: int
    lookups: int
    unapproved: int = Field(description="requests that are not approved")
    bytes_out: int | None


class KnownBy(_Frozen):
    """One way in which records were given to somebody; see docs/people.md."""

    how: str = Field(
        description="record, lease, lease-and-user, people-file, only-user, near, lease-of-device or device"
    )
    confidence: str = Field(description="certain, high, medium, low or nobody named")
    people: int = Field(description="people or devices")
    records: int = Field(description="records of AI use, each view of the same use counted")


class Change(StrEnum):
    """What another policy makes of some use."""

    BECAME = "became a finding"
    CEASED = "ceased to be one"
    OTHER = "judged otherwise"


class PolicyChange(_Frozen):
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


class PolicyComparison(_Frozen):
    """The same use judged by an older policy."""

    old: str = Field(description="file of the old policy")
    changes: tuple[PolicyChange, ...]


class Report(_Frozen):
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
