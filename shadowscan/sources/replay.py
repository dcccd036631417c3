"""Reading the start of a once-only stream several times."""

from shadowscan.errors import SourceError
from shadowscan.sources.pipes import Pipe

KEEP = 32 << 20
"""Bytes kept for another reading; beyond that the stream belongs to its only reader."""


class Replay:
    """A pipe that exists only once (standard input, a member inside a compressed tar), opened more than once.

    The first ``keep`` bytes stay in memory until a reader passes them: enough for looking at the head, for
    recognising the file, and then for reading it.
    """

    def __init__(self, pipe: Pipe, name: str, keep: int = KEEP) -> None:
        self.pipe, self.name = pipe, name
        self._keep = keep
        self._kept = bytearray()
        self._failure: SourceError | None = None
        self.passed = 0
        """Bytes taken from the pipe."""
        self.busy = 0
        """Readers that are open."""

    @property
    def fresh(self) -> bool:
        """Whether a new reader can begin at the first byte."""
        return self.passed == len(self._kept)

    @property
    def failed(self) -> bool:
        """Whether the pipe ended with damage."""
        return self._failure is not None

    def reader(self) -> "ReplayReader":
        """Begin at the first byte; SourceError if that is gone."""
        if not self.fresh:
            raise SourceError("can be read only once", reason="its first bytes are gone", where=self.name)
        return ReplayReader(self)

    def read_at(self, offset: int, view: memoryview) -> int:
        """Serve kept bytes, or take more from the pipe and keep them while they are few."""
        if offset < len(self._kept):
            part = self._kept[offset : offset + len(view)]
            view[: len(part)] = part
            return len(part)
        if offset != self.passed:
            raise SourceError("can be read by one reader at a time", where=self.name)
        return self._take(view)

    def _take(self, view: memoryview) -> int:
        if self._failure is not None:
            raise self._failure
        try:
            got = self.pipe.readinto(view)
        except SourceError as failure:
            self._failure = failure
            raise
        if self.fresh and self.passed + got <= self._keep:
            self._kept += view[:got]
        elif got:
            self._kept = bytearray()
        self.passed += got
        return got


class ReplayReader(Pipe):
    """One reading of a Replay."""

    def __init__(self, replay: Replay) -> None:
        self._replay = replay
        self._offset = 0
        self._open = True
        replay.busy += 1

    @property
    def consumed(self) -> int:
        return self._offset

    def readinto(self, view: memoryview) -> int:
        got = self._replay.read_at(self._offset, view)
        self._offset += got
        return got

    def close(self) -> None:
        """Leave the stream itself open: another reading may follow."""
        if self._open:
            self._open = False
            self._replay.busy -= 1

    def rewind(self) -> bool:
        if not self._replay.fresh:
            return False
        self._offset = 0
        return True
