"""The sections of the terminal report on what is connected and on what changed."""

from shadowscan.model.report import Report, UseChange
from shadowscan.report.figures import NONE, count, size
from shadowscan.report.page import Page
from shadowscan.report.table import Column
from shadowscan.report.wording import NO_CHANGE, compared, people_changes


def integrations(page: Page, report: Report) -> None:
    """The register of programs that call AI services."""
    if not report.integrations:
        return
    unknown, every = sum(not row.registered for row in report.integrations), len(report.integrations)
    page.title("What is connected", f"programs that call AI services; {unknown:,} of {every:,} not registered")
    rows = report.integrations[: page.fewer(len(report.integrations))]
    columns = [
        Column("Program", [row.who for row in rows], least=16, middle=True),
        Column("Kind", [row.kind for row in rows], keep=4),
        Column("Calls", [row.name for row in rows], least=14),
        Column("Verdict", [row.verdict.value for row in rows]),
        Column("Owner", [row.owner or NONE for row in rows], least=8, keep=2),
        Column("Reviewed", [str(row.reviewed or NONE) for row in rows], keep=3),
        Column("Since", [str(row.first.date()) if row.first else NONE for row in rows], keep=1),
        Column("Last seen", [str(row.last.date()) if row.last else NONE for row in rows], keep=5),
        Column("Days", [count(row.days) for row in rows], right=True),
        Column("Requests", [count(row.requests) for row in rows], right=True),
        Column("Sent", [size(row.bytes_out) for row in rows], right=True),
    ]
    page.table(columns, total=len(report.integrations))


def changes(page: Page, report: Report) -> None:
    """The recent part of the data against the one before."""
    found = report.changes
    if found is None:
        return
    page.title("What changed", compared(found.earlier, found.recent))
    for line in people_changes(report):
        page.paragraph(line, indent=2, hang=2)
    rows = found.tools[: page.fewer(len(found.tools))]
    if rows:
        page.table(_columns(list(rows)), total=len(found.tools))
    else:
        page.paragraph(NO_CHANGE, indent=2)


def _columns(rows: list[UseChange]) -> list[Column]:
    return [
        Column("Tool", [row.name for row in rows], least=16),
        Column("", [row.what for row in rows]),
        Column("Requests before", [count(row.before) for row in rows], right=True),
        Column("now", [count(row.now) for row in rows], right=True),
        Column("People before", [count(row.people_before) for row in rows], right=True, keep=1),
        Column("now", [count(row.people) for row in rows], right=True, keep=1),
    ]
