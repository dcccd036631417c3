"""`shadowscan findings`: what a reviewer should decide on, and what was decided."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shadowscan.cli.directory import with_directory
from shadowscan.cli.options import (
    DEFAULT_DATABASE,
    DatabaseOption,
    FailOn,
    PolicyOption,
    SinceOption,
    UntilOption,
    moment,
)

if TYPE_CHECKING:
    from shadowscan.analysis.findings.pick import Picked
    from shadowscan.model.finding import Status
    from shadowscan.model.report import Report
    from shadowscan.people import Directory
    from shadowscan.report.page import Page

app = typer.Typer(
    help="What a reviewer should decide on, and what was decided.", no_args_is_help=True, rich_markup_mode=None
)
IdArgument = Annotated[str, typer.Argument(help="The finding's id, or the first four or more characters of it.")]
WhyOption = Annotated[str, typer.Option("--why", help="The reason; kept with the decision.")]
ByOption = Annotated[str | None, typer.Option("--by", help="Who decides; you, if not given.")]


class Form(StrEnum):
    """How findings are listed."""

    TEXT = "text"
    JSON = "json"


@app.command("list")
@with_directory
def list_(
    directory: "Directory",
    database: DatabaseOption = DEFAULT_DATABASE,
    policy: PolicyOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    severity: Annotated[FailOn | None, typer.Option("--severity", help="At least this severe.")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="Only this kind; see docs/findings.md.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Accepted and resolved ones too.")] = False,
    output: Annotated[Form, typer.Option("--output", "-o", help="Form of the list.")] = Form.TEXT,
) -> None:
    """List the open findings, what to do first at the top."""
    from shadowscan.analysis.findings import RULES
    from shadowscan.errors import UsageError
    from shadowscan.model.finding import Severity, Status
    from shadowscan.report.findings import listed

    kinds = [rule.kind for rule in RULES]
    if kind is not None and kind not in kinds:
        raise UsageError(f"no kind {kind!r}", hint=f"one of {', '.join(kinds)}")
    lowest = Severity(severity.value).rank if severity else 0
    findings = [
        finding
        for finding in _report(database, policy, directory, since, until).findings
        if (everything or finding.status is Status.OPEN)
        and finding.severity.rank >= lowest
        and kind in {None, finding.kind}
    ]
    if output is Form.JSON:
        emit_json([finding.model_dump(mode="json") for finding in findings])
        return
    page = new_page()
    listed(page, findings)
    emit_page(page)


@app.command()
@with_directory
def show(
    directory: "Directory",
    finding: IdArgument,
    database: DatabaseOption = DEFAULT_DATABASE,
    policy: PolicyOption = None,
    output: Annotated[Form, typer.Option("--output", "-o", help="Form of the answer.")] = Form.TEXT,
) -> None:
    """Show one finding: its rule, its numbers, the next step, and every decision on it."""
    from shadowscan.report.findings import detailed, history

    picked = _picked(finding, database, policy, directory)
    if output is Form.JSON:
        emit_json(
            {
                "id": picked.finding_id,
                "finding": picked.finding.model_dump(mode="json") if picked.finding else None,
                "history": [decision.model_dump(mode="json") for decision in picked.history],
            }
        )
        return
    page = new_page()
    if picked.finding:
        detailed(page, picked.finding)
    else:
        page.paragraph(picked.title, style="bold")
        page.paragraph(f"{picked.kind}  {picked.finding_id}: no longer found", indent=2)
    history(page, picked.history)
    emit_page(page)


@app.command()
@with_directory
def accept(
    directory: "Directory",
    finding: IdArgument,
    until: Annotated[str, typer.Option("--until", help="Last day on which it is accepted: 2027-01-31.")],
    why: WhyOption,
    by: ByOption = None,
    database: DatabaseOption = DEFAULT_DATABASE,
    policy: PolicyOption = None,
) -> None:
    """Accept a finding until a day: it leaves `what to do` and --fail-on, and comes back after that day."""
    from shadowscan.errors import UsageError
    from shadowscan.model.finding import Status

    try:
        last = date.fromisoformat(until)
    except ValueError as error:
        raise UsageError(f"not a day: {until!r}", hint="write 2027-01-31") from error
    if last < datetime.now(UTC).date():
        raise UsageError(f"{until} is in the past", hint="name the last day on which the finding is accepted")
    _decide(finding, _Verdict(Status.ACCEPTED, why, by, last), database, policy, directory)


@app.command()
@with_directory
def resolve(
    directory: "Directory",
    finding: IdArgument,
    why: WhyOption,
    by: ByOption = None,
    database: DatabaseOption = DEFAULT_DATABASE,
    policy: PolicyOption = None,
) -> None:
    """Mark a finding as dealt with; evidence younger than this decision opens it again."""
    from shadowscan.model.finding import Status

    _decide(finding, _Verdict(Status.RESOLVED, why, by), database, policy, directory)


@app.command()
@with_directory
def reopen(
    directory: "Directory",
    finding: IdArgument,
    why: WhyOption,
    by: ByOption = None,
    database: DatabaseOption = DEFAULT_DATABASE,
    policy: PolicyOption = None,
) -> None:
    """Take a decision back: the finding is open again."""
    from shadowscan.model.finding import Status

    _decide(finding, _Verdict(Status.OPEN, why, by), database, policy, directory)


@dataclass(frozen=True, slots=True)
class _Verdict:
    status: "Status"
    why: str
    by: str | None
    until: date | None = None


def _decide(start: str, verdict: _Verdict, database: Path, policy: Path | None, directory: "Directory") -> None:
    from getpass import getuser

    from shadowscan.cli.console import emit
    from shadowscan.errors import UsageError
    from shadowscan.model.finding import Decision
    from shadowscan.report.escape import safe_text
    from shadowscan.store.database import Database
    from shadowscan.store.decisions import decide

    by = getuser() if verdict.by is None else verdict.by
    for name, text in (("--why", verdict.why), ("--by", by)):
        if not text.strip():
            raise UsageError(f"{name} is empty", hint="a decision needs a reason and a name")
    picked = _picked(start, database, policy, directory)
    at = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    decision = Decision(status=verdict.status, at=at, by=by, why=verdict.why, until=verdict.until)
    with Database(database).write() as session:
        decide(session, finding_id=picked.finding_id, kind=picked.kind, title=picked.title, decision=decision)
    until = f" until {verdict.until}" if verdict.until else ""
    emit(safe_text(f"{picked.finding_id} {verdict.status.value}{until}: {picked.title}"))


def _picked(start: str, database: Path, policy: Path | None, directory: "Directory") -> "Picked":
    from shadowscan.analysis.findings.pick import pick
    from shadowscan.store.database import Database
    from shadowscan.store.decisions import decided

    report = _report(database, policy, directory)
    with Database(database).read() as session:
        return pick(start, report.findings, decided(session))


def _report(
    database: Path, policy: Path | None, directory: "Directory", since: str | None = None, until: str | None = None
) -> "Report":
    from shadowscan.analysis.queries import Bounds
    from shadowscan.catalog import load_catalog
    from shadowscan.cli.rendering import make_report
    from shadowscan.policy import load_policy
    from shadowscan.store.database import Database

    catalog = load_catalog()
    rules = load_policy(policy, catalog.aliases)
    return make_report(Database(database), catalog, rules, directory, Bounds(moment(since), moment(until)))


def new_page() -> "Page":
    """Return an empty page as wide as the terminal."""
    from shadowscan.cli.console import width
    from shadowscan.report.page import Page

    return Page(width(), 0, ascii_only=False)


def emit_page(page: "Page") -> None:
    """Print a page."""
    from shadowscan.cli.console import emit, wants_color
    from shadowscan.report.terminal import as_text

    emit(as_text(page, color=wants_color()))


def emit_json(document: object) -> None:
    """Print a document."""
    import json

    from shadowscan.cli.console import emit

    emit(json.dumps(document, indent=1))
