"""`shadowscan scan`: read exports into the database and report."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shadowscan.cli.directory import tokens_for, with_directory
from shadowscan.cli.options import (
    DEFAULT_DATABASE,
    AddressesOption,
    DatabaseOption,
    FailOnOption,
    Output,
    OutputOption,
    PolicyOption,
    PriorsOption,
    PseudonymiseOption,
    SinceOption,
    TableOption,
    TimeZoneOption,
    ToOption,
    TopOption,
    UntilOption,
    moment,
)

if TYPE_CHECKING:
    from shadowscan.people import Directory

EPILOG = """\b
Examples:
  shadowscan scan exports/                     everything below a folder
  shadowscan scan proxy.log.gz fw.zip          files, archives, captures
  zcat old.gz | shadowscan scan - --format squid
  shadowscan scan exports/ --policy policy.yaml --fail-on high -o html --to report.html
"""


@with_directory
def scan(
    directory: "Directory",
    paths: Annotated[list[str], typer.Argument(help="Files, folders, globs, archives; - is standard input.")],
    database: DatabaseOption = DEFAULT_DATABASE,
    policy: PolicyOption = None,
    priors: PriorsOption = None,
    format_id: Annotated[
        str | None, typer.Option("--format", help="Take every log as this format (id or YAML file).")
    ] = None,
    formats_dir: Annotated[Path | None, typer.Option("--formats-dir", help="Folder of your own formats.")] = None,
    timezone: TimeZoneOption = "UTC",
    keep_all: Annotated[bool, typer.Option("--keep-all", help="Store every event, not only AI-related ones.")] = False,
    keep_query: Annotated[bool, typer.Option("--keep-query", help="Store the query of URLs.")] = False,
    pseudonymise: PseudonymiseOption = False,
    pseudonymise_addresses: AddressesOption = False,
    output: OutputOption = Output.TEXT,
    table: TableOption = "tools",
    to: ToOption = None,
    top: TopOption = 20,
    since: SinceOption = None,
    until: UntilOption = None,
    fail_on: FailOnOption = None,
    max_rejected: Annotated[
        float, typer.Option("--max-rejected", min=0, max=100, help="Percent of rejected lines that make it incomplete.")
    ] = 5.0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no remarks; errors only.")] = False,
    no_progress: Annotated[bool, typer.Option("--no-progress", help="No progress bar.")] = False,
) -> None:
    """Read logs and captures, and report which AI tools are in use.

    What was read before is not read again: scanning the same folder adds only what is new.
    """
    from shadowscan.cli.memory import share_heaps

    share_heaps()
    from shadowscan.analysis.queries import Bounds
    from shadowscan.catalog import load_catalog
    from shadowscan.cli.reading import Reading, read_all, verdict_of
    from shadowscan.cli.rendering import Rendering, command_line, make_report, show, worst_at_least
    from shadowscan.errors import ExitCode
    from shadowscan.policy import load_policy
    from shadowscan.store.database import Database

    bounds = Bounds(moment(since), moment(until))
    catalog, store = load_catalog(), Database(database)
    rules = load_policy(policy, catalog.aliases)
    reading = Reading(
        format_id=format_id,
        formats_dir=formats_dir,
        timezone=timezone,
        keep_all=keep_all,
        keep_query=keep_query,
        quiet=quiet,
        progress=not (quiet or no_progress),
        command=command_line(),
        tokens=tokens_for(directory.tokens, names=pseudonymise, addresses=pseudonymise_addresses),
    )
    results = read_all(paths, store, catalog, reading)
    report = make_report(store, catalog, rules, directory, bounds, priors)
    show(report, Rendering(output, table, to, top))
    code = verdict_of(results, max_rejected)
    if code is ExitCode.COMPLETE and worst_at_least(report, fail_on):
        code = ExitCode.FINDINGS
    raise typer.Exit(code)
