"""The tools in use: counted over everybody, judged, rated and named."""

from collections.abc import Mapping, Sequence
from typing import Any

from shadowscan.analysis.context import Context
from shadowscan.model.report import Severity, ToolRow, Verdict
from shadowscan.policy import Use


def tools_of(
    rows: Sequence[Mapping[str, Any]], trends: Mapping[str, tuple[int, ...]], context: Context
) -> tuple[ToolRow, ...]:
    """Return a row a tool, most severe first; ``trends`` are uses a day by service."""
    tools = [_tool(row, trends.get(row["service"], ()), context) for row in rows]
    return tuple(sorted(tools, key=lambda tool: (-tool.severity.rank, -tool.people, -tool.requests, tool.service)))


def severity_of(verdict: Verdict, *, uploads: int, through: bool) -> Severity:
    """Rate a tool: prohibited, or unreviewed with uploads, is high; what never got through is low at most."""
    if verdict is Verdict.APPROVED:
        return Severity.INFO
    if verdict is Verdict.TOLERATED or not through:
        return Severity.LOW
    return Severity.HIGH if verdict is Verdict.PROHIBITED or uploads else Severity.MEDIUM


def _tool(row: Mapping[str, Any], trend: tuple[int, ...], context: Context) -> ToolRow:
    service = context.catalog.service(row["service"])
    verdict = context.policy.judge(Use(service.id, service.category)).verdict
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
