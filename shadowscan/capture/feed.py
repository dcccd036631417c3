"""A stream of bytes seen through one buffer that slides over it."""

from typing import BinaryIO

import numpy as np

from shadowscan.capture.arrays import PADDING, Bytes
from shadowscan.errors import SourceError


class Feed:
    """``data[:end]`` are the bytes of the stream from offset ``base``; a failure of the stream is kept for the end."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self.size = size
        self.data = bytearray(size + PADDING)
        self.array: Bytes = np.frombuffer(self.data, np.uint8)
        self.base = 0
        self.end = 0
        self.finished = False
        self.failure: SourceError | None = None

    def advance(self, used: int) -> None:
        """Forget the first ``used`` bytes and fill the buffer up again."""
        view = memoryview(self.data)
        rest = self.end - used
        view[:rest] = bytes(view[used : self.end])
        self.base += used
        self.end = rest
        while self.end < self.size and not self.finished:
            self._fill(view[self.end : self.size])
        self.array[self.end :][:PADDING] = 0

    def _fill(self, view: memoryview) -> None:
        try:
            got = self._read_into(view)
        except SourceError as failure:
            self.failure = failure
            got = 0
        self.end += got
        self.finished = not got

    def _read_into(self, view: memoryview) -> int:
        readinto = getattr(self._stream, "readinto", None)
        if readinto is not None:
            return readinto(view) or 0
        piece = self._stream.read(min(len(view), 1 << 20))
        view[: len(piece)] = piece
        return len(piece)
