"""`shadowscan report`: report again on what the database holds."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shadowscan.cli.directory import with_directory
from shadowscan.cli.options import (
    DEFAULT_DATABASE,
    DatabaseOption,
    FailOnOption,
    Output,
    OutputOption,
    PolicyOption,
    PriorsOption,
    SinceOption,
    TableOption,
    ToOption,
    TopOption,
    UntilOption,
    moment,
)

if TYPE_CHECKING:
    from shadowscan.model.report import Report
    from shadowscan.people import Directory

EPILOG = """\b
Examples:
  shadowscan report --since 7d                          the last week
  shadowscan report --policy new.yaml --fail-on high    as another policy would have it
  shadowscan report --service openai-chatgpt            one tool;  --user ada: one person
  shadowscan report -o html --to report.html            a page to hand on
"""


@with_directory
def report(
    directory: "Directory",
    database: DatabaseOption = DEFAULT_DATABASE,
    policy: PolicyOption = None,
    priors: PriorsOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    service: Annotated[str | None, typer.Option("--service", "--tool", help="Only this service (id).")] = None,
    user: Annotated[str | None, typer.Option("--user", help="Only this person (or address).")] = None,
    compare_policy: Annotated[
        Path | None, typer.Option("--compare-policy", help="An older policy: who became a finding since, and why.")
    ] = None,
    output: OutputOption = Output.TEXT,
    table: TableOption = "tools",
    to: ToOption = None,
    top: TopOption = 20,
    fail_on: FailOnOption = None,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Report again whenever the database changes, until Ctrl-C.")
    ] = False,
) -> None:
    """Report on what earlier scans stored; a changed policy applies to past traffic as well."""
    from shadowscan.analysis.queries import Bounds
    from shadowscan.catalog import load_catalog
    from shadowscan.cli.rendering import Rendering, make_report, rendered, show, worst_at_least
    from shadowscan.errors import ExitCode
    from shadowscan.policy import load_policy
    from shadowscan.store.database import Database

    catalog = load_catalog()
    rules = load_policy(policy, catalog.aliases)
    old = load_policy(compare_policy, catalog.aliases) if compare_policy else None
    if service:
        service = catalog.service(service).id
    bounds = Bounds(moment(since), moment(until), service, user)
    rendering = Rendering(output, table, to, top)

    def make() -> "Report":
        return make_report(Database(database), catalog, rules, directory, bounds, priors, old)

    if follow:
        from shadowscan.cli.following import follow as follow_changes

        follow_changes(database, lambda: rendered(make(), rendering))
    document = make()
    show(document, rendering)
    raise typer.Exit(ExitCode.FINDINGS if worst_at_least(document, fail_on) else ExitCode.COMPLETE)
