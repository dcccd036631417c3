"""The stages raw bytes pass before decompression: a file, a part of a file, a stream that exists only once.

A pipe hands out everything it has before it raises: what was read before an error stays valid.
"""

import errno
import io
import zlib
from abc import ABC, abstractmethod
from pathlib import Path

from shadowscan.errors import SourceError, SourceGoneError

_BLOCK = 1 << 20


class Pipe(ABC):
    """A forward-only run of bytes."""

    @property
    @abstractmethod
    def consumed(self) -> int:
        """Bytes taken so far from the file (or from the archive member, as stored)."""

    @abstractmethod
    def readinto(self, view: memoryview) -> int:
        """Fill the front of a view, return the number of bytes, 0 at the end; SourceError on damage."""

    @abstractmethod
    def close(self) -> None:
        """Release what the pipe holds."""

    def skip(self, count: int) -> int:
        """Pass over up to ``count`` bytes, return how many there were."""
        scratch = memoryview(bytearray(min(count, _BLOCK)))
        left = count
        while left and (got := self.readinto(scratch[: min(left, _BLOCK)])):
            left -= got
        return count - left

    def rewind(self) -> bool:
        """Go back to the first byte; False where that is impossible."""
        return False

    def fileno(self) -> int:
        """Return the descriptor of the file whose bytes these are, whole and unchanged; else OSError."""
        raise io.UnsupportedOperation("fileno")


class FileBytes(Pipe):
    """A file on disk, unbuffered."""

    def __init__(self, path: str, name: str) -> None:
        self._name = name
        try:
            self._file = Path(path).open("rb", buffering=0)  # noqa: SIM115 - closed by close()
        except OSError as error:
            raise _unreadable(name, error) from error

    @property
    def consumed(self) -> int:
        return self._file.tell()

    def readinto(self, view: memoryview) -> int:
        try:
            return self._file.readinto(view) or 0
        except OSError as error:
            raise _unreadable(self._name, error) from error

    def close(self) -> None:
        self._file.close()

    def skip(self, count: int) -> int:
        here = self._file.tell()
        there = max(here, min(here + count, self._file.seek(0, 2)))
        self._file.seek(there)
        return there - here

    def rewind(self) -> bool:
        self._file.seek(0)
        return True

    def fileno(self) -> int:
        return self._file.fileno()


class Slice(Pipe):
    """``length`` bytes of another pipe from its offset ``start``: an archive member as stored."""

    def __init__(self, pipe: Pipe, start: int, length: int, name: str) -> None:
        self._pipe, self._start, self._length, self._name = pipe, start, length, name
        self._done = 0
        self._enter(start)

    def _enter(self, distance: int) -> None:
        if self._pipe.skip(distance) < distance:
            raise self._short()

    def _short(self) -> SourceError:
        reason = f"{self._length - self._done} of {self._length} bytes are missing"
        return SourceError("the archive ends inside this member", reason=reason, where=self._name)

    @property
    def consumed(self) -> int:
        return self._done

    def readinto(self, view: memoryview) -> int:
        wanted = min(len(view), self._length - self._done)
        if not wanted:
            return 0
        got = self._pipe.readinto(view[:wanted])
        if not got:
            raise self._short()
        self._done += got
        return got

    def close(self) -> None:
        self._pipe.close()

    def skip(self, count: int) -> int:
        got = self._pipe.skip(min(count, self._length - self._done))
        self._done += got
        return got

    def rewind(self) -> bool:
        if not self._pipe.rewind():
            return False
        self._done = 0
        self._enter(self._start)
        return True


class Checked(Pipe):
    """A zip member's content, compared at its end with the size and CRC-32 of the archive's directory."""

    def __init__(self, pipe: Pipe, size: int, crc: int, name: str) -> None:
        self._pipe, self._size, self._crc, self._name = pipe, size, crc, name
        self._seen = self._sum = 0

    @property
    def consumed(self) -> int:
        return self._pipe.consumed

    def readinto(self, view: memoryview) -> int:
        got = self._pipe.readinto(view)
        self._sum = zlib.crc32(view[:got], self._sum)
        self._seen += got
        if not got and len(view) and (self._seen, self._sum) != (self._size, self._crc):
            reason = "size or CRC-32 differ from the archive's directory"
            raise SourceError("the archive member is damaged", reason=reason, where=self._name)
        return got

    def close(self) -> None:
        self._pipe.close()

    def rewind(self) -> bool:
        self._seen = self._sum = 0
        return self._pipe.rewind()


def _unreadable(name: str, error: OSError) -> SourceError:
    kind = SourceGoneError if error.errno in {errno.ENOENT, errno.ESTALE} else SourceError
    return kind("can't be read", reason=error.strerror or str(error), where=name)
