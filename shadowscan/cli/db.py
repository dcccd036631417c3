"""`shadowscan db`: what the database holds."""

from typing import Annotated

import typer

from shadowscan.cli.options import DEFAULT_DATABASE, DatabaseOption

app = typer.Typer(help="What the database holds.", no_args_is_help=True, rich_markup_mode=None)


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


def _shown(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
