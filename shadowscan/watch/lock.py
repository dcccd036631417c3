"""One watcher a database: a lock that dies with its process and names it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from os import getpid
from pathlib import Path
from time import monotonic, sleep

from shadowscan.errors import DatabaseError, DatabaseHeldError

if sys.platform != "win32":
    import fcntl

_PATIENCE = 0.3
"""Seconds: somebody who only asks holds the lock for a moment."""


def lock_path(database: Path) -> Path:
    """Return the lock file of a database's watcher."""
    return database.with_name(f"{database.name}.watch")


@contextmanager
def only_watcher(database: Path) -> Iterator[None]:
    """Be the database's only watcher as long as the block lasts; DatabaseHeldError names the one that is."""
    path = lock_path(database)
    try:
        file = path.open("a+", encoding="ascii")
    except OSError as error:
        raise DatabaseError("can't be watched into", reason=error.strerror or "", where=str(database)) from error
    with file:
        if not _locked(file.fileno(), patience=_PATIENCE):
            raise DatabaseHeldError(
                f"another watcher writes to this database: process {holder(database) or 'unknown'}",
                where=str(database),
                hint="stop it first, or name another --db; `shadowscan watch --status` shows what it does",
            )
        file.seek(0)
        file.truncate()
        file.write(str(getpid()))
        file.flush()
        yield
        file.truncate(0)


def holder(database: Path) -> int | None:
    """Return the process that watches into the database now, if any."""
    try:
        with lock_path(database).open(encoding="ascii") as file:
            if _locked(file.fileno()):
                return None
            return int(file.read() or 0) or None
    except (OSError, ValueError):
        return None


def _locked(descriptor: int, patience: float = 0.0) -> bool:
    """Take the lock unless somebody has it for longer than the patience."""
    if sys.platform == "win32":
        return True
    deadline = monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if monotonic() > deadline:
                return False
            sleep(0.02)
        else:
            return True
