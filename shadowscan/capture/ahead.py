"""The front half of the pipeline in a process of its own, where a capture is large enough to be worth it.

Messages are read in Python, headers in numpy, and the interpreter lock lets threads do only one of the two at a time.
So another process reads the file and dissects headers into shared memory; this one follows flows and reads messages.
It takes a plain file only: where there is something to decompress, that is what takes the time.
"""

import os
import pickle
import signal
import stat
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from io import FileIO
from mmap import ALLOCATIONGRANULARITY, mmap
from types import TracebackType
from typing import IO, TYPE_CHECKING, BinaryIO, Protocol, Self

import numpy as np

from shadowscan.capture.arrays import PADDING
from shadowscan.capture.batch import CaptureLimits
from shadowscan.capture.feed import Buffer, Feed
from shadowscan.capture.front import Front, Stretch
from shadowscan.errors import SourceError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_BUFFERS = 4
"""One being filled, one being dissected, one being read, one between."""
_ARRAYS = 8 << 20
"""Room for the arrays of a stretch in its buffer; what does not fit goes through the pipe."""
_ALIGNED = 64
_DONE = b"\0"
_NOTHING = np.zeros(0, np.uint8)


class Stretches(Protocol):
    """The stretches of one capture, to be iterated once."""

    @property
    def failure(self) -> SourceError | None:
        """What ended the stream before its end; known after the last stretch."""

    def __iter__(self) -> Iterator[Stretch]: ...


def stretches(stream: BinaryIO, name: str, limits: CaptureLimits) -> AbstractContextManager[Stretches]:
    """Return the stretches of a capture: of a large file by way of another process."""
    size = max(limits.chunk_bytes, 2 * limits.record_bytes)
    if _is_worth_it(stream, limits.ahead_bytes):
        with suppress(OSError):  # no more processes, or no memory to share: one process does as well
            return _Ahead(stream, name, limits, size)
    return _Here(stream, name, limits, size)


def _is_worth_it(stream: BinaryIO, least: int) -> bool:
    """Whether this is a large plain file and there is a processor to spare."""
    try:
        status = os.fstat(stream.fileno())
        spare = len(os.sched_getaffinity(0)) > 1
    except (OSError, AttributeError):  # no file; no such system call
        return False
    plain = stat.S_ISREG(status.st_mode) and status.st_size - stream.tell() >= least
    return plain and spare and bool(sys.executable) and hasattr(os, "memfd_create")


class _Here:
    """The front half in this process."""

    def __init__(self, stream: BinaryIO, name: str, limits: CaptureLimits, size: int) -> None:
        self._front, self._feed = Front(name, limits), Feed(stream, size)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._feed.close()

    def __iter__(self) -> Iterator[Stretch]:
        return self._front.stretches(self._feed)

    @property
    def failure(self) -> SourceError | None:
        """What ended the stream before its end."""
        return self._feed.failure


class _Ahead:
    """The front half in another process; a stretch is valid until the next one is asked for."""

    def __init__(self, stream: BinaryIO, name: str, limits: CaptureLimits, size: int) -> None:
        self._name = name
        self.failure: SourceError | None = None
        """What ended the stream before its end."""
        shared, file = os.memfd_create("shadowscan-capture"), stream.fileno()
        try:
            os.ftruncate(shared, _BUFFERS * _room(size))
            self._buffers = _shared_buffers(shared, size)
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "shadowscan.capture.ahead"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                pass_fds=(shared, file),
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
        finally:
            os.close(shared)
        if self._process.stdin is None or self._process.stdout is None:
            raise AssertionError
        self._to, self._from = self._process.stdin, self._process.stdout
        self._to.write(pickle.dumps(_Task(shared, file, stream.tell(), name, limits, size)))
        self._to.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(BrokenPipeError):
            self._to.close()
        self._from.close()
        self._process.wait()

    def __iter__(self) -> Iterator[Stretch]:
        final = False
        try:
            while not final:
                stretch = self._next()
                final = stretch.final
                yield stretch
                with suppress(BrokenPipeError):  # it ended; what it said before is read first
                    self._to.write(_DONE)
                    self._to.flush()
            reason = pickle.load(self._from)  # noqa: S301 - our own process
        except EOFError:
            raise self._lost() from None
        if reason:
            self.failure = SourceError("can't be read", reason=reason, where=self._name)

    def _next(self) -> Stretch:
        index, spans = pickle.load(self._from)  # noqa: S301 - our own process
        held = memoryview(self._buffers[index].data)
        parts = [held[first:end] for first, end in spans]
        stretch: Stretch = pickle.load(self._from, buffers=parts)  # noqa: S301
        return stretch if len(stretch.buffer) else replace(stretch, buffer=self._buffers[index].array)

    def _lost(self) -> SourceError:
        code = self._process.wait()
        how = f"was stopped by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        return SourceError("not read to its end", reason=f"the process that read ahead {how}", where=self._name)


@dataclass(frozen=True, slots=True)
class _Task:
    """What the other process is told at its start."""

    shared: int
    file: int
    position: int
    name: str
    limits: CaptureLimits
    size: int


def _room(size: int) -> int:
    """Bytes of shared memory for one buffer and the arrays made of it, in whole pages."""
    return -(-(2 * size + PADDING + _ARRAYS) // ALLOCATIONGRANULARITY) * ALLOCATIONGRANULARITY


def _shared_buffers(shared: int, size: int) -> list[Buffer]:
    room = _room(size)
    return [Buffer(size, mmap(shared, room, offset=index * room)) for index in range(_BUFFERS)]


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
        while self._sent and self._sent[0] <= self._turn - _BUFFERS:
            if not self._released.read(1):
                raise BrokenPipeError
            self._sent.popleft()
        return self._buffers[self._turn % _BUFFERS]

    def sending(self, buffer: Buffer) -> tuple[int, bool]:
        """Note that a stretch of this buffer goes out; return its index, and whether it is the first of this turn."""
        index = self._buffers.index(buffer)
        turn = self._turn - (self._turn - index) % _BUFFERS
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


def _main() -> None:
    """Do the front half as told on stdin; whoever asked for it may go away at any time."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to both; the other one decides
    task: _Task = pickle.load(sys.stdin.buffer)  # noqa: S301 - from whoever started us
    os.lseek(task.file, task.position, os.SEEK_SET)
    turns = _Turns(_shared_buffers(task.shared, task.size), sys.stdin.buffer)
    out = sys.stdout.buffer
    with suppress(BrokenPipeError), Feed(_File(task.file), task.size, turns) as feed:
        for stretch in Front(task.name, task.limits).stretches(feed):
            _send(stretch, feed.buffer, turns, out)
        out.write(pickle.dumps(feed.failure.problem.reason if feed.failure else ""))
        out.flush()


if __name__ == "__main__":
    _main()
