"""The tools in use: counted over everybody, judged, rated and named."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from shadowscan.analysis.context import Context
from shadowscan.model.finding import Severity
from shadowscan.model.report import ToolRow, ToolVerdict, Verdict

Row = Mapping[str, Any]


def tools_of(
    rows: Sequence[Row], judged: Sequence[Row], trends: Mapping[str, tuple[int, ...]], context: Context
) -> tuple[ToolRow, ...]:
    """Return a row a tool, most severe first.

    ``judged`` is a row a tool and rule that speaks of its use; ``trends`` are uses a day by service.
    """
    by_service: dict[str, list[Row]] = defaultdict(list)
    for row in judged:
        by_service[row["service"]].append(row)
    tools = [_tool(row, by_service[row["service"]], trends.get(row["service"], ()), context) for row in rows]
    return tuple(sorted(tools, key=lambda tool: (-tool.severity.rank, -tool.people, -tool.requests, tool.service)))


def severity_of(verdict: Verdict, *, uploads: int, through: bool) -> Severity:
    """Rate a tool: prohibited, or unreviewed with uploads, is high; what never got through is low at most."""
    if verdict is Verdict.APPROVED:
        return Severity.INFO
    if verdict is Verdict.TOLERATED or not through:
        return Severity.LOW
    return Severity.HIGH if verdict is Verdict.PROHIBITED or uploads else Severity.MEDIUM


def _tool(row: Row, judged: Sequence[Row], trend: tuple[int, ...], context: Context) -> ToolRow:
    service = context.catalog.service(row["service"])
    verdicts = sorted((verdict_of(one) for one in judged), key=lambda one: (-one.verdict.rank, -one.requests))
    return ToolRow(
        service=service.id,
        name=service.name,
        vendor=service.vendor,
        category=service.category,
        verdict=verdicts[0].verdict,
        verdicts=tuple(verdicts),
        severity=max((_severity(one) for one in judged), key=lambda severity: severity.rank),
        trend=trend,
        **{key: row[key] for key in ("people", "requests", "lookups", "prompts", "uploads", "blocked")},
        **{key: row[key] for key in ("bytes_out", "bytes_in", "first", "last", "reported")},
    )


def verdict_of(row: Row) -> ToolVerdict:
    """Return a row of ``tool_verdicts``."""
    return ToolVerdict(**{name: row[name] for name in ToolVerdict.model_fields})


def _severity(row: Row) -> Severity:
    through = not row["requests"] or row["blocked"] < row["requests"]
    return severity_of(Verdict(row["verdict"]), uploads=row["uploads"], through=through)
