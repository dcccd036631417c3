"""The process that reads ahead: the front half, and messages that say everything by themselves.

``helper.py`` starts it, ``ahead.py`` takes over what it finds.
"""

import gc
import os
import pickle
import signal
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from io import FileIO
from typing import IO, TYPE_CHECKING

import numpy as np

from shadowscan.capture.early import read_early
from shadowscan.capture.feed import Buffer, Feed
from shadowscan.capture.front import Front
from shadowscan.capture.helper import BUFFERS, Task, shared_memory
from shadowscan.capture.stretch import Stretch
from shadowscan.errors import SourceError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_ALIGNED = 64
_NOTHING = np.zeros(0, np.uint8)


class _File(FileIO):
    """The capture; what keeps it from being read is a SourceError."""

    def readinto(self, buffer: "WriteableBuffer") -> int | None:
        try:
            return super().readinto(buffer)
        except OSError as error:
            raise SourceError("can't be read", reason=error.strerror or str(error)) from error


class _Turns(Iterator[Buffer]):
    """Gives buffers to be filled, in turn; waits for one of which the last stretch is still being read."""

    def __init__(self, buffers: list[Buffer], released: IO[bytes]) -> None:
        self._buffers, self._released = buffers, released
        self._turn = -1
        self._sent = deque[int]()
        """Turns of stretches that are out."""

    def __next__(self) -> Buffer:
        self._turn += 1
        while self._sent and self._sent[0] <= self._turn - BUFFERS:
            if not self._released.read(1):
                raise BrokenPipeError
            self._sent.popleft()
        return self._buffers[self._turn % BUFFERS]

    def sending(self, buffer: Buffer) -> tuple[int, bool]:
        """Note that a stretch of this buffer goes out; return its index, and whether it is the first of this turn."""
        index = self._buffers.index(buffer)
        turn = self._turn - (self._turn - index) % BUFFERS
        first = not self._sent or self._sent[-1] != turn
        self._sent.append(turn)
        return index, first


def _send(stretch: Stretch, buffer: Buffer, turns: _Turns, out: IO[bytes]) -> None:
    """Put the arrays of a stretch behind its buffer and say where they are."""
    index, room = turns.sending(buffer)
    spans, at = list[tuple[int, int]](), len(buffer.array)

    def fits(array: pickle.PickleBuffer) -> bool:
        nonlocal at
        raw = array.raw()
        first = -(-at // _ALIGNED) * _ALIGNED
        if not room or first + len(raw) > len(buffer.data):
            return False
        buffer.data[first : first + len(raw)] = raw
        spans.append((first, first + len(raw)))
        at = first + len(raw)
        return True

    if stretch.buffer is buffer.array:
        stretch = replace(stretch, buffer=_NOTHING)
    message = pickle.dumps(stretch, protocol=5, buffer_callback=lambda array: not fits(array))
    out.write(pickle.dumps((index, spans)) + message)
    out.flush()


def main() -> None:
    """Do the front half as told on stdin; whoever asked for it may go away at any time."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to both; the other one decides
    gc.disable()  # nothing here holds cycles
    task: Task = pickle.load(sys.stdin.buffer)  # noqa: S301 - from whoever started us
    os.lseek(task.file, task.position, os.SEEK_SET)
    buffers = [Buffer(task.size, memory) for memory in shared_memory(task.shared, task.size)]
    turns = _Turns(buffers, sys.stdin.buffer)
    out = sys.stdout.buffer
    with suppress(BrokenPipeError), Feed(_File(task.file), task.size, turns) as feed:
        for stretch in Front(task.name, task.limits).stretches(feed):
            _send(replace(stretch, early=read_early(stretch)), feed.buffer, turns, out)
        out.write(pickle.dumps(feed.failure.problem.reason if feed.failure else ""))
        out.flush()
