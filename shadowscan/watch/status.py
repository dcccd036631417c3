"""How the watcher is, in a small file beside the database: read by ``watch --status`` without touching either."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shadowscan.errors import DatabaseError
from shadowscan.files import replace_file


class State(StrEnum):
    """What the watcher does."""

    STARTING = "starting"
    IDLE = "idle"
    READING = "reading"
    DATABASE_HELD = "database held"
    DISK_FULL = "disk full"
    DATABASE_FAILED = "database failed"
    STOPPED = "stopped"


class _Plain(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SourceStatus(_Plain):
    """One log: the files of a folder that follow each other (``access.log``, ``access.log.1``, …)."""

    folder: str = Field(description="name of the watched folder")
    name: str = Field(description="the log's name, what changes with rotation taken off")
    site: str | None = None
    pending: int = Field(default=0, description="files with something not yet read")
    lag_bytes: int = Field(default=0, description="upper bound of what is not yet read, as stored on disk")
    lag_seconds: float = Field(default=0, description="since the oldest change that is not yet read")
    lines: int = Field(default=0, description="since the watcher started")
    events: int = 0
    ai_events: int = 0
    duplicates: int = 0
    skipped: int = 0
    rejected: int = 0
    rate: float = Field(default=0, description="lines a second over the last minute")
    last_line: datetime | None = Field(default=None, description="when the last line was read, UTC")
    silent: bool = False
    drift: bool = False
    problem: str = Field(default="", description="why a file of it can't be read; empty while all can")


class SinkStatus(_Plain):
    """One sink of alerts."""

    name: str
    delivered: int = Field(default=0, description="since the watcher started")
    waiting: int = Field(default=0, description="alerts in the outbox")
    refused: int = Field(default=0, description="alerts put aside: the sink will never take them")
    last_error: str = Field(default="", description="why the last attempt failed; empty once one succeeds")
    latency_p50: float | None = Field(default=None, description="seconds from line seen to alert taken, newest alerts")
    latency_p95: float | None = None


class ListenStatus(_Plain):
    """The syslog listener."""

    endpoints: list[str]
    messages: int = Field(default=0, description="received since the watcher started")
    spooled: int = Field(default=0, description="of them on disk")
    truncated: int = 0
    dropped: int = Field(default=0, description="datagrams that found no room")
    problem: str = Field(default="", description="why the spool can't be written; empty while it can")


class WatchStatus(_Plain):
    """The whole file."""

    schema_version: int = 1
    pid: int
    started: datetime
    updated: datetime
    state: State
    problem: str = Field(default="", description="why nothing can be written; empty while it can")
    database: str
    database_bytes: int = 0
    lines: int = 0
    events: int = 0
    ai_events: int = 0
    duplicates: int = 0
    rejected: int = 0
    rate: float = 0
    files: int = 0
    pending: int = 0
    lag_bytes: int = 0
    alarms: int = Field(default=0, description="told since the start")
    sources: list[SourceStatus] = Field(default_factory=list)
    sinks: list[SinkStatus] = Field(default_factory=list)
    listener: ListenStatus | None = None


def status_path(database: Path) -> Path:
    """Return where the status of a database's watcher lies."""
    return database.with_name(f"{database.name}.status.json")


def write_status(database: Path, status: WatchStatus) -> None:
    """Replace the status file; OSError if that can't be."""
    replace_file(status_path(database), status.model_dump_json(indent=1).encode(), 0o644)


def read_status(database: Path) -> WatchStatus:
    """Read the status file; DatabaseError if no watcher ever wrote one."""
    path = status_path(database)
    try:
        return WatchStatus.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise DatabaseError(
            "no watcher has written to this database", where=str(database), hint="start one: `shadowscan watch DIR`"
        ) from error
    except (OSError, ValidationError) as error:
        raise DatabaseError("the watcher's status can't be read", reason=str(error), where=str(path)) from error
