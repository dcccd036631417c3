"""Zip members as sources, found by the archive's directory, never unpacked to disk."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from shadowscan.errors import Problem, SourceError
from shadowscan.sources.archives import Archive, is_hidden, judged
from shadowscan.sources.inflate import Inflating
from shadowscan.sources.limits import Limits
from shadowscan.sources.pipes import Checked, Pipe, Slice
from shadowscan.sources.source import Opener, Source, label

_METHODS = {0: "none", 8: "deflate", 12: "bz2", 93: "zstd", 95: "xz"}
"""Compression methods of APPNOTE.TXT 4.4.5 that we undo."""
_ENCRYPTED = 0x1
_LOCAL_HEADER = 30


@dataclass(frozen=True, slots=True)
class OpenZipMember:
    """Opens a zip member: its stored bytes, undone from zip's own compression and checked."""

    archive: Opener
    name: str
    header_offset: int
    stored: int
    method: str
    size: int
    crc: int
    limits: Limits

    def __call__(self) -> Pipe:
        """Step over the local header (APPNOTE.TXT 4.3.7), whose name may differ in length from the directory's."""
        file = self.archive()
        try:
            pipe: Pipe = Slice(file, self._data_offset(file), self.stored, self.name)
        except SourceError:
            file.close()
            raise
        if self.method != "none":
            pipe = Inflating(pipe, self.method, self.limits, self.name)
        return Checked(pipe, self.size, self.crc, self.name)

    def _data_offset(self, file: Pipe) -> int:
        header = bytearray(_LOCAL_HEADER)
        file.skip(self.header_offset)
        got = file.readinto(memoryview(header))
        file.rewind()
        if got < _LOCAL_HEADER or not header.startswith(b"PK\x03\x04"):
            raise SourceError("the archive is damaged", reason="the member's header is missing", where=self.name)
        extra = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        return self.header_offset + _LOCAL_HEADER + extra


def zip_members(archive: Archive, opener: Opener) -> Iterator[Source | Problem]:
    """Yield the regular members of a zip file, in the order of its directory."""
    try:
        with zipfile.ZipFile(archive.path) as file:
            infos = file.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        hint = "copy or export the archive again"
        yield archive.problem("the zip archive can't be read", str(error), hint)
        return
    if _overlap(infos):
        yield archive.problem("looks like a decompression bomb", "its members overlap")
        return
    for count, info in enumerate(i for i in infos if not i.is_dir() and not is_hidden(i.filename)):
        if count == archive.limits.max_members:
            yield archive.too_many()
            return
        yield _member(archive, opener, info)


def _member(archive: Archive, whole: Opener, info: zipfile.ZipInfo) -> Source | Problem:
    name = label(info.filename)
    if info.flag_bits & _ENCRYPTED:
        hint = "extract it with its password, then scan the result"
        return archive.problem("the archive member is encrypted", hint=hint, member=name)
    method = _METHODS.get(info.compress_type)
    if method is None:
        reason = f"zip compression method {info.compress_type}"
        return archive.problem("the archive member can't be unpacked", reason, "extract it first", name)
    where = f"{archive.label}!{name}"
    opener = OpenZipMember(
        whole, where, info.header_offset, info.compress_size, method, info.file_size, info.CRC, archive.limits
    )
    plain = Source(archive.label, name, info.compress_size, _time(info), "none", opener, archive.limits)
    try:
        with plain.open() as stream:
            return judged(plain, stream.read)
    except SourceError as error:
        return error.problem


def _time(info: zipfile.ZipInfo) -> datetime | None:
    try:
        return datetime(*info.date_time, tzinfo=UTC)
    except ValueError:
        return None


def _overlap(infos: list[zipfile.ZipInfo]) -> bool:
    spans = sorted((info.header_offset, info.header_offset + info.compress_size) for info in infos)
    return any(end > start for (_, end), (start, _) in pairwise(spans))
