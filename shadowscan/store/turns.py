"""Who may open the database next: readers announce themselves, a writer at full speed lets them pass.

The announcement is a shared lock (flock) on a file beside the database, held while a reader waits and gone with its
process, whatever ends it. Where such a file can't be made, readers wait for the gaps a writer leaves anyway.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform != "win32":
    import fcntl

LONGEST_PASS = 1.0
"""Seconds a writer stands back for readers that were there before it."""
_STEP = 0.005


class Turns:
    """The announcements at one database."""

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(f"{database.name}.readers")

    @contextmanager
    def announced(self) -> Iterator[None]:
        """Tell writers, as long as the block lasts, that somebody wants to read."""
        if sys.platform == "win32":
            yield
            return
        try:
            file = self._path.open("ab")
        except OSError:
            yield
            return
        with file:
            fcntl.flock(file, fcntl.LOCK_SH)
            yield

    def wanted(self) -> bool:
        """Tell whether a reader waits."""
        if sys.platform == "win32":
            return False
        try:
            with self._path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except OSError:
            return True
        return False

    def let_pass(self) -> None:
        """Wait until no reader waits any more, but not for ever."""
        deadline = time.monotonic() + LONGEST_PASS
        while self.wanted() and time.monotonic() < deadline:
            time.sleep(_STEP)
