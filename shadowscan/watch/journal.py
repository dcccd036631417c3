"""What the watcher tells of itself: every kind of message, and the forms they are written in."""

import json
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Literal

from shadowscan.watch.clock import Clock

Value = str | int | float | bool | None


class Form(StrEnum):
    """How a message is written."""

    TEXT = "text"
    LOGFMT = "logfmt"
    JSON = "json"


class Word(StrEnum):
    """All there is to tell; the documentation lists the same (docs/operations.md)."""

    STARTED = "started"
    STOPPED = "stopped"
    RELOADED = "reloaded"
    RELOAD_FAILED = "reload-failed"
    READ = "read"
    DAMAGED = "damaged"
    UNRECOGNISED = "unrecognised"
    UNREADABLE = "unreadable"
    VANISHED = "vanished"
    FOLDER_LOST = "folder-lost"
    FOLDER_BACK = "folder-back"
    DATABASE_HELD = "database-held"
    DISK_FULL = "disk-full"
    DATABASE_FAILED = "database-failed"
    DATABASE_BACK = "database-back"
    SILENT = "silent"
    HEARD_AGAIN = "heard-again"
    DRIFT = "format-drift"
    DRIFT_OVER = "format-drift-over"
    MOVED = "moved"
    DELETED = "deleted"
    NOT_MOVED = "not-moved"
    PRUNED = "pruned"
    COMPACTED = "compacted"
    HOUSEKEEPING_FAILED = "housekeeping-failed"
    ALERTED = "alerted"
    ALERTS_FAILED = "alerts-failed"
    LISTENING = "listening"
    LISTENER_FAILED = "listener-failed"


Level = Literal["info", "warning", "alarm"]

LEVELS: dict[Word, Level] = {
    Word.RELOAD_FAILED: "warning",
    Word.DAMAGED: "warning",
    Word.UNRECOGNISED: "warning",
    Word.UNREADABLE: "warning",
    Word.VANISHED: "alarm",
    Word.FOLDER_LOST: "alarm",
    Word.DATABASE_HELD: "warning",
    Word.DISK_FULL: "alarm",
    Word.DATABASE_FAILED: "alarm",
    Word.SILENT: "alarm",
    Word.DRIFT: "alarm",
    Word.NOT_MOVED: "warning",
    Word.HOUSEKEEPING_FAILED: "warning",
    Word.ALERTS_FAILED: "warning",
    Word.LISTENER_FAILED: "alarm",
}
"""Words that are more than information."""


class Journal:
    """Writes messages one a line; control characters of strangers are escaped in every form."""

    def __init__(
        self, write: Callable[[str], None], clock: Clock, form: Form = Form.TEXT, *, quiet: bool = False
    ) -> None:
        self._write = write
        self._clock = clock
        self._form = form
        self._quiet = quiet
        self.alarms = 0
        """Alarms told since the start."""

    def tell(self, word: Word, **facts: Value) -> None:
        """Write one message with what is known of it."""
        level = LEVELS.get(word, "info")
        self.alarms += level == "alarm"
        if self._quiet and level == "info":
            return
        known = {name: value for name, value in facts.items() if value not in (None, "")}
        self._write(self._text(word, level, known))

    def _text(self, word: Word, level: Level, facts: Mapping[str, Value]) -> str:
        moment = self._clock.now().isoformat(timespec="milliseconds") + "Z"
        if self._form is Form.JSON:
            return json.dumps({"time": moment, "level": level, "event": word.value, **facts})
        if self._form is Form.LOGFMT:
            pairs: Mapping[str, Value] = {"time": moment, "level": level, "event": word.value, **facts}
            return " ".join(f"{name}={_quoted(value)}" for name, value in pairs.items())
        told = ", ".join(f"{name} {value}" for name, value in facts.items())
        return f"{moment} {word.value}" + (f": {told}" if told else "")


def _quoted(value: Value) -> str:
    """A logfmt value: quoted as JSON does where it is not a plain word."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    plain = text and text.isascii() and text.isprintable() and not set(text) & set(' "=\\')
    return text if plain else json.dumps(text)
