"""What lies in a watched folder: names with size, time and inode; contents are not looked at."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from shadowscan.config import DirectorySettings
from shadowscan.ingest.inputs import IngestOptions
from shadowscan.sources.archives import is_hidden


@dataclass(frozen=True, slots=True)
class Stamp:
    """By what a change is noticed cheaply; what has changed is verified by content."""

    device: int
    inode: int
    size: int
    modified_ns: int
    changed_ns: int
    """Renamed, or with other permissions: cheap to verify, and better than a time that tools set back."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A file as one look found it."""

    path: str
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Walk:
    """One look at everything below a folder."""

    files: tuple[Sighting, ...]
    unreadable: tuple[tuple[str, str], ...] = ()
    """Folders that could not be listed, with the reason: what was seen below them before still stands."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that is watched, and how what lies in it is read."""

    settings: DirectorySettings
    options: IngestOptions = field(default_factory=IngestOptions)

    @property
    def path(self) -> Path:
        """Where it is."""
        return self.settings.path

    @property
    def name(self) -> str:
        """What the folder is called in status, metrics and alarms."""
        return self.settings.name or str(self.settings.path)

    def wants(self, path: str) -> bool:
        """Tell whether a file below the folder is to be read: by its name and by its path below the folder."""
        # Paths are text here, and cut without a look at their parts: 100,000 of them every few seconds.
        below = path[len(str(self.path).rstrip(os.sep)) + 1 :]
        names = (path[path.rfind(os.sep) + 1 :], below)
        if is_hidden(below) or _fits(names, self.settings.exclude):
            return False
        return _fits(names, self.settings.include)

    def walk(self) -> Walk:
        """Look at all files below; links are followed, each folder is entered once."""
        files: list[Sighting] = []
        unreadable: list[tuple[str, str]] = []
        entered: set[tuple[int, int]] = set()
        pending = [str(self.path)]
        while pending:
            folder = pending.pop()
            try:
                here = os.stat(folder)  # noqa: PTH116
                if (here.st_dev, here.st_ino) in entered:
                    continue
                entered.add((here.st_dev, here.st_ino))
                entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
            except OSError as error:
                unreadable.append((folder, error.strerror or str(error)))
                continue
            for entry in entries:
                if _is_folder(entry):
                    if not is_hidden(entry.name):
                        pending.append(entry.path)
                elif self.wants(entry.path) and (stamp := stamp_of(entry.path)):
                    files.append(Sighting(entry.path, stamp))
        return Walk(tuple(files), tuple(unreadable))


def stamp_of(path: str) -> Stamp | None:
    """Return what a regular file looks like from outside; None if it is gone, or something else."""
    try:
        status = os.stat(path)  # noqa: PTH116
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return Stamp(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def _fits(names: tuple[str, ...], patterns: tuple[str, ...]) -> bool:
    return any(pattern == "*" or fnmatchcase(name, pattern) for pattern in patterns for name in names)


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def below(folder: str, paths: Iterator[str]) -> Iterator[str]:
    """Yield the paths that lie below a folder."""
    prefix = folder.rstrip(os.sep) + os.sep
    return (path for path in paths if path.startswith(prefix))
