"""The stretches of a capture, taken over from the process that reads ahead.

Messages are read in Python, headers in numpy, and the interpreter lock lets threads do only one of the two at a time.
So another process reads the file and dissects headers into shared memory (``dissector.py``); this one follows flows
and ties messages to them.
"""

import pickle
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from shadowscan.capture.feed import Buffer
from shadowscan.capture.helper import Helper
from shadowscan.capture.stretch import Stretch
from shadowscan.errors import SourceError

_DONE = b"\0"


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
