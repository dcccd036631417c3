"""Moving or deleting a file whose every line is in the database, and on the disk."""

import errno
import fcntl
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from shadowscan.files import sync_file, sync_folder
from shadowscan.watch.clock import Clock
from shadowscan.watch.files import WatchedFile, WatchedFiles
from shadowscan.watch.folder import Folder, stamp_of
from shadowscan.watch.journal import Journal, Word


class Disposal:
    """Does with files that were read what the settings of their folders say."""

    def __init__(self, database: Path, folders: Sequence[Folder], journal: Journal, clock: Clock) -> None:
        self._database, self._journal, self._clock = database, journal, clock
        self._wanted = any(folder.settings.after != "keep" for folder in folders)

    def due(self, files: Iterable[WatchedFile]) -> list[WatchedFile]:
        """Return the files that were read completely, and quiet for long enough, in folders that keep none."""
        now = self._clock.monotonic()
        return [
            file
            for file in (files if self._wanted else ())
            if file.folder.settings.after != "keep"
            and file.complete
            and now - file.changed >= file.folder.settings.after_quiet.total_seconds()
        ]

    def dispose(self, files: WatchedFiles) -> None:
        """Move or delete what is durably in the database, which has just been given up."""
        for file in self.due(files):
            if stamp_of(file.path) != file.read:
                continue
            try:
                if in_use(file.path):
                    continue
                target = dispose(file.path, file.folder, self._database)
            except OSError as error:
                self._journal.tell(Word.NOT_MOVED, file=file.path, reason=error.strerror or str(error))
                file.complete = False
                continue
            files.forget(file.path)
            self._journal.tell(Word.MOVED if target else Word.DELETED, file=file.path, to=target)


def in_use(path: str) -> bool:
    """Tell whether who writes the file has locked it (flock), as spools do with their newest one; OSError if gone."""
    with Path(path).open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def dispose(path: str, folder: Folder, database: Path) -> str | None:
    """Move the file to where the folder's settings say, or delete it; return where it went. OSError if it can't be."""
    sync_file(database)
    source = Path(path)
    if folder.settings.move_to is None:
        source.unlink()
        return None
    target = _free(folder.settings.move_to / source.relative_to(folder.path))
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        source.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _copy(source, target)
    sync_folder(target.parent)
    return str(target)


def _copy(source: Path, target: Path) -> None:
    """Move to another file system: the original goes once the copy is on the disk."""
    part = target.with_name(f".{target.name}.part")
    shutil.copy2(source, part)
    sync_file(part)
    part.rename(target)
    sync_folder(target.parent)
    source.unlink()


def _free(target: Path) -> Path:
    """A name that nothing has yet."""
    number, free = 0, target
    while free.exists():
        number += 1
        free = target.with_name(f"{target.name}.{number}")
    return free
