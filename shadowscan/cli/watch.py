"""`shadowscan watch`: follow living folders into the database for months; and how the watcher is."""

from pathlib import Path
from typing import Annotated

import typer

from shadowscan.cli.directory import tokens_for
from shadowscan.cli.options import (
    DEFAULT_DATABASE,
    AddressesOption,
    DatabaseOption,
    KeyFileOption,
    LeasesOption,
    LogForm,
    NetworksOption,
    PeopleOption,
    PolicyOption,
    PseudonymiseOption,
    TimeZoneOption,
)

EPILOG = """\b
Examples:
  shadowscan watch /var/log/squid /var/log/firewall --db /var/lib/shadowscan/shadowscan.duckdb
  shadowscan --config /etc/shadowscan.yaml watch       folders, retention, metrics from the settings
  shadowscan watch --status                            how the running watcher is; exit code 3: not well

SIGTERM ends it after the chunk under way; SIGHUP reads settings, formats and signatures anew.
"""


def watch(
    context: typer.Context,
    folders: Annotated[list[Path] | None, typer.Argument(help="Folders; none: those of the settings file.")] = None,
    database: DatabaseOption = DEFAULT_DATABASE,
    status: Annotated[bool, typer.Option("--status", help="Show how the running watcher is, and end.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --status: as JSON.")] = False,
    log: Annotated[LogForm, typer.Option("--log", help="Form of the messages on stderr.")] = LogForm.TEXT,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Warnings and alarms only.")] = False,
    policy: PolicyOption = None,
    people: PeopleOption = None,
    networks: NetworksOption = None,
    leases: LeasesOption = None,
    timezone: TimeZoneOption = "UTC",
    formats_dir: Annotated[Path | None, typer.Option("--formats-dir", help="Folder of your own formats.")] = None,
    keep_all: Annotated[bool, typer.Option("--keep-all", help="Store every event, not only AI-related ones.")] = False,
    keep_query: Annotated[bool, typer.Option("--keep-query", help="Store the query of URLs.")] = False,
    key_file: KeyFileOption = None,
    pseudonymise: PseudonymiseOption = False,
    pseudonymise_addresses: AddressesOption = False,
) -> None:
    """Follow the logs below folders as they grow and rotate; every complete line counts exactly once."""
    from shadowscan.cli.console import emit
    from shadowscan.cli.watch_status import current, is_well, shown
    from shadowscan.errors import ExitCode

    if status:
        found = current(database)
        emit(found.model_dump_json(indent=1) if as_json else shown(found))
        raise typer.Exit(ExitCode.COMPLETE if is_well(found) else ExitCode.INCOMPLETE)
    from shadowscan.cli.memory import share_heaps

    share_heaps()
    from shadowscan.cli.rendering import command_line
    from shadowscan.cli.watching import Wanted, journal_on_stderr, setup_for
    from shadowscan.ingest.batches import Keep
    from shadowscan.people.pseudonyms import load_tokens
    from shadowscan.store.database import Database
    from shadowscan.watch.daemon import Daemon

    key = load_tokens(key_file) if key_file else None
    wanted = Wanted(
        tuple(folders or ()),
        formats_dir,
        timezone,
        Keep(keep_all, keep_query),
        policy,
        people,
        networks,
        tuple(leases or ()),
        key_file,
        tokens_for(key, names=pseudonymise, addresses=pseudonymise_addresses),
    )
    named = context.find_root().params.get("settings")  # as it was typed: a context holds no converted values
    config = Path(named) if named else None
    journal = journal_on_stderr(log, quiet=quiet)
    store, command = Database(database), command_line()
    Daemon(store, lambda: setup_for(wanted, config, store, command), journal, command).run()
