"""One readable input: a file, an archive member, or standard input."""

import os
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from shadowscan.errors import SourceError
from shadowscan.sources.inflate import Inflating
from shadowscan.sources.limits import Limits
from shadowscan.sources.pipes import FileBytes, Pipe
from shadowscan.sources.stream import SourceStream

HEAD_BYTES = 65536


class Opener(Protocol):
    """Gives the stored (possibly compressed) bytes of a source."""

    def __call__(self) -> Pipe:
        """Open at the first byte; SourceError if that fails."""


@dataclass(frozen=True, slots=True)
class OpenFile:
    """Opens a file on disk."""

    path: str
    name: str

    def __call__(self) -> Pipe:
        """Open the file."""
        return FileBytes(self.path, self.name)


@dataclass(frozen=True, slots=True)
class Source:
    """One input. ``path`` and ``member`` are labels (valid Unicode, undecodable bytes escaped)."""

    path: str
    member: str | None
    size: int | None
    """Bytes on disk, or of the member as stored in its archive; None for standard input."""
    modified: datetime | None
    """Last modification, UTC; zip archives carry no time zone, theirs is taken as UTC."""
    compression: str
    """none, gzip, zstd, xz or bz2: what ``open`` undoes."""
    opener: Opener = field(repr=False, compare=False)
    limits: Limits = field(default=Limits(), repr=False, compare=False)

    @property
    def name(self) -> str:
        """``path``, or ``path!member``."""
        return self.path if self.member is None else f"{self.path}!{self.member}"

    def pipe(self) -> Pipe:
        """Return the decompressed bytes as a bare pipe."""
        pipe = self.opener()
        if self.compression == "none":
            return pipe
        return Inflating(pipe, self.compression, self.limits, self.name)

    def open(self) -> SourceStream:
        """Return the decompressed bytes as a context manager; SourceError if the source can't be opened."""
        return SourceStream(self.pipe())


def head(source: Source, n: int = HEAD_BYTES) -> bytes:
    """Return the first decompressed bytes, fewer at the end or before damage; SourceError if it can't be opened."""
    with source.open() as stream:
        return head_of(stream, n)


def head_of(stream: SourceStream, size: int) -> bytes:
    """Return up to ``size`` next bytes; damage counts as the end."""
    try:
        return stream.read(size)
    except SourceError:
        return b""


def label(path: str) -> str:
    r"""Return a path as valid Unicode: bytes that are not UTF-8 become ``\xNN``."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
