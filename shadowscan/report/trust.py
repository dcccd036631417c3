"""The sections of the terminal report on what it rests on, what it can't show, and what to do next."""

from collections.abc import Sequence

from shadowscan.model.finding import Finding
from shadowscan.model.report import Report, SourceRow
from shadowscan.report.figures import count, days, plural
from shadowscan.report.page import Page
from shadowscan.report.sections import SEVERITY_STYLE
from shadowscan.report.table import Column
from shadowscan.report.wording import (
    SEVERITY,
    common_folder,
    formats,
    made_by,
    open_findings,
    problems,
    reconciliation,
    understood,
    worst_first,
)


def sources(page: Page, report: Report) -> None:
    """Every input with its reconciliation, and what was wrong with it."""
    if not report.sources:
        return
    incomplete = sum(not source.complete for source in report.sources)
    state = f"{incomplete} of {len(report.sources)} incomplete" if incomplete else "all read completely"
    folder = common_folder(report)
    page.title("Sources", f"{state}, in {folder}" if folder else state)
    page.table(_source_columns(page, report, folder), total=len(report.sources))
    for balance in reconciliation(report):
        page.paragraph(balance, indent=2, hang=2)
    _problems(page, report, folder)


def _source_columns(page: Page, report: Report, folder: str) -> list[Column]:
    rows = _shown(page, report)
    periods = [days(row.first, row.last, year=False) for row in rows]

    def numbers(title: str, name: str, keep: int = 0) -> Column:
        return Column(title, [count(getattr(row, name)) for row in rows], right=True, keep=keep)

    return [
        Column("Source", [row.name.removeprefix(folder) for row in rows], least=20, middle=True),
        Column("Format", [formats(row) for row in rows], least=12, keep=5),
        numbers("Lines", "lines"),
        numbers("Events", "events"),
        numbers("Dupl.", "duplicates"),
        numbers("Skipped", "skipped"),
        numbers("Rejected", "rejected"),
        Column("Good", [understood(row) for row in rows], right=True, keep=4),
        numbers("AI", "ai_events", keep=3),
        *([Column("Period", periods, keep=6)] if len(set(periods)) > 1 else []),
    ]


def _shown(page: Page, report: Report) -> Sequence[SourceRow]:
    """All sources in order; of too many for the page those with the most trouble."""
    limit = page.fewer(len(report.sources))
    return report.sources if limit == len(report.sources) else worst_first(report)[:limit]


def _problems(page: Page, report: Report, folder: str) -> None:
    troubled = [source for source in worst_first(report) if problems(source)]
    limit = page.fewer(len(troubled))
    for source in troubled[:limit]:
        mark = "-" if source.complete else "!"
        for problem in problems(source):
            page.paragraph(f"{mark} {source.name.removeprefix(folder)}: {problem}", indent=2, hang=2)
    if len(troubled) > limit:
        page.paragraph(f"and notes on {len(troubled) - limit:,} more sources", indent=2, style="dim")


def gaps(page: Page, report: Report) -> None:
    """What these logs can't show."""
    if not report.gaps:
        return
    page.title("What these logs cannot show")
    for gap in report.gaps:
        page.paragraph(f"- {gap.what}: {gap.means}", indent=2, hang=2)
        if gap.advice:
            page.paragraph(f"\u2192 {gap.advice}", indent=4, hang=2)


def findings(page: Page, report: Report) -> None:
    """What to do next: each open finding with its id and the next step."""
    ranked = open_findings(report)
    decided = len(report.findings) - len(ranked)
    if not report.findings:
        return
    page.title("What to do next", f"{plural(decided, 'finding')} accepted or resolved" if decided else "")
    shown = ranked[: page.fewer(len(ranked))]
    for finding in shown:
        _finding(page, finding)
    if len(ranked) > len(shown):
        page.paragraph(f"and {len(ranked) - len(shown):,} more: shadowscan findings list", indent=2, style="dim")
    if ranked:
        page.paragraph("Its lines, rule and decisions: shadowscan findings show ID", indent=2, style="dim")


def _finding(page: Page, finding: Finding) -> None:
    word = SEVERITY[finding.severity]
    before = len(page.lines)
    page.paragraph(f"{word:<6}  {finding.title}", indent=2, hang=8)
    page.lines[before].stylize(SEVERITY_STYLE[finding.severity], 2, 2 + len(word))
    page.paragraph(f"{finding.id}  \u2192 {finding.next_step}", indent=10, hang=2, style="dim")


def closing(page: Page, report: Report) -> None:
    """How to make this report again."""
    page.title("Made by")
    rows = made_by(report)
    label = max(len(row.label) for row in rows)
    for row in rows:
        page.paragraph(f"{row.label:<{label}}  {row.value}", indent=2, hang=label + 2, style="dim")
