"""One shared pass through a compressed tar, so that its members in order cost one decompression, not one each."""

import threading

from shadowscan.errors import SourceError
from shadowscan.sources.pipes import Pipe, Slice
from shadowscan.sources.replay import Replay
from shadowscan.sources.source import Source


class TarShelf:
    """Holds at most one compressed tar open, at one member; the start of that member can be read again.

    Members asked for in order continue the pass. Going back, or reading two members at once, starts another one.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._whole: Source | None = None
        self._pipe: Pipe | None = None
        self._member: Replay | None = None
        self._offset = 0

    def __reduce__(self) -> tuple[type["TarShelf"], tuple[()]]:
        return TarShelf, ()

    def __del__(self) -> None:
        self._close()

    def open(self, whole: Source, offset: int, size: int, name: str) -> Pipe:
        """Return ``size`` bytes of the decompressed archive from ``offset``; SourceError if they can't be reached."""
        with self._lock:
            if self._member is not None and self._member.busy:
                return _own_pass(whole, offset, size, name)
            if self._at(whole, offset):
                return self._held().reader()
            self._advance(whole, offset, size, name)
            return self._held().reader()

    def _at(self, whole: Source, offset: int) -> bool:
        member = self._member
        return member is not None and self._whole is whole and self._offset == offset and member.fresh

    def _held(self) -> Replay:
        if self._member is None:
            raise AssertionError("no member is open")
        return self._member

    def _advance(self, whole: Source, offset: int, size: int, name: str) -> None:
        pipe, position = self._pipe_before(whole, offset)
        try:
            self._member = Replay(Slice(pipe, offset - position, size, name), name)
        except SourceError:
            self._close()
            raise
        self._offset = offset

    def _pipe_before(self, whole: Source, offset: int) -> tuple[Pipe, int]:
        """Return a pipe that has not passed the offset, and where it stands."""
        member = self._member
        if self._pipe is not None and self._whole is whole and member is not None and not member.failed:
            position = self._offset + member.passed
            if position <= offset:
                return self._pipe, position
        self._close()
        self._pipe, self._whole = whole.pipe(), whole
        return self._pipe, 0

    def _close(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
        self._pipe = self._member = self._whole = None


def _own_pass(whole: Source, offset: int, size: int, name: str) -> Pipe:
    pipe = whole.pipe()
    try:
        return Slice(pipe, offset, size, name)
    except SourceError:
        pipe.close()
        raise
