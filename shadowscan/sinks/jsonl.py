"""A file of findings, a JSON line each."""

import json
import os

from shadowscan.config.alerts import JsonlSettings
from shadowscan.model.alert import Alert
from shadowscan.sinks.payload import per_finding
from shadowscan.sinks.sink import DeliveryError


class JsonlSink:
    """Appends to a file; opened anew each time, so that log rotation needs no signal."""

    def __init__(self, settings: JsonlSettings) -> None:
        self._settings = settings

    def deliver(self, alert: Alert) -> None:
        """Append and sync; a part written before a failure is ended by a newline the next time."""
        lines = [json.dumps(item, separators=(",", ":")) for item in per_finding(alert, self._settings.format)]
        content = "".join(f"{line}\n" for line in lines).encode()
        try:
            self._settings.path.parent.mkdir(parents=True, exist_ok=True)
            with self._settings.path.open("ab+", buffering=0) as file:
                if file.tell() and os.pread(file.fileno(), 1, file.tell() - 1) != b"\n":
                    content = b"\n" + content
                if file.write(content) != len(content):
                    raise DeliveryError(f"{self._settings.path}: written only in part")
                os.fsync(file.fileno())
        except OSError as error:
            raise DeliveryError(f"{self._settings.path}: {error.strerror or error}") from error
