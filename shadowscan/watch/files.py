"""The files below the watched folders, and which of them want to be read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from shadowscan.config import WatchSettings
from shadowscan.watch.folder import Folder, Sighting, Stamp, below, stamp_of

MOST_ATTEMPTS = 8
"""Readings of a file that fails; after that it must change first."""
_FIRST_PAUSE = 5.0


class Due(StrEnum):
    """How a file may be read now."""

    NO = "no"
    GROWING = "growing"
    """A last line without its end is left."""
    WHOLE = "whole"
    """It has been quiet: all of it."""


@dataclass(slots=True)
class WatchedFile:
    """One file: what it looks like, and what it looked like before it was read."""

    path: str
    folder: Folder
    stamp: Stamp
    changed: float
    """Monotonic seconds when a change was seen last."""
    pending_since: float
    read: Stamp | None = None
    waiting: bool = False
    """A last line without its end was left."""
    settles: bool = False
    """Compressed, an archive or a capture: read only once it is quiet."""
    attempts: int = 0
    not_before: float = 0.0
    complete: bool = False
    """All of it was read and is in the database: it may go, if it is to go."""

    @property
    def pending(self) -> bool:
        """Tell whether something is to be read, now or later."""
        return self.waiting or (self.stamp != self.read and self.attempts < MOST_ATTEMPTS)

    @property
    def unread_bytes(self) -> int:
        """Upper bound of the bytes that are not read, as stored."""
        if not self.pending:
            return 0
        same = self.read is not None and self.read.inode == self.stamp.inode and self.read.size <= self.stamp.size
        return self.stamp.size - self.read.size if same and self.read else self.stamp.size

    def see(self, stamp: Stamp, now: float) -> None:
        """Take note of a look at it."""
        if stamp == self.stamp:
            return
        if not self.pending:
            self.pending_since = now
        self.stamp, self.changed = stamp, now
        self.attempts, self.not_before, self.complete = 0, 0.0, False

    def due(self, now: float, settings: WatchSettings) -> Due:
        """Tell how it may be read."""
        quiet = now - self.changed
        if now < self.not_before or not self.pending:
            return Due.NO
        if self.settles:
            return Due.WHOLE if quiet >= settings.settle.total_seconds() else Due.NO
        if quiet >= settings.quiet.total_seconds():
            return Due.WHOLE
        return Due.GROWING if self.stamp != self.read else Due.NO

    def failed(self, now: float) -> None:
        """Try again later, less and less often."""
        self.attempts += 1
        self.not_before = now + _FIRST_PAUSE * 2 ** (self.attempts - 1)


class WatchedFiles:
    """All files of all folders, by path; those that want something are kept apart, for there may be 100,000."""

    def __init__(self, settings: WatchSettings, folders: Sequence[Folder]) -> None:
        self._settings = settings
        self._folders = folders
        self._files: dict[str, WatchedFile] = {}
        self._pending: dict[str, WatchedFile] = {}

    def __len__(self) -> int:
        return len(self._files)

    def __iter__(self) -> Iterator[WatchedFile]:
        return iter(self._files.values())

    @property
    def pending(self) -> Sequence[WatchedFile]:
        """Files of which something is to be read, now or later."""
        return [file for file in self._pending.values() if file.pending]

    def look(self, folder: Folder, sightings: Sequence[Sighting], lost: Sequence[str], now: float) -> list[WatchedFile]:
        """Take note of everything in a folder; return the files that vanished before they were read.

        What lay below ``lost`` folders, which can't be listed just now, is taken to be there still.
        """
        for sighting in sightings:
            self._see(sighting, folder, now)
        present = {sighting.path for sighting in sightings}
        missing = {path for path, file in self._files.items() if file.folder is folder and path not in present}
        for place in lost:
            missing.difference_update(set(below(place, iter(missing))))
        return [file for path in missing if (file := self.forget(path)) and file.pending]

    def look_at(self, paths: set[str], now: float) -> None:
        """Take note of single files that something was said of."""
        for path in paths:
            folder = self._folder_of(path)
            if folder and (stamp := stamp_of(path)):
                self._see(Sighting(path, stamp), folder, now)

    def due(self, now: float) -> list[tuple[WatchedFile, Due]]:
        """Return the files to read, the longest unchanged first: so a rotated file comes before its successor."""
        self._pending = {path: file for path, file in self._pending.items() if file.pending}
        found = [(file, due) for file in self._pending.values() if (due := file.due(now, self._settings)) is not Due.NO]
        return sorted(found, key=lambda item: (item[0].stamp.modified_ns, item[0].path))

    def forget(self, path: str) -> WatchedFile | None:
        """Forget a file that is gone."""
        self._pending.pop(path, None)
        return self._files.pop(path, None)

    def _see(self, sighting: Sighting, folder: Folder, now: float) -> None:
        file = self._files.get(sighting.path)
        if file is None:
            file = WatchedFile(sighting.path, folder, sighting.stamp, now, now)
            self._files[sighting.path] = file
        else:
            file.see(sighting.stamp, now)
        if file.pending:
            self._pending[sighting.path] = file

    def _folder_of(self, path: str) -> Folder | None:
        """The first folder that has the path below it and wants it."""
        return next(
            (one for one in self._folders if next(below(str(one.path), iter([path])), None) and one.wants(path)), None
        )
