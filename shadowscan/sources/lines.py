"""Reading a source as lines: clean UTF-8 in large chunks, each line with its number and raw offset.

The memory used is a few times ``chunk_bytes``, whatever the size of the source or of a single line.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from shadowscan.errors import SourceError, SourceGoneError
from shadowscan.sources.dialect import HEAD_BYTES, Dialect, Offsets, cut, detect
from shadowscan.sources.limits import Limits
from shadowscan.sources.source import Source
from shadowscan.sources.stream import SourceStream

TAIL_BYTES = 4096
CHUNK_BYTES = 8 << 20
MAX_CHUNK_BYTES = 512 << 20
"""Arrow's string offsets are 32 bit."""
_ROOM = 1 << 16
MAX_LINES = 500_000
"""Lines of one chunk: nothing but line ends would otherwise need 60 bytes of memory for each of its own."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a line begins: byte offset in the decompressed raw stream, and the line's 1-based number."""

    offset: int
    line: int


START = Position(0, 1)


@dataclass(frozen=True, slots=True)
class Oversize:
    """A line longer than ``Limits.max_line_bytes``: counted, not kept."""

    line: int
    offset: int
    length: int
    """Raw bytes without the line end."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Whole lines of one stretch of a source: the raw bytes from ``start.offset`` to ``end.offset``."""

    lines: "pa.StringArray"
    """Valid UTF-8 without line ends, trailing CR and NUL; blank lines are kept."""
    numbers: Offsets
    """Line number of each of ``lines``, int64; oversize lines leave gaps."""
    offsets: Offsets
    """Raw byte offset of each of ``lines``, int64; behind a byte order mark."""
    start: Position
    end: Position
    """Where the next chunk starts."""
    sha256: str
    """Of the raw bytes of this chunk, hex."""
    tail: bytes
    """The last raw bytes of this chunk (up to TAIL_BYTES): the mark by which reading continues here later."""
    unterminated: bool
    """The chunk is the last line alone, and no line end follows it (yet)."""
    oversize: tuple[Oversize, ...]
    encoding: str
    """utf-8, utf-16-le, utf-16-be, or utf-8+cp1252 if some lines were not valid UTF-8."""
    repaired: int
    """Lines read as Windows-1252 because they are not valid UTF-8."""
    raw_consumed: int
    """Bytes taken so far from the file on disk, for progress."""

    @property
    def first_line(self) -> int:
        """Number of the first line of the chunk, kept or oversize."""
        return self.start.line

    @property
    def line_count(self) -> int:
        """Lines of the chunk: kept and oversize."""
        return len(self.lines) + len(self.oversize)


def read_text(
    source: Source, *, start: Position = START, chunk_bytes: int = CHUNK_BYTES, limits: Limits | None = None
) -> Iterator[Chunk]:
    """Yield the lines of a source from a position that an earlier chunk ended at.

    A last line without line end comes as a chunk of its own with ``unterminated`` set. On damage every complete
    line before it is yielded, then SourceError is raised; so too if the source is shorter than ``start``.
    """
    if not 0 < chunk_bytes <= MAX_CHUNK_BYTES:
        raise ValueError(f"chunk_bytes must be between 1 and {MAX_CHUNK_BYTES}")
    with source.open() as stream:
        yield from _LineReader(source, stream, start, chunk_bytes, limits or source.limits).chunks()


def _likely(source: Source, start: Position) -> int:
    """Bytes there may be to read, with room for growth: to clear megabytes takes longer than to read a few lines."""
    if source.compression != "none" or source.size is None or source.member is not None:
        return MAX_CHUNK_BYTES
    return max(0, source.size - start.offset) + _ROOM


