"""The sections of the terminal report on what it rests on, what it can't show, and what to do next."""

from collections.abc import Sequence

from shadowscan.model.report import Finding, Report, SourceRow
from shadowscan.report.figures import count, days
from shadowscan.report.page import Page
from shadowscan.report.sections import SEVERITY_STYLE
from shadowscan.report.table import Column
from shadowscan.report.wording import SEVERITY, formats, made_by, problems, reconciliation


def sources(page: Page, report: Report) -> None:
    """Every input with its reconciliation, and what was wrong with it."""
    if not report.sources:
        return
    incomplete = sum(not source.complete for source in report.sources)
    page.title("Sources", f"{incomplete} of {len(report.sources)} incomplete" if incomplete else "all read completely")
    rows = report.sources[: page.shown(len(report.sources))]
    page.table(_source_columns(rows), total=len(report.sources))
    page.paragraph(reconciliation(report), indent=2, hang=2)
    _problems(page, report)


def _source_columns(rows: Sequence[SourceRow]) -> list[Column]:
    def numbers(title: str, name: str, keep: int = 0) -> Column:
        return Column(title, [count(getattr(row, name)) for row in rows], right=True, keep=keep)

    return [
        Column("", ["" if row.complete else "!" for row in rows]),
        Column("Source", [row.name for row in rows], least=18, middle=True),
        Column("Format", [formats(row) for row in rows], least=12, keep=3),
        numbers("Lines", "lines"),
        numbers("Events", "events"),
        numbers("Dupl.", "duplicates"),
        numbers("Skipped", "skipped"),
        numbers("Rejected", "rejected"),
        numbers("AI", "ai_events", keep=2),
        Column("Period", [days(row.first, row.last, year=False) for row in rows], keep=4),
    ]


def _problems(page: Page, report: Report) -> None:
    """All that was wrong, however long: nothing is lost silently."""
    for source in report.sources:
        for problem in problems(source):
            page.paragraph(f"! {source.name}: {problem}", indent=2, hang=2)


def candidates(page: Page, report: Report) -> None:
    """Hosts that may be AI."""
    if not report.candidates:
        return
    page.title("Possible AI unknown to the catalogue")
    rows = report.candidates[: page.shown(len(report.candidates))]
    columns = [
        Column("Host", [row.host for row in rows], least=24, middle=True),
        Column("People", [count(row.people) for row in rows], right=True),
        Column("Requests", [count(row.requests) for row in rows], right=True),
        Column("Why", [row.why for row in rows], least=16),
    ]
    page.table(columns, total=len(report.candidates))


def gaps(page: Page, report: Report) -> None:
    """What these logs can't show."""
    if not report.gaps:
        return
    page.title("What these logs cannot show")
    for gap in report.gaps:
        page.paragraph(f"- {gap.what}: {gap.means}", indent=2, hang=2)
        if gap.advice:
            page.paragraph(f"> {gap.advice}", indent=4, hang=2)


def findings(page: Page, report: Report) -> None:
    """What to do next, each with the command that shows the events behind it."""
    if not report.findings:
        return
    page.title("What to do next")
    ranked = sorted(report.findings, key=lambda finding: -finding.severity.rank)
    for finding in ranked[: page.shown(len(ranked))]:
        _finding(page, finding)
    left_out = len(ranked) - page.shown(len(ranked))
    if left_out:
        page.paragraph(f"and {left_out:,} more", indent=2, style="dim")


def _finding(page: Page, finding: Finding) -> None:
    word = SEVERITY[finding.severity]
    before = len(page.lines)
    page.paragraph(f"{word:<6}  {finding.title}", indent=2, hang=8)
    page.lines[before].stylize(SEVERITY_STYLE[finding.severity], 2, 2 + len(word))
    page.paragraph(f"{finding.id}  {finding.evidence}", indent=10, hang=2, style="dim")


def closing(page: Page, report: Report) -> None:
    """How to make this report again."""
    page.title("Made by")
    rows = made_by(report)
    label = max(len(row.label) for row in rows)
    for row in rows:
        page.paragraph(f"{row.label:<{label}}  {row.value}", indent=2, hang=label + 2, style="dim")
