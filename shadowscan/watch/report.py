"""From a watcher to its status: the counts of its logs, and how far behind the disk it is."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from os import getpid

from shadowscan.watch.clock import Clock
from shadowscan.watch.files import WatchedFile
from shadowscan.watch.journal import Journal
from shadowscan.watch.source import log_name
from shadowscan.watch.status import SourceStatus, State, WatchStatus
from shadowscan.watch.watcher import Watcher


@dataclass(frozen=True, slots=True)
class Reporter:
    """Describes one watcher."""

    watcher: Watcher
    journal: Journal
    clock: Clock
    started: datetime

    def status(self, state: State | None = None) -> WatchStatus:
        """Return how the watcher is now."""
        now = self.clock.monotonic()
        sources = [source.status(now) for source in self.watcher.sources]
        self._add_files(sources, now)
        path = self.watcher.database.path
        return WatchStatus(
            pid=getpid(),
            started=self.started,
            updated=self.clock.now(),
            state=state or self.watcher.state,
            problem=self.watcher.problem,
            database=str(path),
            database_bytes=path.stat().st_size if path.exists() else 0,
            lines=sum(source.lines for source in sources),
            events=sum(source.events for source in sources),
            ai_events=sum(source.ai_events for source in sources),
            duplicates=sum(source.duplicates for source in sources),
            rejected=sum(source.rejected for source in sources),
            rate=round(sum(source.rate for source in sources), 1),
            files=len(self.watcher.files),
            pending=sum(source.pending for source in sources),
            lag_bytes=sum(source.lag_bytes for source in sources),
            alarms=self.journal.alarms,
            sources=sorted(sources, key=lambda source: (source.folder, source.name)),
        )

    def _add_files(self, sources: list[SourceStatus], now: float) -> None:
        """Add to each log what is still to be read of its files; logs of which nothing was read yet appear, too."""
        by_key = {(source.folder, source.name): source for source in sources}
        pending: dict[tuple[str, str], list[WatchedFile]] = defaultdict(list)
        for file in self.watcher.files.pending:
            pending[_key(file, by_key)].append(file)
        for key, files in pending.items():
            if key not in by_key:
                by_key[key] = SourceStatus(folder=key[0], name=key[1], site=files[0].folder.settings.site)
                sources.append(by_key[key])
            source = by_key[key]
            source.pending = len(files)
            source.lag_bytes = sum(file.unread_bytes for file in files)
            source.lag_seconds = round(max(now - file.pending_since for file in files), 1)


def _key(file: WatchedFile, known: dict[tuple[str, str], SourceStatus]) -> tuple[str, str]:
    key = (file.folder.name, log_name(file.path))
    rest = (file.folder.name, "*")
    return rest if key not in known and rest in known else key
