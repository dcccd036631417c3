"""Settings: one file, ``shadowscan.yaml``, that names what would otherwise be options of every command.

An option or an environment variable outweighs it. Paths are relative to the file's own folder.
"""

from pathlib import Path
from typing import Literal

from pydantic import Field

from shadowscan.config.alerts import AlertSettings
from shadowscan.config.watch import WatchSettings
from shadowscan.config.zones import TimeZone
from shadowscan.yamlfile import FileModel, PlacedPath, read_model


class Settings(FileModel):
    """The whole settings file."""

    version: Literal[1] = Field(default=1, description="of this file format")
    database: PlacedPath | None = None
    policy: PlacedPath | None = None
    people: PlacedPath | None = Field(default=None, description="who is who: CSV or YAML")
    priors: PlacedPath | None = Field(default=None, description="numbers of yours for the exposure estimate")
    networks: PlacedPath | None = Field(default=None, description="address ranges: sites, servers, clients")
    leases: tuple[PlacedPath, ...] = Field(default=(), description="CSV of DHCP or VPN leases")
    timezone: TimeZone | None = Field(default=None, description="zone of times that state none")
    pseudonymise: bool | None = Field(default=None, description="store pseudonyms in place of names")
    pseudonymise_addresses: bool | None = Field(default=None, description="store pseudonyms of addresses as well")
    key_file: PlacedPath | None = Field(
        default=None, description="key of the pseudonyms; `shadowscan people key` makes one"
    )
    watch: WatchSettings = WatchSettings()
    alerts: AlertSettings = AlertSettings()


def load_settings(path: Path | None) -> Settings:
    """Read a settings file; None: nothing is set. UsageError says what is wrong, where, and what is allowed."""
    return Settings() if path is None else read_model(path, "settings", Settings)
