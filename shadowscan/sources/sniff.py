"""What a file is by its first bytes, whatever its name says."""

import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from shadowscan.sources.inflate import compression_of, inflate_head

_TAR_BLOCK = 512
_COMPRESSED_HEAD = 1 << 20
_CLOSED = {
    b"7z\xbc\xaf\x27\x1c": "7-Zip",
    b"Rar!\x1a\x07": "RAR",
    b"\x04\x22\x4d\x18": "LZ4",
    b"\x1f\x9d": "compress (.Z)",
    b"MSCF\0\0\0\0": "Microsoft Cabinet",
}
"""Containers we recognise only to say so."""


@dataclass(frozen=True, slots=True)
class Content:
    """A compression (``none``, ``gzip``, ``zstd``, ``xz``, ``bz2``) and what lies inside it."""

    compression: str
    container: str = ""
    """``zip``, ``tar``, the name of a container that can't be read, or nothing."""
    written: datetime | None = None
    """When what was compressed was last changed, as gzip's header says (MTIME, RFC 1952 section 2.3.1)."""


def recognise(read: Callable[[int], bytes]) -> Content:
    """Judge by the bytes that ``read(n)`` returns; bz2 shows nothing before its first block, so it asks for more."""
    head = read(_TAR_BLOCK)
    compression = compression_of(head)
    if compression == "none":
        return Content("none", _container(head))
    inner = inflate_head(head + read(_COMPRESSED_HEAD), compression, _TAR_BLOCK)
    return Content(compression, "tar" if _is_tar(inner) else "", _gzip_time(head) if compression == "gzip" else None)


def _gzip_time(head: bytes) -> datetime | None:
    seconds = int.from_bytes(head[4:8], "little")
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def _container(head: bytes) -> str:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return "zip"
    closed = next((name for magic, name in _CLOSED.items() if head.startswith(magic)), "")
    return closed or ("tar" if _is_tar(head) else "")


def _is_tar(block: bytes) -> bool:
    """Old tars have no magic, but every header has a checksum."""
    try:
        tarfile.TarInfo.frombuf(block[:_TAR_BLOCK], "utf-8", "surrogateescape")
    except (tarfile.TarError, ValueError):
        return False
    return True
