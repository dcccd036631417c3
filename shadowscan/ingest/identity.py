"""Which content is this? A file is the same if its first bytes and those before the last position are."""

import hashlib
from dataclasses import dataclass, replace
from typing import Self

from shadowscan.sources import STDIN, Chunk, Source, identify
from shadowscan.store.records import HEAD_LENGTHS, FileRecord, Mark, Progress

MARKER_LENGTH = 4096


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
    def of(cls, source: Source, beginning: bytes, known: list[FileRecord]) -> Self:
        """Recognise an input; standard input can't be read twice and is always new."""
        if source.path == STDIN:
            return cls(beginning, None, at_end=False)
        heads = {length: _sha256(beginning[:length]) for length in HEAD_LENGTHS if length <= len(beginning)}
        read = [record for record in known if record.consumed]
        same_head = [record for record in read if heads.get(record.mark.head_length) == record.mark.head_sha256]
        for record in sorted(same_head, key=lambda record: -record.consumed):
            marker, beyond = identify(
                source, [(record.mark.marker_from, record.consumed), (record.consumed, record.consumed + 1)]
            )
            if marker == record.mark.marker_sha256:
                return cls(beginning, record, at_end=beyond is None)
        # A file of which nothing could be read has no content to go by.
        unread = (record for record in known if not record.consumed and record.path == source.name)
        return cls(beginning, next(unread, None), at_end=False)

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
        return Mark(*self._head(chunk.end.offset), start, _sha256(chunk.tail), layout, chunk.encoding)

    def mark_capture(self, source: Source, consumed: int) -> Mark:
        """Return the same after a batch of packets."""
        start = max(0, consumed - MARKER_LENGTH)
        marker = None if source.path == STDIN else identify(source, [(start, consumed)])[0]
        return Mark(*self._head(consumed), start, marker or "")

    def _head(self, consumed: int) -> tuple[int, str]:
        read = min(consumed, len(self.beginning))
        length = max(length for length in HEAD_LENGTHS if length <= read)
        return length, _sha256(self.beginning[:length])


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
