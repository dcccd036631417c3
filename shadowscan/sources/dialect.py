"""Encodings and line ends: from raw bytes to clean UTF-8 lines that keep their raw offsets.

One bad byte changes nothing but its own line: a line that is not UTF-8 is read as Windows-1252 (Latin-1 where that
leaves a byte undefined). UTF-16 is recognised by its byte order mark, or by every second byte being NUL.
"""

import codecs
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Offsets = npt.NDArray[np.int64]

HEAD_BYTES = 1 << 20
"""How much of the start decides on the dialect."""
_LF, _CR = 10, 13
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_WINDOWS = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256))
_SAMPLE = 4096
_MIN_SAMPLE = 16


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the bytes of a source become lines."""

    encoding: str
    """utf-8, utf-16-le or utf-16-be."""
    bom: int
    """Length of the byte order mark."""
    newline: int = _LF
    """Code of the character that ends a line."""

    @property
    def unit(self) -> int:
        """Bytes per code unit."""
        return 1 if self.encoding == "utf-8" else 2

    def _hits(self, buffer: bytearray, begin: int, end: int) -> npt.NDArray[np.bool_]:
        kind = {"utf-8": "u1", "utf-16-le": "<u2", "utf-16-be": ">u2"}[self.encoding]
        units = np.frombuffer(buffer, kind, (end - begin) // self.unit, begin)
        hits: npt.NDArray[np.bool_] = units == self.newline
        return hits

    def breaks(self, buffer: bytearray, begin: int, end: int) -> Offsets:
        """Return the offset (in the buffer) behind each line end of ``buffer[begin:end]``."""
        return (np.flatnonzero(self._hits(buffer, begin, end)) + 1) * self.unit + begin

    def stops(self, buffer: bytearray, end: int, most: int) -> list[int]:
        """Split the first ``end`` bytes, which end with a line, into parts of at most ``most`` lines."""
        if np.count_nonzero(self._hits(buffer, 0, end)) <= most:
            return [end]
        stops: list[int] = self.breaks(buffer, 0, end)[most - 1 :: most].tolist()
        return stops if stops[-1] == end else [*stops, end]

    def last_break(self, buffer: bytearray, end: int) -> int:
        """Return the offset behind the last line end in the first ``end`` bytes, 0 if there is none."""
        if self.unit == 1:
            return buffer.rfind(self.newline, 0, end) + 1
        found = self.breaks(buffer, 0, end)
        return int(found[-1]) if len(found) else 0

    def first_break(self, buffer: bytearray, end: int) -> int:
        """Return the offset behind the first line end in the first ``end`` bytes, 0 if there is none."""
        if self.unit == 1:
            return buffer.find(self.newline, 0, end) + 1
        found = self.breaks(buffer, 0, end)
        return int(found[0]) if len(found) else 0


def detect(head: bytes) -> Dialect:
    """Judge by the first bytes (up to ``HEAD_BYTES``)."""
    mark, encoding = next(((mark, name) for mark, name in _BOMS if head.startswith(mark)), (b"", ""))
    encoding = encoding or _utf16_without_mark(head) or "utf-8"
    text = head if encoding == "utf-8" else head.decode(encoding, "replace").encode("utf-8", "replace")
    mac = b"\n" not in text and b"\r" in text[:-1]
    return Dialect(encoding, len(mark), _CR if mac else _LF)


def _utf16_without_mark(head: bytes) -> str:
    sample = np.frombuffer(head[:_SAMPLE], np.uint8, min(len(head), _SAMPLE) // 2 * 2)
    if len(sample) < _MIN_SAMPLE:
        return ""
    even, odd = float(np.mean(sample[0::2] == 0)), float(np.mean(sample[1::2] == 0))
    if odd > 0.5 and even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > 0.5 and odd < 0.05 else ""


@dataclass(frozen=True, slots=True)
class Cut:
    """A region of raw bytes, cut into lines."""

    lines: "pa.StringArray"
    starts: Offsets
    """Raw offset of each line within the region."""
    sizes: Offsets
    """Raw bytes of each line without the character that ends it."""
    repaired: int
    """Lines that were not valid UTF-8."""


def cut(buffer: bytearray, begin: int, end: int, dialect: Dialect) -> Cut:
    """Cut ``buffer[begin:end]``, which begins at a line, into lines; a last one without an end counts too."""
    ends = dialect.breaks(buffer, begin, end)
    sizes_less = np.full(len(ends), dialect.unit, np.int64)
    if not len(ends) or ends[-1] != end:
        ends, sizes_less = np.append(ends, end), np.append(sizes_less, 0)
    starts = np.concatenate((np.array([begin], np.int64), ends[:-1]))
    view = memoryview(buffer)[begin:end]
    if dialect.unit == 1:
        text, bounds, repaired = _utf8(view, ends - begin)
    else:
        text, bounds, repaired = _utf16(view, dialect, len(ends))
    return Cut(_clean(text, bounds, dialect.newline), starts, ends - starts - sizes_less, repaired)


def _utf8(view: memoryview, bounds: Offsets) -> tuple[memoryview | bytes, Offsets, int]:
    whole = _strings(view, np.array([len(view)], np.int64))
    try:
        whole.validate(full=True)
    except pa.ArrowInvalid:
        return _repair(view, bounds)
    return view, bounds, 0


def _repair(view: memoryview, bounds: Offsets) -> tuple[bytes, Offsets, int]:
    """Decode the lines that are not UTF-8 as Windows-1252, and leave the others alone."""
    high = np.flatnonzero(np.frombuffer(view, np.uint8) & 0x80)
    suspects = np.unique(np.searchsorted(bounds, high, side="right"))
    sizes = np.diff(bounds, prepend=0)
    parts: list[bytes | memoryview] = []
    copied = repaired = 0
    for index in suspects.tolist():
        end = int(bounds[index])
        begin = end - int(sizes[index])
        line = bytes(view[begin:end])
        if _is_utf8(line):
            continue
        decoded = codecs.charmap_decode(line, "strict", _WINDOWS)[0].encode()
        parts += (view[copied:begin], decoded)
        sizes[index] = len(decoded)
        copied, repaired = end, repaired + 1
    return b"".join((*parts, view[copied:])), np.cumsum(sizes), repaired


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _utf16(view: memoryview, dialect: Dialect, count: int) -> tuple[bytes, Offsets, int]:
    """Decode; lone surrogates and an odd last byte become U+FFFD, so every line end stays."""
    text = codecs.decode(view, dialect.encoding, "replace").encode()
    bounds = np.flatnonzero(np.frombuffer(text, np.uint8) == dialect.newline) + 1
    return text, bounds if len(bounds) == count else np.append(bounds, len(text)), 0


def _strings(text: memoryview | bytes, bounds: Offsets) -> "pa.StringArray":
    offsets = np.zeros(len(bounds) + 1, np.int32)
    offsets[1:] = bounds
    return pa.StringArray.from_buffers(len(bounds), pa.py_buffer(offsets), pa.py_buffer(text))


def _clean(text: memoryview | bytes, bounds: Offsets, newline: int) -> "pa.StringArray":
    """Remove NUL and line ends; the kernels copy, so the buffer behind ``text`` is free again."""
    lines = _strings(text, bounds)
    if _has(text, 0):
        lines = pc.replace_substring(lines, "\0", "")
    lines = pc.ascii_rtrim(lines, characters="\r\n")
    if newline == _CR and _has(text, _LF):
        lines = pc.replace_substring(lines, "\n", " ")
    return lines


def _has(text: memoryview | bytes, byte: int) -> bool:
    return bool(np.any(np.frombuffer(text, np.uint8) == byte))
