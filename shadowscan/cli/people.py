"""`shadowscan people`: the files that say who is who and what is where."""

from typing import TYPE_CHECKING, Annotated

import typer

from shadowscan.cli.options import LeasesOption, NetworksOption, PeopleOption, TimeZoneOption

if TYPE_CHECKING:
    from shadowscan.yamlfile import FileModel

app = typer.Typer(help="Who is who: check the files that say so.", no_args_is_help=True, rich_markup_mode=None)


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
