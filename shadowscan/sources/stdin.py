"""Standard input as a source: read once, its head several times; archives are spooled to a temporary file."""

import contextlib
import os
import tempfile
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from shadowscan.errors import SourceError
from shadowscan.sources.pipes import FileBytes, Pipe
from shadowscan.sources.replay import Replay

STDIN = "-"
"""The argument and the label of standard input."""
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class OpenStdin:
    """Opens standard input again and again while its first bytes are kept, then once."""

    replay: Replay

    def __call__(self) -> Pipe:
        """Begin at the first byte; SourceError if that is gone."""
        return self.replay.reader()


class StreamPipe(Pipe):
    """An open stream that belongs to someone else."""

    def __init__(self, stream: BinaryIO) -> None:
        self._read = getattr(stream, "read1", stream.read)
        self._consumed = 0

    @property
    def consumed(self) -> int:
        return self._consumed

    def readinto(self, view: memoryview) -> int:
        try:
            data: bytes = self._read(len(view))
        except (OSError, ValueError) as error:
            raise SourceError("can't be read", reason=str(error), where=STDIN) from error
        view[: len(data)] = data
        self._consumed += len(data)
        return len(data)

    def close(self) -> None:
        """Leave the stream to its owner."""


class Spool:
    """A copy of standard input in a temporary file, deleted with the last source that reads it."""

    def __init__(self, pipe: Pipe) -> None:
        descriptor, self.path = tempfile.mkstemp(prefix="shadowscan-stdin-")
        weakref.finalize(self, _remove, self.path)
        block = memoryview(bytearray(_BLOCK))
        with os.fdopen(descriptor, "wb") as file:
            while got := pipe.readinto(block):
                file.write(block[:got])

    def __call__(self) -> Pipe:
        """Open the copy."""
        return FileBytes(self.path, STDIN)


def _remove(path: str) -> None:
    with contextlib.suppress(OSError):
        Path(path).unlink()
