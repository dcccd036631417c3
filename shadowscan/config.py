"""Settings: one file, ``shadowscan.yaml``, that names what would otherwise be options of every command.

An option or an environment variable outweighs it. Paths are relative to the file's own folder.
"""

from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field

from shadowscan.yamlfile import FileModel, nearest, read_model

DEFAULT_PATH = Path("shadowscan.yaml")
"""Read where no other file is named, if it is there."""


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"not an IANA time zone; {nearest(name, ('UTC', *sorted(available_timezones())))}")
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone)]


class DirectorySettings(FileModel):
    """A folder that the watcher reads, and what differs for it."""

    path: Path
    format: str | None = Field(default=None, description="id of a format or a YAML file; None: recognised")
    timezone: TimeZone | None = Field(default=None, description="zone of times that state none")


class WatchSettings(FileModel):
    """What `shadowscan watch` does."""

    directories: tuple[DirectorySettings, ...] = ()


class Settings(FileModel):
    """The whole settings file."""

    version: Literal[1] = Field(default=1, description="of this file format")
    database: Path | None = None
    policy: Path | None = None
    people: Path | None = Field(default=None, description="who is who: CSV or YAML")
    networks: Path | None = Field(default=None, description="address ranges: sites, servers, clients")
    leases: tuple[Path, ...] = Field(default=(), description="CSV of DHCP or VPN leases")
    timezone: TimeZone | None = Field(default=None, description="zone of times that state none")
    pseudonymise: bool | None = Field(default=None, description="store tokens in place of names")
    key_file: Path | None = Field(default=None, description="key of the tokens; `shadowscan people key`")
    watch: WatchSettings = WatchSettings()


def load_settings(path: Path | None) -> Settings:
    """Read a settings file; None: ``shadowscan.yaml`` of the current folder, or nothing set where there is none.

    UsageError says what is wrong, where, and what is allowed.
    """
    if path is None:
        return load_settings(DEFAULT_PATH) if DEFAULT_PATH.is_file() else Settings()
    settings = read_model(path, "settings", Settings)
    return settings.model_copy(update=_placed(settings, path.parent))


def _placed(settings: Settings, folder: Path) -> dict[str, object]:
    """The paths of a settings file, seen from the current folder."""
    single = ("database", "policy", "people", "networks", "key_file")
    paths: dict[str, object] = {name: folder / found for name in single if (found := getattr(settings, name))}
    directories = tuple(
        one.model_copy(update={"path": folder / one.path.expanduser()}) for one in settings.watch.directories
    )
    watch = settings.watch.model_copy(update={"directories": directories})
    return paths | {"leases": tuple(folder / lease for lease in settings.leases), "watch": watch}
