"""The stretches of a capture, dissected in this process."""

from collections.abc import Iterator
from types import TracebackType
from typing import BinaryIO, Self

from shadowscan.capture.batch import CaptureLimits
from shadowscan.capture.feed import Feed
from shadowscan.capture.front import Front
from shadowscan.capture.stretch import Stretch
from shadowscan.errors import SourceError


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
