"""A stream of bytes seen through a window that slides over it."""

from collections.abc import Iterator
from itertools import cycle
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

    def __init__(self, stream: BinaryIO, size: int, buffers: "Iterator[Buffer] | None" = None) -> None:
        self._stream = stream
        self.size = size
        """Bytes read at a time."""
        self._buffers = cycle((Buffer(size), Buffer(size))) if buffers is None else buffers
        """Gives the buffer to be filled next: at least two take turns. It may wait until one is free."""
        self._buffer = next(self._buffers)
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
        self.close()

    def close(self) -> None:
        """Stop reading ahead."""
        if self._ahead is not None:
            self._ahead.abandon()

    @property
    def buffer(self) -> "Buffer":
        """The buffer in use."""
        return self._buffer

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
        reading = self._ahead or _Reading(self._stream, self._buffers)
        filled = reading.wait()
        filled.put_before(self.array[used : self.end])
        self.base += self.end - self.size
        self._buffer = filled
        self.begin, self.end = self.size - (self.end - used), self.size + reading.got
        self.array[self.end :][:PADDING] = 0
        self.finished, self.failure, self._ahead = reading.finished, reading.failure, None
        if not self.finished:
            self._ahead = _Reading(self._stream, self._buffers)


class Buffer:
    """Room for ``size`` bytes and as many before them; what is not used takes no memory."""

    def __init__(self, size: int, data: mmap | None = None) -> None:
        self._size = size
        self.data = mmap(-1, 2 * size + PADDING) if data is None else data
        self.array: Bytes = np.frombuffer(self.data, np.uint8, 2 * size + PADDING)

    def fresh(self) -> memoryview:
        """Where new bytes go."""
        return memoryview(self.data)[self._size : 2 * self._size]

    def put_before(self, rest: Bytes) -> None:
        """Copy what remained of the other buffer ahead of the new bytes."""
        self.array[self._size - len(rest) : self._size] = rest


class _Reading(Thread):
    """Fills the next buffer from a stream."""

    def __init__(self, stream: BinaryIO, buffers: Iterator[Buffer]) -> None:
        super().__init__(daemon=True)
        self._stream, self._buffers = stream, buffers
        self._buffer: Buffer | None = None
        self._abandoned = Event()
        self.got = 0
        self.finished = False
        self.failure: SourceError | None = None
        self._broken: BaseException | None = None
        self.start()

    def run(self) -> None:
        """Read until the buffer is full or the stream ends."""
        try:
            self._buffer = next(self._buffers)
            view = self._buffer.fresh()
            while self.got < len(view) and not self.finished and not self._abandoned.is_set():
                piece = self._read_into(view[self.got :][:_PIECE])
                self.got += piece
                self.finished = not piece
        except SourceError as failure:
            self.failure, self.finished = failure, True
        except BaseException as broken:  # noqa: BLE001 - raised again by wait()
            self._broken = broken

    def wait(self) -> Buffer:
        """Return the buffer when it is full or the stream at its end."""
        self.join()
        if self._broken is not None or self._buffer is None:
            raise self._broken or EOFError
        return self._buffer

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
