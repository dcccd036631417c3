"""The sections of the terminal report on what it rests on, what it can't show, and what to do next."""

from collections.abc import Sequence
from itertools import groupby

from shadowscan.model.finding import Finding
from shadowscan.model.report import Report, SourceRow
from shadowscan.report.figures import count, days, plural
from shadowscan.report.inputs import common_folder, formats, problems, reconciliation, understood, worst_first
from shadowscan.report.page import Page
from shadowscan.report.sections import SEVERITY_STYLE
from shadowscan.report.table import Column
from shadowscan.report.wording import SEVERITY, blind_spot, made_by, open_findings

_TITLE = 24
"""Where the titles of findings begin: after severity and id."""


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
        *([Column("Site", [row.site or "" for row in rows], keep=3)] if any(row.site for row in rows) else []),
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
    """What these logs can't show, what that hides, and what to collect next; numbered, as the key figures name them."""
    if not report.gaps:
        return
    page.title("Blind spots", "what these logs cannot show")
    widest = len(str(len(report.gaps)))
    for number, gap in enumerate(report.gaps, 1):
        digits = len(str(number))
        page.paragraph(f"{number}  {blind_spot(gap)}", indent=2 + widest - digits, hang=4 + digits - widest)
        advice = f" \u2192 {gap.advice}" if gap.advice else ""
        page.paragraph(f"{gap.means}{advice}", indent=6, style="dim")


def findings(page: Page, report: Report) -> None:
    """What to do next: each open finding with its id and the next step."""
    ranked = open_findings(report)
    decided = len(report.findings) - len(ranked)
    if not report.findings:
        return
    page.title("What to do next", f"{plural(decided, 'finding')} accepted or resolved" if decided else "")
    shown = ranked[: page.fewer(len(ranked))]
    for step, same in groupby(shown, key=lambda finding: finding.next_step):
        for finding in same:
            _finding(page, finding)
        page.paragraph(f"\u2192 {step}", indent=_TITLE, hang=2, style="dim")
    if len(ranked) > len(shown):
        page.paragraph(f"and {len(ranked) - len(shown):,} more: shadowscan findings list", indent=2, style="dim")
    if ranked:
        page.paragraph("How each was found, and decisions on it: shadowscan findings show ID", indent=2, style="dim")


def _finding(page: Page, finding: Finding) -> None:
    word = SEVERITY[finding.severity]
    before = len(page.lines)
    page.paragraph(f"{word:<6}  {finding.id:<12}  {finding.title}", indent=2, hang=_TITLE - 2)
    page.lines[before].stylize(SEVERITY_STYLE[finding.severity], 2, 2 + len(word))


def closing(page: Page, report: Report) -> None:
    """How to make this report again."""
    page.title("Made by")
    rows = made_by(report)
    label = max(len(row.label) for row in rows)
    for row in rows:
        page.paragraph(f"{row.label:<{label}}  {row.value}", indent=2, hang=label + 2, style="dim")
