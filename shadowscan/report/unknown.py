"""Hosts that may be AI and that no signature knows: a section of the report, and a page of their own."""

import shlex
from collections.abc import Sequence

from shadowscan.model.report import CandidateRow, Report
from shadowscan.report.figures import count, days, size
from shadowscan.report.page import Page
from shadowscan.report.table import Column

TITLE = "Possible AI unknown to the catalogue"
NEXT = "`shadowscan unknown` shows all evidence; `shadowscan signatures add HOST` makes a host a tool of your catalogue"
_ADD = "shadowscan signatures add {host}     makes it a tool of your catalogue, with its history"
_DISMISS = "shadowscan signatures dismiss {host} --reason TEXT     it is not AI"


def candidates(page: Page, report: Report) -> None:
    """The hosts in short, with the strongest reason each."""
    rows = report.candidates
    if not rows:
        return
    page.title(TITLE)
    shown = rows[: page.fewer(len(rows))]
    page.table(
        [*_columns(shown), Column("Evidence", [reasons(row) for row in shown], least=16)],
        total=len(rows),
    )
    page.paragraph(f"\u2192 {NEXT}", indent=4, hang=2)


def unknown_page(page: Page, rows: Sequence[CandidateRow]) -> None:
    """Each host with all that speaks for it."""
    if not rows:
        page.paragraph("No host looks like AI that the catalogue doesn't know.")
        return
    page.title(TITLE, "score 0 to 1")
    for row in rows[: page.shown(len(rows))]:
        page.paragraph(f"{row.score:.2f}  {row.host}", indent=2, hang=6, style="bold")
        page.paragraph(_use(row), indent=8, hang=2)
        for words in row.evidence:
            page.paragraph(f"- {words}", indent=8, hang=2)
    if len(rows) > page.shown(len(rows)):
        page.paragraph(f"and {len(rows) - page.shown(len(rows)):,} more", indent=2, style="dim")
    page.title("Next")
    example = shlex.quote(next((row.host for row in rows if ":" not in row.host), "HOST"))
    for line in (_ADD, _DISMISS):
        page.paragraph(line.format(host=example), indent=2, hang=2)


def reasons(row: CandidateRow) -> str:
    """All reasons on one line."""
    return "; ".join(row.evidence)


def _columns(rows: Sequence[CandidateRow]) -> list[Column]:
    return [
        Column("Host", [row.host for row in rows], least=24, middle=True),
        Column("Score", [f"{row.score:.2f}" for row in rows], right=True),
        Column("People", [count(row.people) for row in rows], right=True),
        Column("Requests", [requests(row) for row in rows], right=True),
        Column("Sent", [size(row.bytes_out) for row in rows], right=True, keep=2),
        Column("Seen", [days(row.first, row.last, year=False) for row in rows], keep=3),
    ]


def requests(row: CandidateRow) -> str:
    """Requests, or lookups where only DNS saw the host."""
    return count(row.requests) if row.requests or not row.lookups else f"{count(row.lookups)} DNS"


def _use(row: CandidateRow) -> str:
    people = f"{count(row.people)} {'person' if row.people == 1 else 'people'}"
    used = f"{requests(row)} requests" if row.requests else f"{count(row.lookups)} DNS lookups"
    sent = f", {size(row.bytes_out)} sent" if row.bytes_out is not None else ""
    return f"{people}, {used}{sent}, {days(row.first, row.last, year=True)}"
