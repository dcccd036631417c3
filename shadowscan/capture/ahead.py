"""The stretches of a capture: dissected in this process, or taken over from the one that reads ahead.

Messages are read in Python, headers in numpy, and the interpreter lock lets threads do only one of the two at a time.
So another process reads the file and dissects headers into shared memory (``dissector.py``); this one follows flows
and ties messages to them.
"""

import pickle
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from types import TracebackType
from typing import BinaryIO, Protocol, Self

from shadowscan.capture.batch import CaptureLimits
from shadowscan.capture.feed import Buffer, Feed
from shadowscan.capture.front import Front, Stretch
from shadowscan.capture.helper import Helper
from shadowscan.errors import SourceError

_DONE = b"\0"


class Stretches(Protocol):
    """The stretches of one capture, to be iterated once."""

    @property
    def failure(self) -> SourceError | None:
        """What ended the stream before its end; known after the last stretch."""

    def __iter__(self) -> Iterator[Stretch]: ...


class Here:
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


class Ahead:
    """The front half in another process; a stretch is valid until the next one is asked for."""

    def __init__(self, helper: Helper, name: str, size: int) -> None:
        self._helper, self._name = helper, name
        self._buffers = [Buffer(size, memory) for memory in helper.memory]
        self.failure: SourceError | None = None
        """What ended the stream before its end."""

    def __iter__(self) -> Iterator[Stretch]:
        final = False
        try:
            while not final:
                stretch = self._next()
                final = stretch.final
                yield stretch
                with suppress(BrokenPipeError):  # it ended; what it said before is read first
                    self._helper.to.write(_DONE)
                    self._helper.to.flush()
            reason = pickle.load(self._helper.out)  # noqa: S301 - our own process
        except EOFError:
            raise self._lost() from None
        if reason:
            self.failure = SourceError("can't be read", reason=reason, where=self._name)

    def _next(self) -> Stretch:
        index, spans = pickle.load(self._helper.out)  # noqa: S301 - our own process
        held = memoryview(self._buffers[index].data)
        parts = [held[first:end] for first, end in spans]
        stretch: Stretch = pickle.load(self._helper.out, buffers=parts)  # noqa: S301
        return stretch if len(stretch.buffer) else replace(stretch, buffer=self._buffers[index].array)

    def _lost(self) -> SourceError:
        code = self._helper.process.wait()
        how = f"was stopped by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        return SourceError("not read to its end", reason=f"the process that read ahead {how}", where=self._name)
