"""From findings to the outbox: what is news is made durable, then remembered as told."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import assert_never

from pydantic import ValidationError

from shadowscan.config.alerts import (
    AlertSettings,
    CommandSettings,
    EmailSettings,
    JsonlSettings,
    SinkSettings,
    SyslogSettings,
    WebhookSettings,
)
from shadowscan.errors import UsageError
from shadowscan.files import replace_file
from shadowscan.model.finding import Finding
from shadowscan.sinks.choose import Memory, due, remember
from shadowscan.sinks.command import CommandSink
from shadowscan.sinks.email import EmailSink
from shadowscan.sinks.jsonl import JsonlSink
from shadowscan.sinks.outbox import Outbox
from shadowscan.sinks.sink import Sink
from shadowscan.sinks.syslog import SyslogSink
from shadowscan.sinks.webhook import WebhookSink


def alerts_folder(database: Path) -> Path:
    """Return the folder of a database's alerts: beside it."""
    return database.with_name(f"{database.name}.alerts")


def sink_of(settings: SinkSettings) -> Sink:
    """Make a sink ready; UsageError if its secret can't be read."""
    match settings:
        case JsonlSettings():
            return JsonlSink(settings)
        case SyslogSettings():
            return SyslogSink(settings)
        case WebhookSettings():
            return WebhookSink(settings)
        case EmailSettings():
            return EmailSink(settings)
        case CommandSettings():
            return CommandSink(settings)
    assert_never(settings)


def sinks_of(settings: AlertSettings) -> Mapping[str, Sink]:
    """Make all sinks ready, by name."""
    return {sink.name: sink_of(sink) for sink in settings.sinks}


class Alerter:
    """Decides what is told; keeps its memory and outbox in one folder."""

    def __init__(self, settings: AlertSettings, folder: Path) -> None:
        self.settings = settings
        self.outbox = Outbox(folder)
        self._file = folder / "told.json"
        self._memory = self._load(folder)

    def consider(self, findings: Iterable[Finding], now: datetime, written: datetime | None) -> int:
        """Put an alert into the outbox for all that is news; return how many.

        ``written`` is when the newest line behind the findings was seen. OSError if the folder can't be written:
        nothing is forgotten then, the next call tries again.
        """
        alerts = due(findings, self.settings.rules, self._memory, now, written)
        for one in alerts:
            self.outbox.put(one.alert, self.settings.sinks_of(one.rule))
            remember(self._memory, one)
        if alerts:
            replace_file(self._file, self._memory.model_dump_json().encode())
        return len(alerts)

    def _load(self, folder: Path) -> Memory:
        try:
            return Memory.model_validate_json(self._file.read_bytes())
        except FileNotFoundError:
            memory = Memory(origin=secrets.token_hex(8))
            folder.mkdir(parents=True, exist_ok=True)
            replace_file(self._file, memory.model_dump_json().encode())
            return memory
        except ValidationError as error:
            raise UsageError(
                "what was told so far can't be read",
                reason=str(error.errors()[0]["msg"]),
                where=str(self._file),
                hint="move the file away; every finding is then told once more",
            ) from error
