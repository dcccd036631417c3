"""Settings: one file, ``shadowscan.yaml``, that names what would otherwise be options of every command.

An option or an environment variable outweighs it. Paths are relative to the file's own folder.
"""

from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field

from shadowscan.config.alerts import AlertSettings
from shadowscan.config.listen import ListenSettings
from shadowscan.yamlfile import FileModel, PlacedPath, nearest, read_model

DEFAULT_PATH = Path("shadowscan.yaml")
"""Read where no other file is named, if it is there."""


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"not an IANA time zone; {nearest(name, ('UTC', *sorted(available_timezones())))}")
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone)]


class DirectorySettings(FileModel):
    """A folder that the watcher reads, and what differs for it."""

    path: PlacedPath
    format: str | None = Field(default=None, description="id of a format or a YAML file; None: recognised")
    timezone: TimeZone | None = Field(default=None, description="zone of times that state none")


class WatchSettings(FileModel):
    """What `shadowscan watch` does."""

    directories: tuple[DirectorySettings, ...] = ()
    listen: ListenSettings | None = Field(default=None, description="syslog received beside the folders")


class Settings(FileModel):
    """The whole settings file."""

    version: Literal[1] = Field(default=1, description="of this file format")
    database: PlacedPath | None = None
    policy: PlacedPath | None = None
    people: PlacedPath | None = Field(default=None, description="who is who: CSV or YAML")
    networks: PlacedPath | None = Field(default=None, description="address ranges: sites, servers, clients")
    leases: tuple[PlacedPath, ...] = Field(default=(), description="CSV of DHCP or VPN leases")
    timezone: TimeZone | None = Field(default=None, description="zone of times that state none")
    pseudonymise: bool | None = Field(default=None, description="store tokens in place of names")
    key_file: PlacedPath | None = Field(default=None, description="key of the tokens; `shadowscan people key`")
    watch: WatchSettings = WatchSettings()
    alerts: AlertSettings = AlertSettings()


def load_settings(path: Path | None) -> Settings:
    """Read a settings file; None: ``shadowscan.yaml`` of the current folder, or nothing set where there is none.

    UsageError says what is wrong, where, and what is allowed.
    """
    if path is None:
        return load_settings(DEFAULT_PATH) if DEFAULT_PATH.is_file() else Settings()
    return read_model(path, "settings", Settings)
