"""A program of the user's that gets each alert."""

import json
import subprocess

from shadowscan.config.alerts import CommandSettings
from shadowscan.model.alert import Alert
from shadowscan.sinks.payload import whole
from shadowscan.sinks.sink import DeliveryError


class CommandSink:
    """Runs the program, without a shell, with the alert as JSON on its standard input."""

    def __init__(self, settings: CommandSettings) -> None:
        self._settings = settings

    def deliver(self, alert: Alert) -> None:
        """Run to the end; any exit code but 0 means that the alert was not taken."""
        program = self._settings.command[0]
        try:
            ran = subprocess.run(
                self._settings.command,
                input=json.dumps(whole(alert, self._settings.format)).encode(),
                capture_output=True,
                timeout=self._settings.timeout.total_seconds(),
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise DeliveryError(f"{program}: not done within {error.timeout:.0f} s") from error
        except OSError as error:
            raise DeliveryError(f"{program}: {error.strerror}") from error
        if ran.returncode:
            said = ran.stderr.decode("utf-8", "replace").strip().splitlines()
            raise DeliveryError(f"{program}: exit code {ran.returncode}" + (f": {said[-1][:200]}" if said else ""))
