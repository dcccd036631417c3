"""`shadowscan people`: the files that say who is who and what is where."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shadowscan.cli.directory import with_directory
from shadowscan.cli.options import (
    DEFAULT_DATABASE,
    DatabaseOption,
    LeasesOption,
    NetworksOption,
    PeopleOption,
    TimeZoneOption,
)

if TYPE_CHECKING:
    from shadowscan.people import Directory
    from shadowscan.yamlfile import FileModel

app = typer.Typer(help="Who is who: files that say so; pseudonyms.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def check(
    people: PeopleOption = None,
    networks: NetworksOption = None,
    leases: LeasesOption = None,
    timezone: TimeZoneOption = "UTC",
) -> None:
    """Check the files of people, networks and leases, and show what they hold."""
    from shadowscan.cli.console import emit
    from shadowscan.errors import UsageError
    from shadowscan.people import load_directory
    from shadowscan.report.escape import safe_text

    if not (people or networks or leases):
        raise UsageError("nothing to check", hint="name files with --people, --networks or --leases")
    directory = load_directory(people, networks, leases or (), timezone)
    lines = []
    if directory.people is not None:
        departments = ", ".join(sorted(directory.departments or ())) or "none"
        lines.append(f"{people}: {len(directory.people)} people; departments: {departments}")
    if directory.networks is not None:
        sites = ", ".join(sorted(directory.sites or ())) or "none"
        lines.append(f"{networks}: {len(directory.networks)} ranges; sites: {sites}")
    if leases:
        lines.append(f"{', '.join(map(str, leases))}: {len(directory.leases)} leases")
    emit("\n".join(safe_text(line) for line in lines))


@app.command()
def key(path: Annotated[Path, typer.Argument(help="File to write.")]) -> None:
    """Make a key for pseudonyms, readable by you alone. Keep it: without it nobody can be named any more."""
    from shadowscan.cli.console import emit
    from shadowscan.people.pseudonyms import make_key

    make_key(path)
    emit(f"{path} written; keep it apart from the database, and a copy of it safe")


@app.command()
@with_directory
def reveal(
    directory: "Directory",
    tokens: Annotated[list[str], typer.Argument(help="Pseudonyms, as reports show them.")],
    why: Annotated[str, typer.Option("--why", help="The reason; kept in the database with your name and the time.")],
    by: Annotated[str | None, typer.Option("--by", help="Who asks; you, if not given.")] = None,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Say whose pseudonyms these are, among the names of --people and --leases; every question is recorded first."""
    from getpass import getuser

    from shadowscan.analysis.pseudonyms import names_behind
    from shadowscan.cli.console import emit
    from shadowscan.errors import ExitCode, UsageError
    from shadowscan.report.escape import safe_text
    from shadowscan.store.database import Database
    from shadowscan.store.privacy import write_reveal

    if not why.strip():
        raise UsageError("--why is empty", hint="a question needs a reason")
    with Database(database).write() as session:
        found = names_behind(session, directory, tokens)
        for token, name in found.items():
            write_reveal(session, token, by or getuser(), why, found=name is not None)
    emit("\n".join(safe_text(f"{token}  {name or 'none of the names given'}") for token, name in found.items()))
    raise typer.Exit(ExitCode.COMPLETE if all(found.values()) else ExitCode.INCOMPLETE)


@app.command()
def reveals(database: DatabaseOption = DEFAULT_DATABASE) -> None:
    """List who asked whose a pseudonym is, when and why, the latest first."""
    from shadowscan.cli.console import emit
    from shadowscan.report.escape import safe_text
    from shadowscan.store.database import Database
    from shadowscan.store.privacy import reveals as asked

    with Database(database).read() as session:
        rows = asked(session)
    lines = [
        f"{row['asked']:%Y-%m-%d %H:%M:%S} UTC  {row['asker']}  {row['token']}"
        f"  {'told' if row['found'] else 'not found'}  {row['why']}"
        for row in rows
    ]
    emit("\n".join(map(safe_text, lines)) or "Nobody asked.")


@app.command()
def schema(which: Annotated[str, typer.Argument(help="people or networks.")] = "people") -> None:
    """Print the JSON Schema of people files (as YAML) or networks files."""
    import json

    from shadowscan.cli.console import emit
    from shadowscan.errors import UsageError
    from shadowscan.people import NetworksFile, PeopleFile

    models: dict[str, type[FileModel]] = {"people": PeopleFile, "networks": NetworksFile}
    if which not in models:
        raise UsageError(f"no schema {which!r}", hint=f"one of {', '.join(models)}")
    emit(json.dumps(models[which].model_json_schema(), indent=2))
