"""Moving or deleting a file whose every line is in the database, and on the disk."""

import errno
import fcntl
import shutil
from pathlib import Path

from shadowscan.files import sync_file, sync_folder
from shadowscan.watch.folder import Folder


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
