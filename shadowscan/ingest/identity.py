"""Which content is this? A file is the same if its first bytes and those before the last position are."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

from shadowscan.sources import STDIN, Source
from shadowscan.sources.identity import identify
from shadowscan.sources.lines import Chunk
from shadowscan.store.records import HEAD_LENGTHS, FileRecord, Mark, Progress

MARKER_LENGTH = 4096
Head = tuple[int, str]
"""How many first bytes, and their hash."""


class KnownContents:
    """The contents met before, found by their first bytes; kept up to date by every commit of this process."""

    def __init__(self, records: Iterable[FileRecord]) -> None:
        self._records: dict[int, FileRecord] = {}
        self._by_head: dict[Head, set[int]] = {}
        self._unread: dict[str, int] = {}
        for record in records:
            self.put(record)

    def put(self, record: FileRecord) -> None:
        """Add a content, or take note of how far it is read now."""
        former = self._records.get(record.file_id)
        if former:
            self._by_head.get(head_of(former), set()).discard(former.file_id)
            self._unread.pop(former.path, None)
        self._records[record.file_id] = record
        if record.consumed:
            self._by_head.setdefault(head_of(record), set()).add(record.file_id)
        else:
            self._unread[record.path] = record.file_id

    def alike(self, heads: Iterable[Head]) -> list[FileRecord]:
        """Return the contents with one of these heads, the furthest read first."""
        found = [self._records[number] for head in heads for number in self._by_head.get(head, ())]
        return sorted(found, key=lambda record: -record.consumed)

    def unread(self, path: str) -> FileRecord | None:
        """Return the record of a file of which nothing could be read when it lay there."""
        number = self._unread.get(path)
        return None if number is None else self._records[number]


@dataclass(frozen=True, slots=True)
class Identity:
    """An input's content compared with those met before."""

    beginning: bytes
    """The first decompressed bytes."""
    record: FileRecord | None
    """The known content that this input is, or has grown from."""
    at_end: bool
    """Nothing has been added since."""

    @classmethod
    def of(cls, source: Source, beginning: bytes, heads: Iterable[Head], known: "KnownContents") -> Self:
        """Recognise an input; standard input can't be read twice and is always new."""
        if source.path == STDIN:
            return cls(beginning, None, at_end=False)
        for record in known.alike(heads):
            marker, beyond = identify(
                source, [(record.mark.marker_from, record.consumed), (record.consumed, record.consumed + 1)]
            )
            if marker == record.mark.marker_sha256:
                return cls(beginning, record, at_end=beyond is None)
        # A file of which nothing could be read has no content to go by.
        return cls(beginning, known.unread(source.name), at_end=False)

    def resume(self, progress: Progress, *, kind: str) -> None:
        """Take over what is known of the content; commits carry it on."""
        progress.facts = replace(progress.facts, kind=kind)
        if record := self.record:
            progress.file_id = record.file_id
            progress.open_ledger = record.open_ledger
            progress.consumed, progress.next_line = record.consumed, record.next_line
            progress.mark = record.mark

    def mark(self, chunk: Chunk, layout: tuple[str, ...]) -> Mark:
        """Return by what the content is recognised, and reading continues, after a chunk."""
        start = chunk.end.offset - len(chunk.tail)
        return Mark(*self.head(chunk.end.offset), start, _sha256(chunk.tail), layout, chunk.encoding)

    def mark_capture(self, source: Source, consumed: int) -> Mark:
        """Return the same after a batch of packets."""
        start = max(0, consumed - MARKER_LENGTH)
        marker = None if source.path == STDIN else identify(source, [(start, consumed)])[0]
        return Mark(*self.head(consumed), start, marker or "")

    def head(self, consumed: int) -> Head:
        """Return by what beginning the content is found once so much of it was read."""
        read = min(consumed, len(self.beginning))
        length = max(length for length in HEAD_LENGTHS if length <= read)
        return length, _sha256(self.beginning[:length])


def heads_of(beginning: bytes) -> list[Head]:
    """Return every head that a content may have been found by."""
    return [(length, _sha256(beginning[:length])) for length in HEAD_LENGTHS if length <= len(beginning)]


def head_of(record: FileRecord) -> Head:
    """Return the head that a known content is found by."""
    return record.mark.head_length, record.mark.head_sha256


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
