"""Findings for a terminal: a list of them, and one with all there is to say."""

from collections.abc import Sequence

from shadowscan.model.finding import Decision, Finding, Status
from shadowscan.report.figures import day, days, minute
from shadowscan.report.page import Page
from shadowscan.report.sections import SEVERITY_STYLE
from shadowscan.report.table import Column
from shadowscan.report.wording import SEVERITY


def listed(page: Page, findings: Sequence[Finding]) -> None:
    """One line a finding: severity, id, what, last seen, state."""
    if not findings:
        page.paragraph("No finding.")
        return
    columns = [
        Column(
            "Severity", [SEVERITY[f.severity] for f in findings], styles=[SEVERITY_STYLE[f.severity] for f in findings]
        ),
        Column("Id", [f.id for f in findings]),
        Column("Finding", [f.title for f in findings], least=30),
        Column("Kind", [f.kind for f in findings], keep=3),
        Column("Seen", [days(f.first, f.last, year=False) for f in findings], keep=2),
        Column("State", [state(f) for f in findings], keep=1),
    ]
    page.table(columns)


def state(finding: Finding) -> str:
    """``open``, ``accepted until 2026-12-31``, ``open again``, ``resolved``."""
    if finding.reopened:
        return "open again"
    decision = finding.decision
    if finding.status is Status.ACCEPTED and decision and decision.until:
        return f"accepted until {decision.until}"
    return finding.status.value


def detailed(page: Page, finding: Finding) -> None:
    """One finding: the rule, the numbers, the next step, the frameworks."""
    rows = [
        ("severity", f"{SEVERITY[finding.severity]}: {finding.why}"),
        ("kind", finding.kind),
        ("id", finding.id),
        *_optional(finding),
        *(("because", text) for text in finding.basis),
        ("next", finding.next_step),
        ("evidence", finding.evidence),
        ("state", f"{state(finding)}{f' ({finding.reopened})' if finding.reopened else ''}"),
    ]
    page.paragraph(finding.title, style="bold")
    _facts(page, rows)
    if finding.relevant:
        page.title("Relevant to", "a classification, not a statement that an attack happened")
        for one in finding.relevant:
            page.paragraph(f"{one.framework}  {one.id}  {one.name}", indent=2, hang=2)


def _optional(finding: Finding) -> list[tuple[str, str]]:
    rows = (
        ("service", finding.service),
        ("who", finding.who),
        ("department", finding.department),
        ("seen", days(finding.first, finding.last, year=True) if finding.last or finding.first else None),
    )
    return [(label, text) for label, text in rows if text]


def _facts(page: Page, rows: Sequence[tuple[str, str]]) -> None:
    label, before = max(len(name) for name, _ in rows), ""
    for name, text in rows:
        if name == before:
            page.paragraph(text, indent=label + 4)
        else:
            page.paragraph(f"{name:<{label}}  {text}", indent=2, hang=label + 2)
        before = name


def history(page: Page, decisions: Sequence[Decision]) -> None:
    """What people decided, the latest last."""
    if not decisions:
        return
    page.title("Decisions")
    for one in decisions:
        until = f" until {day(one.until, year=True)}" if one.until else ""
        page.paragraph(f"{minute(one.at)} UTC  {one.status.value}{until} by {one.by}: {one.why}", indent=2, hang=2)
