"""Decompression: gzip (RFC 1952), zstd (RFC 8878), xz, bzip2; damage and bombs end it with a clear error.

Several members or frames in a row are one stream, as the command-line tools read them. Everything that could be
decompressed is handed out before the error.
"""

import bz2
import lzma
import sys
import zlib
from collections.abc import Callable
from typing import Protocol

from shadowscan.errors import SourceError
from shadowscan.sources.limits import Limits
from shadowscan.sources.pipes import Pipe

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAGIC_BYTES = 16
"""How many first bytes ``compression_of`` wants to see."""
_PIECE = 64 << 10
_XZ_MEMORY = 256 << 20
_DAMAGE = (zlib.error, lzma.LZMAError, zstd.ZstdError, OSError, EOFError)


class Codec(Protocol):
    """One member or frame being decompressed; the interface of bz2, lzma and zstd decompressors."""

    @property
    def eof(self) -> bool:
        """The end of the frame was reached."""

    @property
    def needs_input(self) -> bool:
        """Nothing more comes out without more compressed bytes."""

    @property
    def unused_data(self) -> bytes:
        """Compressed bytes behind the end of the frame."""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Take compressed bytes, return at most ``max_length`` decompressed ones."""


class _Deflate:
    """zlib's decompressor behind the Codec interface."""

    def __init__(self, wbits: int) -> None:
        self._inner = zlib.decompressobj(wbits)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        tail = self._inner.unconsumed_tail
        out = self._inner.decompress(tail + data if tail else data, max_length)
        self.needs_input = not self._inner.unconsumed_tail and len(out) < max_length
        return out


_CODECS: dict[str, Callable[[], Codec]] = {
    "gzip": lambda: _Deflate(31),
    "deflate": lambda: _Deflate(-15),
    "zstd": zstd.ZstdDecompressor,
    "xz": lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY),
    "bz2": bz2.BZ2Decompressor,
}


def compression_of(head: bytes) -> str:
    """Name the compression by the first bytes: gzip, zstd, xz, bz2 or none."""
    if head.startswith(b"\x1f\x8b\x08"):
        return "gzip"
    if head.startswith(b"\x28\xb5\x2f\xfd") or (head[1:4] == b"\x2a\x4d\x18" and 0x50 <= head[0] <= 0x5F):
        return "zstd"
    if head.startswith(b"\xfd7zXZ\x00"):
        return "xz"
    if head[:3] == b"BZh" and head[4:10] in {b"\x31\x41\x59\x26\x53\x59", b"\x17\x72\x45\x38\x50\x90"}:
        return "bz2"
    return "none"


def inflate_head(head: bytes, compression: str, size: int) -> bytes:
    """Return up to ``size`` first decompressed bytes, as far as ``head`` goes; nothing if it is damaged."""
    codec, out = _CODECS[compression](), b""
    try:
        while len(out) < size and not codec.eof and (more := codec.decompress(head, size - len(out))):
            head, out = b"", out + more
    except _DAMAGE:
        pass
    return out


class Inflating(Pipe):
    """The decompressed bytes of a pipe."""

    def __init__(self, pipe: Pipe, compression: str, limits: Limits, name: str) -> None:
        self._pipe, self._compression, self._limits, self._name = pipe, compression, limits, name
        self._careful_from: int | None = None
        self._start()

    def _start(self) -> None:
        self._codec = _CODECS[self._compression]()
        self._pending = b""
        self._fed = self._produced = self._piece_at = 0

    @property
    def consumed(self) -> int:
        return self._pipe.consumed

    def close(self) -> None:
        self._pipe.close()

    def rewind(self) -> bool:
        self._start()
        self._careful_from = None
        return self._pipe.rewind()

    def readinto(self, view: memoryview) -> int:
        while len(view):
            if self._codec.eof and not self._next_frame():
                return 0
            out = self._decompress(len(view))
            if out:
                view[: len(out)] = out
                return len(out)
        return 0

    def _decompress(self, wanted: int) -> bytes:
        data = self._feed() if self._codec.needs_input else b""
        try:
            out = self._codec.decompress(data, wanted)
        except _DAMAGE as error:
            return self._again_carefully(error, wanted)
        self._produced += len(out)
        self._check_limits()
        return out

    def _feed(self) -> bytes:
        data, self._pending = self._pending or self._piece(), b""
        if not data:
            raise self._error("the compressed data end early", "the file is truncated or still being written")
        return data

    def _piece(self) -> bytes:
        careful = self._careful_from is not None and 0 <= self._fed - self._careful_from < _PIECE
        scratch = bytearray(1 if careful else _PIECE)
        got = self._pipe.readinto(memoryview(scratch))
        self._piece_at = self._fed
        self._fed += got
        return bytes(scratch[:got])

    def _again_carefully(self, error: Exception, wanted: int) -> bytes:
        """Save what a failing step had decompressed: a codec that raises keeps it to itself.

        The stream is decompressed a second time up to the piece that failed, and that piece byte by byte.
        Only where the pipe can be rewound; elsewhere the output of that one piece is lost.
        """
        piece, produced = self._piece_at, self._produced
        if self._careful_from is not None or not self.rewind():
            raise self._error("the compressed data are damaged", str(error)) from error
        self._careful_from = piece
        self.skip(produced)
        out = bytearray(wanted)
        return bytes(out[: self.readinto(memoryview(out))])

    def _next_frame(self) -> bool:
        """Begin the next member or frame; False at the end of the data."""
        rest = self._codec.unused_data
        if self._compression == "deflate":
            return False
        padded = self._compression in {"gzip", "xz"}
        while len(rest) < MAGIC_BYTES and (more := self._piece()):
            rest = (rest + more).lstrip(b"\0") if padded else rest + more
        rest = rest.lstrip(b"\0") if padded else rest
        if not rest:
            return False
        if compression_of(rest) != self._compression:
            raise self._error("other data follow the compressed data", "they are not read")
        self._codec, self._pending = _CODECS[self._compression](), rest
        return True

    def _check_limits(self) -> None:
        limits = self._limits
        if self._produced > limits.max_member_bytes:
            raise self._bomb(f"more than {limits.max_member_bytes} bytes", "max_member_bytes")
        if self._produced > limits.ratio_after and self._produced > limits.max_ratio * self._fed:
            raise self._bomb(f"more than {limits.max_ratio} times its compressed size", "max_ratio")

    def _bomb(self, reason: str, limit: str) -> SourceError:
        hint = f"if the file is genuine, decompress it first and scan the result, or raise the limit {limit}"
        return self._error("looks like a decompression bomb", f"it unpacks to {reason}", hint)

    def _error(self, message: str, reason: str, hint: str = "") -> SourceError:
        hint = hint or "what came before was read; export or copy the file again"
        return SourceError(message, reason=reason, where=self._name, hint=hint)
