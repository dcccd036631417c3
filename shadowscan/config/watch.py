"""The ``watch`` section of the settings."""

from datetime import timedelta
from typing import Literal

from pydantic import Field, model_validator

from shadowscan.config.listen import ListenSettings
from shadowscan.config.zones import TimeZone
from shadowscan.durations import Duration
from shadowscan.yamlfile import FileModel, PlacedPath


class DirectorySettings(FileModel):
    """A folder that the watcher reads, and what differs for it."""

    path: PlacedPath
    name: str | None = Field(default=None, description="in status, metrics and alarms; none: the path")
    site: str | None = Field(default=None, description="where the device stands; shown with its logs")
    format: str | None = Field(default=None, description="id of a format or a YAML file; none: recognised")
    timezone: TimeZone | None = Field(default=None, description="zone of times that state none")
    include: tuple[str, ...] = Field(default=("*",), description="names or paths below the folder, as shell patterns")
    exclude: tuple[str, ...] = ()
    silent_after: Duration | None = Field(default=None, description="alarm if no line comes for so long")
    after: Literal["keep", "move", "delete"] = Field(
        default="keep", description="what becomes of a file once all of it is durably in the database"
    )
    after_quiet: Duration = Field(default=timedelta(minutes=10), description="... and it did not change for so long")
    move_to: PlacedPath | None = Field(default=None, description="the folder for `after: move`")

    @model_validator(mode="after")
    def _complete(self) -> "DirectorySettings":
        if (self.after == "move") != (self.move_to is not None):
            raise ValueError("`after: move` and `move_to` need each other")
        return self


class RetentionSettings(FileModel):
    """What is deleted from the database, the oldest first; nothing unless it is set."""

    age: Duration | None = Field(default=None, description="rows older than that")
    bytes: int | None = Field(default=None, ge=1 << 20, description="size of the database file after compaction")
    every: Duration = Field(default=timedelta(days=1), description="how often it is looked after")


class WatchSettings(FileModel):
    """What `shadowscan watch` does."""

    directories: tuple[DirectorySettings, ...] = ()
    listen: ListenSettings | None = Field(default=None, description="syslog received beside the folders")
    rescan: Duration = Field(default=timedelta(seconds=10), description="all folders are looked at so often")
    settle: Duration = Field(
        default=timedelta(seconds=5),
        description="compressed files, archives and captures are read once unchanged for so long",
    )
    quiet: Duration = Field(
        default=timedelta(minutes=1),
        description="a last line without its end counts once nothing was added for so long",
    )
    drift: float = Field(default=0.2, gt=0, le=1, description="alarm if the share of rejected lines jumps by this")
    chunk_bytes: int = Field(default=4 << 20, ge=1 << 16, le=64 << 20, description="read and committed at a time")
    metrics_file: PlacedPath | None = Field(default=None, description="for the textfile collector of Prometheus")
    metrics_port: int | None = Field(default=None, ge=1, le=65535, description="Prometheus over HTTP, loopback only")
    retention: RetentionSettings = RetentionSettings()
