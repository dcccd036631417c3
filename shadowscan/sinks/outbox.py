"""Alerts on their way: a file an alert and sink, there until the sink has taken it.

An alert is durable before anything else is told of it, so it survives a crash at any moment and is delivered at
least once. The folder is plain to look at and safe to copy::

    outbox/<sink>/<alert id>.json    waits for delivery
    dead/<sink>/<alert id>.json      refused for good, with the reason beside it
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from shadowscan.files import replace_file
from shadowscan.model.alert import Alert


@dataclass(frozen=True, slots=True)
class Backlog:
    """What lies in the outbox for one sink."""

    waiting: int
    oldest: datetime | None
    """When the oldest waiting alert was put there, UTC."""
    dead: int


class Outbox:
    """The folder of alerts; one process writes, any may look."""

    def __init__(self, folder: Path) -> None:
        self._outbox = folder / "outbox"
        self._dead = folder / "dead"

    def put(self, alert: Alert, sinks: Iterable[str]) -> None:
        """Make an alert durable for each sink; the same id again replaces what waits. Raises OSError."""
        content = alert.model_dump_json(by_alias=True).encode()
        for sink in sinks:
            folder = self._outbox / sink
            folder.mkdir(parents=True, exist_ok=True)
            replace_file(folder / f"{alert.id}.json", content)

    def waiting(self, sink: str) -> list[Path]:
        """Return the files that wait for a sink, the oldest first."""
        return [path for _, path in sorted(_dated(self._outbox / sink))]

    def read(self, path: Path) -> Alert:
        """Return the alert in a file; ValueError if it holds none, OSError if it can't be read."""
        try:
            return Alert.model_validate_json(path.read_bytes())
        except ValidationError as error:
            raise ValueError(f"no alert: {error.errors()[0]['msg']}") from error

    def delivered(self, path: Path) -> None:
        """Take a file out: its sink has the alert."""
        path.unlink(missing_ok=True)

    def give_up(self, path: Path, reason: str) -> None:
        """Put a file aside with the reason why it can't be delivered."""
        folder = self._dead / path.parent.name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{path.stem}.txt").write_text(reason + "\n", encoding="utf-8")
        path.replace(folder / path.name)

    def retry(self) -> int:
        """Let what was put aside wait again; return how many."""
        found = list(self._dead.glob("*/*.json"))
        for path in found:
            folder = self._outbox / path.parent.name
            folder.mkdir(parents=True, exist_ok=True)
            path.with_suffix(".txt").unlink(missing_ok=True)
            path.replace(folder / path.name)
        return len(found)

    def backlogs(self) -> dict[str, Backlog]:
        """Return what waits or was given up, by the name of the sink; also of sinks that are no more."""
        names = {folder.name for root in (self._outbox, self._dead) if root.is_dir() for folder in root.iterdir()}
        return {name: self._backlog(name) for name in sorted(names)}

    def _backlog(self, sink: str) -> Backlog:
        waiting = sorted(_dated(self._outbox / sink))
        oldest = datetime.fromtimestamp(waiting[0][0] / 1e9, UTC).replace(tzinfo=None) if waiting else None
        return Backlog(len(waiting), oldest, len(list((self._dead / sink).glob("*.json"))))


def _dated(folder: Path) -> list[tuple[int, Path]]:
    dated = []
    for path in folder.glob("*.json"):
        with suppress(FileNotFoundError):  # delivered meanwhile
            dated.append((path.stat().st_mtime_ns, path))
    return dated
