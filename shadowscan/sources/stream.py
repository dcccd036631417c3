"""The file object handed to readers of bytes (captures, archives) and used by the line reader."""

import io
import os
from typing import BinaryIO, Self

from shadowscan.errors import SourceError
from shadowscan.sources.pipes import Pipe

_BLOCK = 1 << 20


class SourceStream(io.RawIOBase, BinaryIO):
    """Decompressed bytes, forward only.

    A damaged source raises SourceError only after every byte before the damage has been handed out, so a ``read``
    may come back short once and raise the next time.
    """

    def __init__(self, pipe: Pipe) -> None:
        super().__init__()
        self._pipe = pipe
        self._position = 0
        self._failure: SourceError | None = None

    @property
    def raw_consumed(self) -> int:
        """Bytes taken so far from the file on disk (or of the archive member, as stored): for progress."""
        return self._pipe.consumed

    def fileno(self) -> int:
        """Return the descriptor of a plain file; OSError where these bytes are not those of one."""
        return self._pipe.fileno()

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        """Read at least one byte into the buffer unless at the end; may be short."""
        if self._failure is not None:
            raise self._failure
        try:
            got = self._pipe.readinto(memoryview(buffer))
        except SourceError as failure:
            self._failure = failure
            raise
        self._position += got
        return got

    def fill(self, view: memoryview) -> int:
        """Read until the view is full or the source ends, and return the number of bytes."""
        done = 0
        while done < len(view) and (self._failure is None or not done):
            try:
                got = self.readinto(view[done:])
            except SourceError:
                if not done:
                    raise
                break
            if not got:
                break
            done += got
        return done

    def read(self, size: int | None = -1) -> bytes:
        """Read ``size`` bytes, fewer only at the end or before damage; all without a size."""
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(_BLOCK), b""))
        buffer = bytearray(min(size, _BLOCK))
        parts: list[bytes] = []
        left = size
        while left:
            wanted = min(left, _BLOCK)
            got = self._fill_after(parts, memoryview(buffer)[:wanted])
            parts.append(bytes(memoryview(buffer)[:got]))
            left -= got
            if got < wanted:
                break
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _fill_after(self, parts: list[bytes], view: memoryview) -> int:
        try:
            return self.fill(view)
        except SourceError:
            if not parts:
                raise
            return 0

    def skip(self, count: int) -> int:
        """Pass over up to ``count`` bytes (a seek where possible), return how many there were."""
        if self._failure is not None:
            raise self._failure
        try:
            passed = self._pipe.skip(count)
        except SourceError as failure:
            self._failure = failure
            raise
        self._position += passed
        return passed

    def tell(self) -> int:
        """Return the offset in the decompressed bytes."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move forward; going back raises io.UnsupportedOperation."""
        target = offset if whence == os.SEEK_SET else self._position + offset
        if whence == os.SEEK_END or target < self._position:
            raise io.UnsupportedOperation("a source can only be read forward")
        self.skip(target - self._position)
        return self._position

    def close(self) -> None:
        """Close the file behind the stream."""
        if not self.closed:
            self._pipe.close()
        super().close()

    def __enter__(self) -> Self:
        """Return the stream."""
        return self
