"""The key figures, and the time they speak of."""

from collections.abc import Mapping, Sequence
from typing import Any

from shadowscan.analysis.keyfigures import days_to_report
from shadowscan.analysis.queries import Bounds, ask
from shadowscan.model.report import Period, SourceRow, ToolRow, Totals
from shadowscan.store.database import Session


def totals_of(
    session: Session, sources: Sequence[SourceRow], tools: Sequence[ToolRow], used: Sequence[Mapping[str, Any]]
) -> Totals:
    """Return the key figures; ``used`` is one row a person and service."""
    everyone, named = session.rows("SELECT count(*), count(*) FILTER (named) FROM everyone")[0]
    allowed, approved_bytes = session.rows(
        "SELECT coalesce(sum(allowed), 0)::BIGINT, (sum(bytes_out) FILTER (verdict = 'approved'))::BIGINT FROM judged"
    )[0]
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
        people_ai=len({row["who"] for row in used}),
        people_unapproved=len({row["who"] for row in used if row["unapproved"]}),
        requests=requests,
        approved_requests=requests - sum(row["unapproved_requests"] for row in used),
        approved_bytes_out=approved_bytes,
        days_to_report=days_to_report(tools),
        allowed=allowed,
        blocked=blocked,
        undecided=requests - allowed - blocked,
        bytes_out=sum(volumes) if volumes else None,
    )


def period_of(session: Session, bounds: Bounds, sources: Sequence[SourceRow]) -> Period:
    """Return the bounds asked for and those of the AI events; where there is none, of the inputs."""
    row = ask(session, "period", bounds)[0]
    first, last = row["first"], row["last"]
    if first is None and bounds == Bounds():
        read = [(source.first, source.last) for source in sources if source.first and source.last]
        first = min((first for first, _ in read), default=None)
        last = max((last for _, last in read), default=None)
    return Period(first=first, last=last, undated=row["undated"], since=bounds.since, until=bounds.until)