class _LineReader:
    """Fills one buffer again and again, keeping the incomplete line at its end for the next turn."""

    def __init__(self, source: Source, stream: SourceStream, start: Position, chunk_bytes: int, limits: Limits) -> None:
        self._stream = stream
        self._at = start
        self._max_line = limits.max_line_bytes
        self._failure: SourceError | None = None
        self._ended = False
        head = stream.read(HEAD_BYTES)
        self._dialect: Dialect = detect(head)
        self._head = memoryview(head)
        self._enter(source, start)
        chunk_bytes = min(chunk_bytes, _likely(source, start))
        self._chunk_bytes = chunk_bytes + chunk_bytes % self._dialect.unit
        self._buffer = bytearray(self._chunk_bytes)
        self._kept = 0

    def _enter(self, source: Source, start: Position) -> None:
        beyond = start.offset - len(self._head)
        self._head = self._head[start.offset :]
        if beyond > 0 and self._stream.skip(beyond) < beyond:
            reason = f"it ends before offset {start.offset}"
            hint = "it was truncated or replaced; scan it as a new file"
            raise SourceGoneError(
                "is shorter than when it was read before", reason=reason, where=source.name, hint=hint
            )

    def chunks(self) -> Iterator[Chunk]:
        while True:
            total = self._fill()
            end = self._dialect.last_break(self._buffer, total)
            if end:
                begin = 0
                for stop in self._dialect.stops(self._buffer, end, MAX_LINES):
                    yield self._chunk(begin, stop, unterminated=False)
                    begin = stop
                self._keep(end, total)
            elif self._ended:
                break
            elif total > self._max_line:
                yield from self._skip_line(total)
            else:
                self._kept = total
        yield from self._finish(total)

    def _finish(self, rest: int) -> Iterator[Chunk]:
        if self._failure is not None:
            raise self._failure
        if rest > self._lead():
            yield self._chunk(0, rest, unterminated=True)

    def _lead(self) -> int:
        """Bytes at the front of the buffer that belong to no line: a byte order mark."""
        return self._dialect.bom if self._at.offset == 0 else 0

    def _fill(self) -> int:
        """Fill the buffer behind the kept bytes, return how much is in it; twice as large if a line needs it."""
        size = self._kept + max(self._chunk_bytes, self._kept)
        if size > len(self._buffer):
            self._buffer = self._buffer[: self._kept].ljust(size, b"\0")
        return self._kept + self._read(memoryview(self._buffer)[self._kept :])

    def _read(self, view: memoryview) -> int:
        done = min(len(view), len(self._head))
        view[:done] = self._head[:done]
        self._head = self._head[done:]
        while done < len(view) and not self._ended:
            try:
                got = self._stream.readinto(view[done:])
            except SourceError as failure:
                self._failure, got = failure, 0
            self._ended = not got
            done += got
        return done

    def _keep(self, begin: int, end: int) -> None:
        self._kept = end - begin
        self._buffer[: self._kept] = self._buffer[begin:end]

    def _chunk(self, begin: int, end: int, *, unterminated: bool) -> Chunk:
        """Make a chunk of ``buffer[begin:end]``."""
        whole = cut(self._buffer, begin + self._lead(), end, self._dialect)
        numbers = np.arange(len(whole.starts), dtype=np.int64) + self._at.line
        offsets = whole.starts + (self._at.offset - begin)
        fits = whole.sizes <= self._max_line
        oversize = tuple(Oversize(int(numbers[i]), int(offsets[i]), int(whole.sizes[i])) for i in np.flatnonzero(~fits))
        lines = whole.lines
        if oversize:
            lines, numbers, offsets = lines.filter(pa.array(fits)), numbers[fits], offsets[fits]
        cleaned = _Lines(lines, numbers, offsets, oversize, whole.repaired)
        digest = hashlib.sha256(memoryview(self._buffer)[begin:end]).hexdigest()
        return self._close(cleaned, end - begin, len(whole.starts), digest, self._tail(end), unterminated=unterminated)

    def _tail(self, end: int) -> bytes:
        return bytes(memoryview(self._buffer)[max(0, end - TAIL_BYTES) : end])

    def _skip_line(self, total: int) -> Iterator[Chunk]:
        """Pass over a line too long to keep: yield a chunk that only names it; nothing if damage ends it."""
        digest, length, end, tail = hashlib.sha256(), 0, 0, b""
        while not end and total:
            end = self._dialect.first_break(self._buffer, total)
            tail = self._tail(end or total)
            digest.update(memoryview(self._buffer)[: end or total])
            length += end or total
            if not end:
                total = self._read(memoryview(self._buffer))
        self._kept = 0
        if self._failure is not None and not end:
            return
        size = length - self._lead() - (self._dialect.unit if end else 0)
        line = Oversize(self._at.line, self._at.offset + self._lead(), size)
        none = np.empty(0, np.int64)
        cleaned = _Lines(pa.array([], pa.string()), none, none, (line,), 0)
        yield self._close(cleaned, length, 1, digest.hexdigest(), tail, unterminated=not end)
        self._keep(end, max(end, total))

    def _close(
        self, cleaned: "_Lines", size: int, count: int, digest: str, tail: bytes, *, unterminated: bool
    ) -> Chunk:
        """Complete a chunk and move on behind it."""
        start, self._at = self._at, Position(self._at.offset + size, self._at.line + count)
        return Chunk(
            lines=cleaned.lines,
            numbers=cleaned.numbers,
            offsets=cleaned.offsets,
            start=start,
            end=self._at,
            sha256=digest,
            tail=tail,
            unterminated=unterminated,
            oversize=cleaned.oversize,
            encoding=f"{self._dialect.encoding}+cp1252" if cleaned.repaired else self._dialect.encoding,
            repaired=cleaned.repaired,
            raw_consumed=self._stream.raw_consumed,
        )


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of a chunk that are kept, and the ones that are not."""

    lines: "pa.StringArray"
    numbers: Offsets
    offsets: Offsets
    oversize: tuple[Oversize, ...]
    repaired: int
