"""`shadowscan config`: the settings file; and how it gives every command its defaults."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from shadowscan.config import Settings

app = typer.Typer(help="Check the settings file.", no_args_is_help=True, rich_markup_mode=None)
ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", envvar="SHADOWSCAN_CONFIG", help="Settings file; shadowscan.yaml here is read unasked."),
]

DEFAULT_PATH = Path("shadowscan.yaml")
"""Read where no other file is named, if it is there."""


def settings_file(config: Path | None) -> Path | None:
    """Return the settings file to be read, None where there is none."""
    return DEFAULT_PATH if config is None and DEFAULT_PATH.is_file() else config


def use_settings(context: typer.Context, config: Path | None) -> None:
    """Let options that are not given take their values from the settings file."""
    path = settings_file(config)
    if path is None:
        return  # the models of the settings take as long to import as all commands together
    from shadowscan.config import load_settings

    context.obj = settings = load_settings(path)
    context.default_map = _defaults(context.command, _values(settings))


def settings_of(context: typer.Context) -> "Settings":
    """Return the settings in force, from a command's context."""
    from shadowscan.config import Settings

    settings = context.find_object(Settings)
    return Settings() if settings is None else settings


def _values(settings: "Settings") -> dict[str, object]:
    """Settings that are options of commands, as options take them."""
    plain = settings.model_dump(mode="json", exclude={"version", "watch", "alerts"}, exclude_defaults=True)
    return {name: value for name, value in plain.items() if value is not None}


def _defaults(command: Any, values: Mapping[str, object]) -> dict[str, Any]:
    """For each command below: its parameters that a setting speaks of; groups hold their commands."""
    return {
        name: _defaults(one, values)
        if hasattr(one, "commands")
        else {parameter.name: values[parameter.name] for parameter in one.params if parameter.name in values}
        for name, one in command.commands.items()
    }


@app.command()
def check(path: Annotated[Path, typer.Argument(help="Settings file.")] = DEFAULT_PATH) -> None:
    """Check a settings file and show what it sets."""
    from shadowscan.cli.console import emit
    from shadowscan.config import load_settings

    values = _values(load_settings(path))
    emit("\n".join([f"{path}: sound", *(f"  {name}: {_shown(value)}" for name, value in values.items())]))


@app.command()
def schema() -> None:
    """Print the JSON Schema of settings files."""
    import json

    from shadowscan.cli.console import emit
    from shadowscan.config import Settings

    emit(json.dumps(Settings.model_json_schema(), indent=2))


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
