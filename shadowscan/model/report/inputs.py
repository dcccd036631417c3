"""Parts of the report document: what it was made from, and what that can't show."""

from datetime import datetime

from pydantic import Field

from shadowscan.model.frozen import Frozen


class Period(Frozen):
    """The time the report speaks of."""

    first: datetime | None = Field(description="earliest event")
    last: datetime | None = Field(description="latest event")
    since: datetime | None = Field(default=None, description="lower bound asked for, inclusive")
    until: datetime | None = Field(default=None, description="upper bound asked for, exclusive")
    undated: int = Field(
        default=0, description="events without a readable time; part of the totals unless bounds are set"
    )


class Basis(Frozen):
    """What the report was made from, so that it can be made again."""

    version: str = Field(description="of shadowscan")
    command: str = Field(description="as it was called")
    database: str
    catalog: str = Field(description="version of the catalogue that labelled the events")
    catalog_services: int
    policy: str | None = Field(description="file of the policy; None: no policy, everything is unreviewed")


class SourceRow(Frozen):
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


class Gap(Frozen):
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
