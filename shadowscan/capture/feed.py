"""A stream of bytes seen through a window that slides over it."""

from mmap import mmap
from threading import Event, Thread
from types import TracebackType
from typing import BinaryIO, Self

import numpy as np

from shadowscan.capture.arrays import PADDING, Bytes
from shadowscan.errors import SourceError

_PIECE = 1 << 20
_PATIENCE_S = 1.0
"""How long an abandoned reading may take to notice."""


class Feed:
    """``data[begin:end]`` are bytes of the stream; index 0 would be its offset ``base``. A failure waits for the end.

    While one buffer is worked on a thread fills the other: reading and decompressing need no interpreter.
    """

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self.size = size
        """Bytes read at a time."""
        self._buffer, self._spare = _Buffer(size), _Buffer(size)
        self._ahead: _Reading | None = None
        self.base = -size
        self.begin = self.end = size
        self.finished = False
        self.failure: SourceError | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._ahead is not None:
            self._ahead.abandon()

    @property
    def data(self) -> mmap:
        """The buffer; PADDING zero bytes follow ``end``."""
        return self._buffer.data

    @property
    def array(self) -> Bytes:
        """The buffer as an array."""
        return self._buffer.array

    def advance(self, used: int) -> None:
        """Forget what lies before index ``used`` (the rest is shorter than ``size``) and read on."""
        reading = self._ahead or _Reading(self._stream, self._spare.fresh())
        reading.wait()
        self._spare.put_before(self.array[used : self.end])
        self.base += self.end - self.size
        self._buffer, self._spare = self._spare, self._buffer
        self.begin, self.end = self.size - (self.end - used), self.size + reading.got
        self.array[self.end :][:PADDING] = 0
        self.finished, self.failure, self._ahead = reading.finished, reading.failure, None
        if not self.finished:
            self._ahead = _Reading(self._stream, self._spare.fresh())


class _Buffer:
    """Room for ``size`` bytes and as many before them; what is not used takes no memory."""

    def __init__(self, size: int) -> None:
        self._size = size
        self.data = mmap(-1, 2 * size + PADDING)
        self.array: Bytes = np.frombuffer(self.data, np.uint8)

    def fresh(self) -> memoryview:
        """Where new bytes go."""
        return memoryview(self.data)[self._size : 2 * self._size]

    def put_before(self, rest: Bytes) -> None:
        """Copy what remained of the other buffer ahead of the new bytes."""
        self.array[self._size - len(rest) : self._size] = rest


class _Reading(Thread):
    """Fills a view from a stream."""

    def __init__(self, stream: BinaryIO, view: memoryview) -> None:
        super().__init__(daemon=True)
        self._stream, self._view = stream, view
        self._abandoned = Event()
        self.got = 0
        self.finished = False
        self.failure: SourceError | None = None
        self._broken: BaseException | None = None
        self.start()

    def run(self) -> None:
        """Read until the view is full or the stream ends."""
        try:
            while self.got < len(self._view) and not self.finished and not self._abandoned.is_set():
                piece = self._read_into(self._view[self.got :][:_PIECE])
                self.got += piece
                self.finished = not piece
        except SourceError as failure:
            self.failure, self.finished = failure, True
        except BaseException as broken:  # noqa: BLE001 - raised again by wait()
            self._broken = broken

    def wait(self) -> None:
        """Return when the view is full or the stream at its end."""
        self.join()
        if self._broken is not None:
            raise self._broken

    def abandon(self) -> None:
        """Stop before the next piece."""
        self._abandoned.set()
        self.join(_PATIENCE_S)

    def _read_into(self, view: memoryview) -> int:
        readinto = getattr(self._stream, "readinto", None)
        if readinto is not None:
            return readinto(view) or 0
        piece = self._stream.read(len(view))
        view[: len(piece)] = piece
        return len(piece)
