"""`shadowscan db`: what the database holds, and looking after it."""

from pathlib import Path
from typing import Annotated

import typer

from shadowscan.cli.options import DEFAULT_DATABASE, DatabaseOption

app = typer.Typer(
    help="What the database holds; prune, compact, back up, verify.", no_args_is_help=True, rich_markup_mode=None
)


@app.command()
def info(
    database: DatabaseOption = DEFAULT_DATABASE,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show schema, inputs, runs, and the number of rows of every table."""
    import json

    from shadowscan.cli.console import emit
    from shadowscan.report.escape import safe_text
    from shadowscan.store.database import Database
    from shadowscan.store.info import describe

    with Database(database).read() as session:
        facts = describe(session)
    facts = {"database": str(database), "bytes": database.stat().st_size, **facts}
    if as_json:
        emit(json.dumps(facts, indent=1, default=str))
        return
    emit("\n".join(f"{name:22} {safe_text(_shown(value))}" for name, value in facts.items()))


@app.command()
def rejects(
    database: DatabaseOption = DEFAULT_DATABASE,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Lines shown at most.")] = 100,
) -> None:
    """List the lines that could not be understood: file, line, reason, excerpt."""
    from shadowscan.cli.console import emit, say
    from shadowscan.report.escape import safe_text
    from shadowscan.store.database import Database
    from shadowscan.store.info import rejected_lines

    with Database(database).read() as session:
        rows, total = rejected_lines(session, limit)
    emit("\n".join(safe_text(f"{file}:{line}: {reason}: {excerpt}") for file, line, reason, excerpt in rows))
    if total > limit:
        say(f"shadowscan: {limit} of {total} rejected lines shown; --limit {total} shows all")


@app.command()
def prune(
    database: DatabaseOption = DEFAULT_DATABASE,
    older_than: Annotated[
        str | None, typer.Option("--older-than", metavar="AGE", help="Delete what is older: 180d, 26w, or a date.")
    ] = None,
    max_bytes: Annotated[
        str | None, typer.Option("--max-bytes", metavar="SIZE", help="Delete the oldest until it fits: 500M, 20G.")
    ] = None,
) -> None:
    """Delete the oldest rows for good, by age or by size, and give the space back.

    What files are known by is kept: pruned logs that still lie there are not read again.
    """
    from shadowscan.cli.console import emit
    from shadowscan.cli.options import moment, size
    from shadowscan.errors import UsageError
    from shadowscan.store import housekeeping
    from shadowscan.store.database import Database

    store, pruned = Database(database), housekeeping.Pruned()
    if not older_than and not max_bytes:
        raise UsageError("nothing to prune by", hint="give --older-than, --max-bytes or both")
    if (before := moment(older_than)) is not None:
        pruned += housekeeping.prune_before(store, before)
    if max_bytes:
        pruned += housekeeping.prune_to(store, size(max_bytes))
    won = housekeeping.compact(store)
    emit(f"pruned {pruned.entries:,} ledger entries of {pruned.lines:,} lines; {won:,} bytes given back")


@app.command()
def compact(database: DatabaseOption = DEFAULT_DATABASE) -> None:
    """Give dead space back: a DuckDB file does not shrink by itself. Needs room for a second copy meanwhile."""
    from shadowscan.cli.console import emit
    from shadowscan.store.database import Database
    from shadowscan.store.housekeeping import compact as compact_database

    won = compact_database(Database(database))
    emit(f"{won:,} bytes given back; {database.stat().st_size:,} left")


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(help="File to write; must not exist.")],
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Copy the database as of one moment, also beside a running watcher."""
    from shadowscan.cli.console import emit
    from shadowscan.store.database import Database
    from shadowscan.store.housekeeping import backup as back_up

    emit(f"{target}: {back_up(Database(database), target):,} bytes")


@app.command()
def verify(database: DatabaseOption = DEFAULT_DATABASE) -> None:
    """Compare the ledger with the rows it stands for; exit code 4 if they do not agree."""
    from shadowscan.cli.console import emit
    from shadowscan.errors import ExitCode
    from shadowscan.report.escape import safe_text
    from shadowscan.store.database import Database
    from shadowscan.store.housekeeping import verify as check

    wrong, entries = check(Database(database))
    emit("\n".join(map(safe_text, wrong)) or f"sound: {entries:,} ledger entries and all their rows agree")
    raise typer.Exit(ExitCode.DATABASE if wrong else ExitCode.COMPLETE)


@app.command()
def repair(database: DatabaseOption = DEFAULT_DATABASE) -> None:
    """After a power loss: cut the torn end off the write-ahead log. What was confirmed as committed is kept."""
    from shadowscan.cli.console import emit
    from shadowscan.store.database import Database
    from shadowscan.store.housekeeping import repair as mend

    kept = mend(Database(database))
    emit(f"repaired; the torn log is kept as {kept}" if kept else "nothing to repair")


def _shown(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
