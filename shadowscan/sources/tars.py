"""Tar members as sources: one pass over the headers; nothing is unpacked to disk."""

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from shadowscan.errors import Problem, SourceError
from shadowscan.sources.archives import Archive, is_hidden, judged
from shadowscan.sources.pipes import Pipe, Slice
from shadowscan.sources.shelf import TarShelf
from shadowscan.sources.source import Opener, Source, label
from shadowscan.sources.stream import SourceStream

_MAX_HEADER = 8 << 20
"""Long names and pax records come before a member; nobody needs more."""
_DAMAGE = (tarfile.TarError, ValueError, KeyError, IndexError, OverflowError, RecursionError, OSError)


@dataclass(frozen=True, slots=True)
class OpenTarMember:
    """Opens a tar member: a part of the (decompressed) archive."""

    whole: Source
    name: str
    offset: int
    size: int
    shelf: TarShelf

    def __call__(self) -> Pipe:
        """Seek in a plain tar; take the shared pass through a compressed one."""
        if self.whole.compression != "none":
            return self.shelf.open(self.whole, self.offset, self.size, self.name)
        pipe = self.whole.pipe()
        try:
            return Slice(pipe, self.offset, self.size, self.name)
        except SourceError:
            pipe.close()
            raise


class _Headers:
    """The stream as tarfile sees it: remembers the last block and refuses endless headers."""

    def __init__(self, stream: SourceStream) -> None:
        self._stream = stream
        self.last = b""
        self.tell, self.seek = stream.tell, stream.seek

    def read(self, size: int) -> bytes:
        if not 0 <= size <= _MAX_HEADER:
            raise tarfile.ReadError(f"a header of {size} bytes")
        self.last = self._stream.read(size)
        return self.last

    def ended_cleanly(self) -> bool:
        """A tar ends with a block of zeros; some writers leave it out at the end of the file."""
        return not self.last.strip(b"\0") and len(self.last) in {0, 512}


def tar_members(archive: Archive, compression: str, opener: Opener, shelf: TarShelf) -> Iterator[Source | Problem]:
    """Yield the regular members of a tar file, in their order, while passing over it once."""
    whole = Source(archive.label, None, None, archive.modified, compression, opener, archive.limits)
    try:
        with whole.open() as stream:
            yield from _members(archive, whole, stream, shelf)
    except SourceError as error:
        yield error.problem
    except _DAMAGE as error:
        yield _damaged(archive, str(error))


def _members(archive: Archive, whole: Source, stream: SourceStream, shelf: TarShelf) -> Iterator[Source | Problem]:
    headers = _Headers(stream)
    count = 0
    for info in _infos(headers):
        item = _member(archive, whole, info, stream, shelf)
        if item is None:
            continue
        if count == archive.limits.max_members:
            yield archive.too_many()
            return
        count += 1
        yield item
    if not headers.ended_cleanly():
        yield _damaged(archive, "a header is broken")


def _infos(headers: _Headers) -> Iterator[tarfile.TarInfo]:
    tar = tarfile.open(fileobj=headers, mode="r:")  # type: ignore[call-overload]  # noqa: SIM115 - owns no file
    while (info := tar.next()) is not None:
        tar.members = []  # tarfile keeps every header it saw
        yield info


def _member(
    archive: Archive, whole: Source, info: tarfile.TarInfo, stream: SourceStream, shelf: TarShelf
) -> Source | Problem | None:
    """Return a source or Problem; None for what holds no content of its own: folders, links, hidden files."""
    name = label(info.name)
    if info.isdir() or info.issym() or info.islnk() or is_hidden(name):
        return None
    if not info.isreg() or info.issparse():
        return archive.problem("not a regular file", "device, pipe or sparse file", member=name)
    opener = OpenTarMember(whole, f"{archive.label}!{name}", info.offset_data, info.size, shelf)
    plain = Source(archive.label, name, info.size, _time(info.mtime), "none", opener, archive.limits)
    end = info.offset_data + info.size
    return judged(plain, lambda count: stream.read(min(count, end - stream.tell())))


def _time(mtime: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(mtime, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _damaged(archive: Archive, reason: str) -> Problem:
    return archive.problem("the tar archive is damaged", reason, "what came before is read; copy the archive again")
