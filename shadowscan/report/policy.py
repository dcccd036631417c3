"""What people files and policies add to a report: departments, how people are known, what a policy changed."""

from collections.abc import Sequence

from shadowscan.model.report import PolicyChange, Report, Verdict
from shadowscan.report.figures import count, size
from shadowscan.report.grid import Grid, on_page
from shadowscan.report.page import Page

_WAYS = {
    "record": "the record names the user",
    "lease": "a lease of the address to the user",
    "lease-and-user": "a lease of the address, and the user seen in it",
    "people-file": "the device is theirs in the people file",
    "only-user": "the only user of the device that day",
    "near": "the user seen with the device within 15 minutes",
    "lease-of-device": "a lease names the device, nobody the user",
    "device": "an address alone",
}

_UNCHANGED = "Nothing: all use is judged as before."


def grids(report: Report) -> list[Grid]:
    """Return the tables that have something to say."""
    return [grid for grid in (*_plain(report), _changes(report)) if grid]


def sections(page: Page, report: Report) -> None:
    """Show them in the terminal report; what a policy changed with its reason on a line of its own."""
    for grid in _plain(report):
        if grid:
            on_page(page, grid)
    if report.policy_changes is None:
        return
    page.title("What the policy changed", f"compared with {report.policy_changes.old}")
    changes = report.policy_changes.changes
    for change in changes[: page.fewer(len(changes))]:
        what, tool, before, now, requests, why, who = _change(change)
        page.paragraph(f"{tool} {what}: {before} \u2192 {now}, {requests} requests of {who}", indent=2, hang=2)
        page.paragraph(why, indent=4, hang=2, style="dim")
    if not changes:
        page.paragraph(_UNCHANGED, indent=2)


def _plain(report: Report) -> tuple[Grid | None, ...]:
    return _departments(report), _known_by(report)


def _departments(report: Report) -> Grid | None:
    if not report.departments:
        return None
    rows = tuple(
        (
            row.department or "(none known)",
            count(row.people),
            count(row.people_ai),
            count(row.people_unapproved),
            count(row.requests),
            count(row.unapproved),
            size(row.bytes_out),
        )
        for row in report.departments
    )
    heads = ("Department", "People", "Use AI", "Unapproved use", "Requests", "Not approved", "Sent")
    return Grid("Departments", "", heads, rows, frozenset(range(1, 7)), 0)


def _known_by(report: Report) -> Grid | None:
    if len(report.known_by) < 2:
        return None
    rows = tuple(
        (row.confidence, _WAYS.get(row.how, row.how), count(row.people), count(row.records)) for row in report.known_by
    )
    heads = ("Confidence", "By what", "People", "Records")
    return Grid("How people are known", "all records of AI use", heads, rows, frozenset({2, 3}), 1)


def _changes(report: Report) -> Grid | None:
    if report.policy_changes is None:
        return None
    note = f"compared with {report.policy_changes.old}"
    changes = report.policy_changes.changes
    if not changes:
        return Grid("What the policy changed", note, ("",), ((_UNCHANGED,),))
    heads = ("Change", "Tool", "Before", "Now", "Requests", "Why", "Who")
    return Grid("What the policy changed", note, heads, tuple(map(_change, changes)), frozenset({4}), 5)


def _change(change: PolicyChange) -> tuple[str, ...]:
    requests = count(change.requests) if change.requests else f"{count(change.lookups)} DNS"
    why = f"Now {change.why}. Before {change.old_why}."
    who = _people(change.people)
    before, now = _verdict(change.old_verdict, change.old_overdue), _verdict(change.verdict, change.overdue)
    return (change.change.value, change.name, before, now, requests, why, who)


def _verdict(verdict: Verdict, overdue: bool) -> str:  # noqa: FBT001 - two facts of one row
    return f"{verdict.value}, review overdue" if overdue else verdict.value


def _people(people: Sequence[str], most: int = 3) -> str:
    shown = ", ".join(people[:most])
    return shown if len(people) <= most else f"{shown} and {len(people) - most:,} more"
