"""JSON that is no line a record: pretty-printed or concatenated objects, arrays, objects wrapped around a list.

Such a document is read as its records: each becomes one line of compact JSON that bears the line and the byte
offset where it starts (records that share a line count on from it). What stands around the records, brackets and
members of a wrapper, is no record and is passed over. Memory stays bounded: a record larger than the limit of a
line is named, never kept.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from shadowscan.errors import SourceGoneError
from shadowscan.sources import flowtuples
from shadowscan.sources.jsoncursor import BLOCK_BYTES, JsonCursor
from shadowscan.sources.jsontext import (
    BOM,
    BRACKET,
    BREAK,
    GAP,
    MEMBER,
    SCALAR,
    UNTIL,
    Document,
    document_in,
    end_of,
    list_within,
)
from shadowscan.sources.lines import CHUNK_BYTES, START, Chunk, Oversize, Position, read_text
from shadowscan.sources.rows import is_parquet, read_rows
from shadowscan.sources.source import Source
from shadowscan.sources.stream import SourceStream


def read_input(
    source: Source, beginning: bytes, *, start: Position = START, chunk_bytes: int = CHUNK_BYTES
) -> Iterator[Chunk]:
    """Yield the lines of a text, the records of a JSON document, or rows, from a position that a chunk ended at."""
    document = document_in(beginning)
    if is_parquet(beginning):
        yield from read_rows(source, start=start)
    elif document is None:
        yield from read_text(source, start=start, chunk_bytes=chunk_bytes)
    else:
        yield from read_records(source, document, start=start, chunk_bytes=chunk_bytes)


def read_records(
    source: Source, document: Document, *, start: Position = START, chunk_bytes: int = CHUNK_BYTES
) -> Iterator[Chunk]:
    """Yield the records of a document.

    A record that the document breaks off in comes as a chunk of its own with ``unterminated`` set. On damage every
    record before it is yielded, then SourceError is raised.
    """
    with source.open() as stream:
        if start.offset and stream.skip(start.offset) < start.offset:
            raise SourceGoneError("is shorter than when it was read before", where=source.name)
        yield from _RecordReader(stream, document, start, chunk_bytes, source.limits.max_line_bytes).chunks()


@dataclass(slots=True)
class _Pending:
    """Records found and not yet handed out."""

    lines: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    oversize: list[Oversize] = field(default_factory=list)
    repaired: int = 0

    def __len__(self) -> int:
        return len(self.lines) + len(self.oversize)


class _RecordReader:
    """Walks over a document from record to record, holding little more than one of them."""

    def __init__(self, stream: SourceStream, document: Document, start: Position, chunk_bytes: int, most: int) -> None:
        self._stream = stream
        self._cursor = JsonCursor(stream, start)
        self._lists = document.lists
        self._chunk_bytes = chunk_bytes
        self._most = most
        self._begin = start
        self._number = start.line
        """Least number of the next record."""
        self._pending = _Pending()
        self._inside = False
        """Among the records of a list: none of them is a wrapper."""
        self._indent = b""
        """What stands before the record on its line."""

    def chunks(self) -> Iterator[Chunk]:
        while self._to_record():
            if self._cursor.offset - self._begin.offset >= self._chunk_bytes and self._pending:
                yield self._chunk()
            if not self._take_record():
                yield from self._break_off()
                break
        if self._pending:
            yield self._chunk()
        if self._cursor.failure is not None:
            raise self._cursor.failure

    def _to_record(self) -> bool:
        """Move to the next record's first byte; False at the end."""
        while True:
            if gap := GAP.match(self._cursor.buffer, self._cursor.at):
                self._inside = self._inside and b"]" not in gap[0]
                last = gap[0].rpartition(b"\n")[2]
                self._indent = last[: len(last) - len(last.lstrip(b" \t"))]
                self._cursor.advance(gap.end())
            if not self._cursor.held:
                if not self._cursor.more():
                    return False
                continue
            if self._cursor.offset == 0 and self._cursor.sign == BOM[:1] and self._cursor.holds(3):
                self._cursor.advance(len(BOM))
            elif not self._enters():
                return True

    def _enters(self) -> bool:
        """Step into a wrapper, or over one of its members; False at a record."""
        sign = self._cursor.sign
        if sign == b'"':
            return self._pass_member()
        may_wrap = sign == b"{" and self._lists and not self._inside
        if may_wrap and list_within(self._cursor.peek(BLOCK_BYTES))[-1:] == self._lists[-1:]:
            self._cursor.advance(self._cursor.at + 1)
            return True
        return False

    def _pass_member(self) -> bool:
        """Pass over a member's name, and over its value unless that leads to records."""
        self._cursor.holds(BLOCK_BYTES)
        member = MEMBER.match(self._cursor.buffer, self._cursor.at)
        if member is None:
            return False
        self._cursor.advance(member.end())
        if member[1][1:-1] in self._lists:
            self._cursor.advance(self._cursor.at + 1)
            return True
        scalar = SCALAR.match(self._cursor.buffer, self._cursor.at)
        if scalar and scalar[0]:
            self._cursor.advance(scalar.end())
        else:
            self._cursor.skip_value()
        return True

    def _take_record(self) -> bool:
        """Take the record at the position; False if the document ends within it."""
        if self._cursor.sign != b"{":
            return self._take_line()
        end = self._end_of_record()
        if end is None and (end := self._next_start()) is None:
            if self._cursor.held > self._most:
                return self._take_oversize()
            return self._take_line() if self._is_broken() else False
        self._inside = True
        self._keep(end)
        return True

    def _end_of_record(self) -> int | None:
        """Read on until the record is whole; None if it is too large, broken, or the document ends within it."""
        size = BLOCK_BYTES
        while (end := end_of(self._cursor.buffer, self._cursor.at)) is None and not self._is_broken():
            held = self._cursor.held
            if held > self._most:
                return None
            self._cursor.holds(size)
            if self._cursor.held == held:
                return None
            size *= 2
        return end if end is None or end - self._cursor.at <= self._most else None

    def _is_broken(self) -> bool:
        """Tell whether the record holds a string that its line leaves open."""
        position = self._cursor.at
        while bracket := BRACKET.match(self._cursor.buffer, position):
            position = bracket.end()
        stop = UNTIL.match(self._cursor.buffer, position).end()  # type: ignore[union-attr]
        return b"\n" in self._cursor.buffer[stop:]

    def _next_start(self) -> int | None:
        """Where a broken record's successor starts: the next object on a line indented as the record is."""
        indent = re.compile(rb"\n" + re.escape(self._indent) + rb"(?:[\[,]\s*)?\{")
        found = indent.search(self._cursor.buffer, self._cursor.at, self._cursor.at + self._most)
        return found.end() - 1 if found else None

    def _take_line(self) -> bool:
        """Take what is no JSON, up to the end of its line: a record that no format will understand."""
        line, _, _ = self._cursor.peek(self._most).partition(b"\n")
        self._keep(self._cursor.at + len(line))
        return True

    def _keep(self, end: int) -> None:
        raw = self._cursor.buffer[self._cursor.at : end]
        text = BREAK.sub(b"", raw) if b"\n" in raw and raw[:1] == b"{" else raw
        try:
            line = text.decode()
        except UnicodeDecodeError:
            line = text.decode("cp1252", "replace")
            self._pending.repaired += 1
        line = line.replace("\n", " ").replace("\r", " ").rstrip("\0 ")
        for record in flowtuples.one_a_record(line) if flowtuples.MARK in raw else (line,):
            self._pending.lines.append(record)
            self._pending.numbers.append(self._next_number())
            self._pending.offsets.append(self._cursor.offset)
        self._cursor.advance(end)

    def _next_number(self) -> int:
        number = max(self._cursor.line, self._number)
        self._number = number + 1
        return number

    def _take_oversize(self) -> bool:
        number, offset = self._next_number(), self._cursor.offset
        self._cursor.skip_value()
        self._pending.oversize.append(Oversize(number, offset, self._cursor.offset - offset))
        return True

    def _break_off(self) -> Iterator[Chunk]:
        """Hand out what is complete, then the record that the document breaks off in."""
        if self._cursor.failure is not None:
            return
        if self._pending:
            yield self._chunk()
        self._keep(len(self._cursor.buffer))
        yield self._chunk(unterminated=True)

    def _chunk(self, *, unterminated: bool = False) -> Chunk:
        found, self._pending = self._pending, _Pending()
        start, self._begin = self._begin, Position(self._cursor.offset, max(self._cursor.line, self._number))
        return Chunk(
            lines=pa.array(found.lines, pa.string()),
            numbers=np.array(found.numbers, np.int64),
            offsets=np.array(found.offsets, np.int64),
            start=start,
            end=self._begin,
            sha256=self._cursor.digest(),
            tail=self._cursor.tail,
            unterminated=unterminated,
            oversize=tuple(found.oversize),
            encoding="utf-8+cp1252" if found.repaired else "utf-8",
            repaired=found.repaired,
            raw_consumed=self._stream.raw_consumed,
        )
