"""Messages as lines of files: appended, synced, rotated; a file is read by the watcher while it still grows."""

import fcntl
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

_ESCAPES = ((b"\n", b"#012"), (b"\r", b"#015"), (b"\x00", b"#000"))
"""As rsyslog writes control characters: a message is one line, whatever is in it."""


class Spool:
    """The newest file of a folder, and its succession; their names are ``kind``, a time and ``suffix``."""

    def __init__(
        self, folder: Path, *, rotate_bytes: int, rotate_after: timedelta, kind: str = "syslog", suffix: str = ".log"
    ) -> None:
        self._folder, self._kind, self._suffix = folder, kind, suffix
        self._rotate_bytes, self._rotate_after = rotate_bytes, rotate_after.total_seconds()
        self._file: int | None = None
        self._size, self._since = 0, 0.0

    def write(self, messages: list[bytes]) -> None:
        """Append and sync messages: all, or with OSError none of them."""
        content = b"".join(_line(message) for message in messages)
        file = self._current(len(content))
        try:
            written = os.write(file, content)
            while written < len(content):
                written += os.write(file, content[written:])
            os.fdatasync(file)
        except OSError:
            # A torn record would stick to the next one.
            os.ftruncate(file, self._size)
            raise
        self._size += len(content)

    def close(self) -> None:
        """End the newest file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _current(self, more: int) -> int:
        """Return the file that takes ``more`` bytes: the newest, unless it is full, old or gone from its folder."""
        file = self._file
        if file is not None and os.fstat(file).st_nlink:
            young = monotonic() - self._since < self._rotate_after
            if not self._size or (young and self._size + more <= self._rotate_bytes):
                return file
        self.close()
        self._folder.mkdir(parents=True, exist_ok=True)
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_EXCL
        file = os.open(self._folder / f"{self._kind}-{stamp}Z{self._suffix}", flags, 0o640)
        # Who tidies the folder up leaves a locked file alone: more will be written to it.
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._file, self._size, self._since = file, 0, monotonic()
        return file


def _line(message: bytes) -> bytes:
    for raw, shown in _ESCAPES:
        if raw in message:
            message = message.replace(raw, shown)
    return message + b"\n"
