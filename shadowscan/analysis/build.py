"""The Report: counted by SQL, judged by the policy, named by the catalogue."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from shadowscan.analysis.exposure import exposure_of
from shadowscan.analysis.gaps import gaps_of
from shadowscan.analysis.queries import Bounds, ask, prepare
from shadowscan.analysis.sources import source_rows
from shadowscan.catalog import Catalog
from shadowscan.model.report import (
    Basis,
    CandidateRow,
    DayRow,
    Finding,
    Period,
    PersonRow,
    Report,
    Severity,
    SourceRow,
    ToolRow,
    Totals,
    Verdict,
)
from shadowscan.policy import Policy
from shadowscan.store.database import Session

_NAMES: Mapping[Verdict, str] = {
    Verdict.PROHIBITED: "prohibited",
    Verdict.UNREVIEWED: "not reviewed",
    Verdict.TOLERATED: "tolerated",
}


@dataclass(frozen=True, slots=True)
class Context:
    """What a report is made with, beside the database."""

    catalog: Catalog
    policy: Policy
    version: str
    command: str
    database: str


def build_report(session: Session, context: Context, bounds: Bounds) -> Report:
    """Count, judge and name everything within the bounds."""
    prepare(session, bounds)
    sources = source_rows(session, bounds)
    days = ask(session, "days", bounds)
    tools = _tools(ask(session, "tools", bounds), days, context)
    people = ask(session, "people_tools", bounds)
    period = _period(session, bounds)
    return Report(
        generated=datetime.now(UTC).replace(tzinfo=None, microsecond=0),
        basis=Basis(
            version=context.version,
            command=context.command,
            database=context.database,
            catalog=context.catalog.version,
            catalog_services=len(context.catalog.services),
            policy=context.policy.path,
        ),
        period=period,
        totals=_totals(session, sources, tools, people),
        sources=sources,
        tools=tools,
        people=_people(people, {tool.service: tool for tool in tools}),
        days=_days(days, {tool.service: tool.verdict for tool in tools}),
        candidates=tuple(CandidateRow(**row) for row in ask(session, "candidates", bounds)),
        gaps=gaps_of(sources, period, policy=context.policy.path),
        findings=_findings(tools, context.policy),
        exposure=exposure_of(session, context.catalog, bounds),
    )


def severity_of(verdict: Verdict, *, uploads: int, through: bool) -> Severity:
    """Rate a tool: prohibited, or unreviewed with uploads, is high; what never got through is low at most."""
    if verdict is Verdict.APPROVED:
        return Severity.INFO
    if verdict is Verdict.TOLERATED or not through:
        return Severity.LOW
    return Severity.HIGH if verdict is Verdict.PROHIBITED or uploads else Severity.MEDIUM


def _tools(
    rows: Sequence[Mapping[str, Any]], days: Sequence[Mapping[str, Any]], context: Context
) -> tuple[ToolRow, ...]:
    trends = _trends(days)
    tools = [_tool(row, trends.get(row["service"], ()), context) for row in rows]
    return tuple(sorted(tools, key=lambda tool: (-tool.severity.rank, -tool.people, -tool.requests, tool.service)))


def _tool(row: Mapping[str, Any], trend: tuple[int, ...], context: Context) -> ToolRow:
    service = context.catalog.service(row["service"])
    verdict = context.policy.judge(service.id, service.category).verdict
    through = not row["requests"] or row["blocked"] < row["requests"]
    return ToolRow(
        service=service.id,
        name=service.name,
        vendor=service.vendor,
        category=service.category,
        verdict=verdict,
        severity=severity_of(verdict, uploads=row["uploads"], through=through),
        trend=trend,
        **{key: row[key] for key in ("people", "requests", "lookups", "prompts", "uploads", "blocked")},
        **{key: row[key] for key in ("bytes_out", "bytes_in", "first", "last")},
    )


def _trends(days: Sequence[Mapping[str, Any]]) -> dict[str, tuple[int, ...]]:
    """Uses per day of every service, over the same days for all."""
    if not days:
        return {}
    first: date = min(row["day"] for row in days)
    length = (max(row["day"] for row in days) - first).days + 1
    trends: dict[str, list[int]] = defaultdict(lambda: [0] * length)
    for row in days:
        trends[row["service"]][(row["day"] - first).days] = row["uses"]
    return {service: tuple(uses) for service, uses in trends.items()}


def _people(rows: Sequence[Mapping[str, Any]], tools: Mapping[str, ToolRow]) -> tuple[PersonRow, ...]:
    grouped: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        grouped[row["who"]].append(row)
    people = [_person(who, used, tools) for who, used in grouped.items()]
    return tuple(sorted(people, key=lambda person: (-person.unapproved, -person.requests, person.who)))


def _person(who: str, used: Sequence[Mapping[str, Any]], tools: Mapping[str, ToolRow]) -> PersonRow:
    ordered = sorted(used, key=lambda row: (-row["requests"], -row["lookups"], row["service"]))
    volumes = [row["bytes_out"] for row in used if row["bytes_out"] is not None]
    return PersonRow(
        who=who,
        named=any(row["named"] for row in used),
        tools=tuple(tools[row["service"]].name for row in ordered),
        requests=sum(row["requests"] for row in used),
        unapproved=sum(row["requests"] for row in used if tools[row["service"]].verdict is not Verdict.APPROVED),
        blocked=sum(row["blocked"] for row in used),
        bytes_out=sum(volumes) if volumes else None,
    )


def _days(rows: Sequence[Mapping[str, Any]], verdicts: Mapping[str, Verdict]) -> tuple[DayRow, ...]:
    counts: dict[date, list[int]] = {}
    for row in rows:
        approved = verdicts[row["service"]] is Verdict.APPROVED
        counts.setdefault(row["day"], [0, 0])[0 if approved else 1] += row["uses"]
    if not counts:
        return ()
    first, last = min(counts), max(counts)
    span = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return tuple(DayRow(day=day, approved=counts.get(day, [0, 0])[0], other=counts.get(day, [0, 0])[1]) for day in span)


def _totals(
    session: Session, sources: Sequence[SourceRow], tools: Sequence[ToolRow], people: Sequence[Mapping[str, Any]]
) -> Totals:
    everyone, named = session.rows("SELECT count(*), count(*) FILTER (named) FROM everyone")[0]
    allowed = session.rows("SELECT coalesce(sum(allowed), 0)::BIGINT FROM visits")[0][0]
    unapproved = {tool.service for tool in tools if tool.verdict is not Verdict.APPROVED}
    requests = sum(tool.requests for tool in tools)
    blocked = sum(tool.blocked for tool in tools)
    volumes = [tool.bytes_out for tool in tools if tool.bytes_out is not None]
    return Totals(
        lines=sum(source.lines for source in sources),
        events=sum(source.events for source in sources),
        duplicates=sum(source.duplicates for source in sources),
        skipped=sum(source.skipped for source in sources),
        rejected=sum(source.rejected for source in sources),
        people=everyone,
        people_named=bool(named),
        people_ai=len({row["who"] for row in people}),
        people_unapproved=len({row["who"] for row in people if row["service"] in unapproved}),
        requests=requests,
        approved_requests=sum(tool.requests for tool in tools if tool.verdict is Verdict.APPROVED),
        allowed=allowed,
        blocked=blocked,
        undecided=requests - allowed - blocked,
        bytes_out=sum(volumes) if volumes else None,
    )


def _period(session: Session, bounds: Bounds) -> Period:
    row = ask(session, "period", bounds)[0]
    return Period(first=row["first"], last=row["last"], undated=row["undated"], since=bounds.since, until=bounds.until)


def _findings(tools: Sequence[ToolRow], policy: Policy) -> tuple[Finding, ...]:
    """One finding for each tool in use that is not approved, most severe first."""
    findings = [_finding(tool, policy) for tool in tools if tool.verdict is not Verdict.APPROVED]
    return tuple(sorted(findings, key=lambda finding: (-finding.severity.rank, finding.title)))


def _finding(tool: ToolRow, policy: Policy) -> Finding:
    kind = "prohibited-use" if tool.verdict is Verdict.PROHIBITED else "unapproved-use"
    people = f"{tool.people} {'person' if tool.people == 1 else 'people'}"
    why = policy.judge(tool.service, tool.category).why
    return Finding(
        id=hashlib.sha256(f"{kind}\0{tool.service}".encode()).hexdigest()[:12],
        kind=kind,
        severity=tool.severity,
        title=f"{tool.name} is {_NAMES[tool.verdict]}, used by {people} ({why})",
        service=tool.service,
        evidence=f"shadowscan evidence --service {tool.service}",
    )
