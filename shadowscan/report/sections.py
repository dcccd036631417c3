"""The sections on use of the terminal report: each writes itself to the page, or nothing if it has nothing to say."""

from collections.abc import Sequence

from shadowscan.model.finding import Severity
from shadowscan.model.report import PersonRow, Report, ToolRow
from shadowscan.report.figures import count, days, share, size
from shadowscan.report.keyfigures import key_figures, limited, outcomes
from shadowscan.report.page import Page
from shadowscan.report.table import Column
from shadowscan.report.wording import (
    LOOKUPS_NOTE,
    SEVERITY,
    basis,
    by_risk,
    headline,
    newly_recognised,
    notices,
    only_lookups,
    verdict,
)

SEVERITY_STYLE = {
    Severity.HIGH: "bold red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "cyan",
    Severity.INFO: "dim",
}
"""Colour is for severity only, always beside its word."""


def opening(page: Page, report: Report) -> None:
    """The headline, and what it rests on."""
    page.paragraph(headline(report), style="bold")
    page.paragraph(
        "  \u00b7  ".join(basis(report)) if page.width >= 100 else " \u00b7 ".join(basis(report)), style="dim"
    )
    for notice in notices(report):
        page.paragraph(notice)


def figures(page: Page, report: Report) -> None:
    """Key figures, one a line, and the requests of each day."""
    rows = [(figure.label, figure.value, limited(figure)) for figure in key_figures(report)]
    if not rows:
        return
    page.title("Key figures")
    label = max(len(row[0]) for row in rows)
    value = max(len(row[1]) for row in rows)
    for row in rows:
        page.paragraph(f"{row[0]:<{label}}  {row[1]:>{value}}  {row[2]}", indent=2, hang=label + value + 4)
    _requests_a_day(page, report, label)


def _requests_a_day(page: Page, report: Report, label: int) -> None:
    """Approved and other requests on one scale."""
    if len(report.days) < 2 or report.basis.policy is None:
        return
    series = {"Not approved a day": [d.other for d in report.days], "Approved a day": [d.approved for d in report.days]}
    top = max(map(max, series.values()))
    for name, values in series.items():
        trend = page.spark(values, min(len(values), 60, page.width - label - 24), top)
        page.paragraph(f"{name:<{label}}  {trend}  up to {max(values):,}", indent=2)


def tools(page: Page, report: Report) -> None:
    """Tools by risk."""
    if not report.tools:
        return
    page.title("Tools by risk")
    ranked = by_risk(report)
    rows = ranked[: page.shown(len(ranked))]
    page.table(_tool_columns(page, report, rows), total=len(ranked))
    if any(map(only_lookups, rows)):
        page.paragraph(LOOKUPS_NOTE, indent=2, style="dim")
    news = newly_recognised(report)
    for sentence in news[: page.fewer(len(news))]:
        page.paragraph(sentence, indent=2, hang=2)
    if len(news) > page.fewer(len(news)):
        page.paragraph(f"and {len(news) - page.fewer(len(news)):,} more newly recognised", indent=2, style="dim")


def _tool_columns(page: Page, report: Report, rows: Sequence[ToolRow]) -> list[Column]:
    trend_width = 8 if page.width < 100 else 14 if page.width < 150 else 28
    year = _spans_years(report)
    return [
        Column("Risk", [SEVERITY[t.severity] for t in rows], styles=[SEVERITY_STYLE[t.severity] for t in rows]),
        Column("Tool", [t.name for t in rows], least=20),
        Column("Vendor", [t.vendor for t in rows], least=13, keep=9),
        Column("Kind", [t.category for t in rows], least=11, keep=10),
        Column("Verdict", [verdict(t) for t in rows]),
        Column("People" if report.totals.people_named else "Devices", [count(t.people) for t in rows], right=True),
        Column("Requests", _requests(rows), right=True),
        *_optional(rows, (("Prompts", "prompts", 5), ("Uploads", "uploads", 4), ("Blocked", "blocked", 6))),
        Column("Sent", [size(t.bytes_out) for t in rows], right=True),
        Column("Received", [size(t.bytes_in) for t in rows], right=True, keep=8),
        Column("Seen", [days(t.first, t.last, year=year) for t in rows], keep=3),
        Column("Trend", [page.spark(t.trend, trend_width) for t in rows], keep=1),
    ]


def _requests(rows: Sequence[ToolRow]) -> list[str]:
    """Requests; where only DNS saw the tool, its lookups, marked, with the digits still aligned."""
    marked = any(map(only_lookups, rows))
    blank = " " * 4 if marked else ""
    return [f"{count(t.lookups)} DNS" if only_lookups(t) else f"{count(t.requests)}{blank}" for t in rows]


def _optional(rows: Sequence[ToolRow] | Sequence[PersonRow], names: Sequence[tuple[str, str, int]]) -> list[Column]:
    """Columns of counts that are shown only where any is not 0."""
    counts: dict[str, list[int]] = {name: [getattr(row, name) for row in rows] for _, name, _ in names}
    return [
        Column(title, [count(number) for number in counts[name]], right=True, keep=keep)
        for title, name, keep in names
        if any(counts[name])
    ]


def _spans_years(report: Report) -> bool:
    first, last = report.period.first, report.period.last
    return bool(first and last and first.year != last.year)


def people(page: Page, report: Report) -> None:
    """Who uses AI most, and what of it is not approved."""
    if not report.people:
        return
    named = any(person.named for person in report.people)
    page.title("People" if named else "Devices", "" if named else "no source names users")
    rows = report.people[: page.fewer(len(report.people))]
    judged = (("Not approved", "unapproved", 0),) if report.basis.policy is not None else ()
    sent = Column("Sent", [size(row.bytes_out) for row in rows], right=True)
    columns = [
        Column("Who", [_who(row, mixed=named) for row in rows], least=20),
        *_optional(rows, (("Requests", "requests", 0), *judged, ("Blocked", "blocked", 2))),
        *([sent] if any(row.bytes_out is not None for row in rows) else []),
        Column("Tools", [", ".join(row.tools) for row in rows], least=22, keep=1),
    ]
    page.table(columns, total=len(report.people))


def _who(person: PersonRow, *, mixed: bool) -> str:
    return f"{person.who} (device)" if mixed and not person.named else person.who


def blocking(page: Page, report: Report) -> None:
    """Blocked versus allowed, with bars."""
    total = sum(number for _, number in outcomes(report))
    if not total:
        return
    page.title("Blocked versus allowed", "AI requests")
    rows = outcomes(report)
    width = min(40, page.width - 40)
    page.table(
        [
            Column("", [name for name, _ in rows]),
            Column("Requests", [count(number) for _, number in rows], right=True),
            Column("Share", [share(number, total) for _, number in rows], right=True),
            Column("", [page.bar(number, total, width) for _, number in rows], least=4),
        ]
    )
