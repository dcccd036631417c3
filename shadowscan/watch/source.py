"""A log over all its rotated files: what it gave, and whether it fell silent or changed its form."""

import os
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shadowscan.ingest.inputs import SourceResult
from shadowscan.watch.files import WatchedFile
from shadowscan.watch.folder import Folder
from shadowscan.watch.journal import Journal, Word
from shadowscan.watch.status import SourceStatus

MOST = 500
"""Logs told apart; beyond that those of a folder count together."""

MINUTE = 60.0
ENOUGH = 200
"""Lines that must have come before a share of rejects says anything."""
_PACKED = re.compile(r"\.(gz|bz2|xz|zst|zip|tgz|tar)$", re.IGNORECASE)
_NUMBER = re.compile(r"[.-]\d{1,5}$")
_MOMENT = re.compile(r"\d[\d.:_T-]{4,}\d")


def log_name(path: str) -> str:
    """Return the name that the files of one log share: ``access.log.3.gz`` is ``access.log``, dates become ``*``."""
    name = os.path.basename(path)  # noqa: PTH119 - names are text here: 100,000 of them
    while _PACKED.search(name):
        name = _PACKED.sub("", name)
    return _NUMBER.sub("", _MOMENT.sub("*", name)) or name


@dataclass(slots=True)
class WatchedSource:
    """Counts of one log since the watcher started."""

    folder: Folder
    name: str
    since: float
    """Monotonic seconds when it was first seen."""
    totals: SourceResult
    heard: float | None = None
    """Monotonic seconds of the last line."""
    last_line: datetime | None = None
    silent: bool = False
    drift: bool = False
    problem: str = ""
    _recent: deque[tuple[float, int]] = field(default_factory=deque)
    _usual: float | None = None
    """Share of rejects so far, the recent past weighing most."""
    _window: list[int] = field(default_factory=lambda: [0, 0])
    """Lines and rejects that were not judged yet: too few."""

    def add(self, result: SourceResult, now: float, moment: datetime) -> None:
        """Take note of what reading one file gave."""
        if not result.lines:
            return
        totals = self.totals
        totals.lines += result.lines
        totals.events += result.events
        totals.ai_events += result.ai_events
        totals.duplicates += result.duplicates
        totals.skipped += result.skipped
        totals.rejected += result.rejected
        self.heard, self.last_line = now, moment
        self._recent.append((now, result.lines))
        self._window[0] += result.lines
        self._window[1] += result.rejected

    def rate(self, now: float) -> float:
        """Return lines a second over the last minute."""
        while self._recent and self._recent[0][0] < now - MINUTE:
            self._recent.popleft()
        return sum(lines for _, lines in self._recent) / max(1.0, min(MINUTE, now - self.since))

    def falls_silent(self, now: float) -> bool | None:
        """Return True or False where the source falls silent or is heard again just now, else None."""
        limit = self.folder.settings.silent_after
        silent = limit is not None and timedelta(seconds=now - (self.heard or self.since)) > limit
        if silent == self.silent:
            return None
        self.silent = silent
        return silent

    def drifts(self, jump: float) -> tuple[bool, float] | None:
        """Return whether the form changed just now (or is as before again) and the share of rejects, else None."""
        lines, rejected = self._window
        if lines < ENOUGH:
            return None
        share, usual = rejected / lines, self._usual
        self._window = [0, 0]
        if usual is None:
            self._usual = share
            return None
        drift = share - usual > jump
        if not drift:
            self._usual = 0.9 * usual + 0.1 * share
        if drift == self.drift:
            return None
        self.drift = drift
        return drift, share

    def status(self, now: float) -> SourceStatus:
        """Return the counts; what is still to be read is added by who knows the files."""
        totals = self.totals
        return SourceStatus(
            folder=self.folder.name,
            name=self.name,
            site=self.folder.settings.site,
            lines=totals.lines,
            events=totals.events,
            ai_events=totals.ai_events,
            duplicates=totals.duplicates,
            skipped=totals.skipped,
            rejected=totals.rejected,
            rate=round(self.rate(now), 1),
            last_line=self.last_line,
            silent=self.silent,
            drift=self.drift,
            problem=self.problem,
        )


class WatchedSources:
    """All logs, by folder and name; tells when one falls silent or changes its form."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._sources: dict[tuple[str, str], WatchedSource] = {}

    def __iter__(self) -> Iterator[WatchedSource]:
        return iter(self._sources.values())

    def of(self, file: WatchedFile, now: float) -> WatchedSource:
        """Return the log that a file is part of."""
        key = (file.folder.name, log_name(file.path))
        if key not in self._sources and len(self._sources) >= MOST:
            key = (file.folder.name, "*")
        if key not in self._sources:
            self._sources[key] = WatchedSource(file.folder, key[1], now, SourceResult(key[1]))
        return self._sources[key]

    def judge(self, now: float, jump: float) -> None:
        """Tell of silence, and where the share of rejected lines jumps by so much."""
        for source in self:
            silent = source.falls_silent(now)
            if silent is not None:
                word = Word.SILENT if silent else Word.HEARD_AGAIN
                last = source.last_line.isoformat() if source.last_line else ""
                self._journal.tell(word, folder=source.folder.name, log=source.name, last_line=last)
            if changed := source.drifts(jump):
                word = Word.DRIFT if changed[0] else Word.DRIFT_OVER
                self._journal.tell(
                    word, folder=source.folder.name, log=source.name, rejected_share=round(changed[1], 3)
                )
