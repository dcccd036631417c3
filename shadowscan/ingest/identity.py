"""Which content is this? A file is the same if its first bytes and those before the last position are."""

import hashlib
from dataclasses import dataclass
from typing import Self

from shadowscan.sources import STDIN, Chunk, Source, identify
from shadowscan.store.ledger import HEAD_LENGTHS, FileFacts, FileRecord, Progress

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
        same_head = [record for record in read if heads.get(record.head_length) == record.head_sha256]
        for record in sorted(same_head, key=lambda record: -record.consumed):
            marker, beyond = identify(
                source, [(record.marker_from, record.consumed), (record.consumed, record.consumed + 1)]
            )
            if marker == record.marker_sha256:
                return cls(beginning, record, at_end=beyond is None)
        # A file of which nothing could be read has no content to go by.
        unread = (record for record in known if not record.consumed and record.path == source.name)
        return cls(beginning, next(unread, None), at_end=False)

    def progress(self, facts: FileFacts) -> Progress:
        """Return the position that commits will carry on."""
        if self.record is None:
            return Progress(None, facts, head_length=0, head_sha256=_sha256(b""), marker_sha256=_sha256(b""))
        record = self.record
        return Progress(
            record.file_id,
            facts,
            head_length=record.head_length,
            head_sha256=record.head_sha256,
            marker_from=record.marker_from,
            marker_sha256=record.marker_sha256,
            open_ledger=record.open_ledger,
            layout=record.layout,
        )

    def stamp(self, progress: Progress, chunk: Chunk) -> None:
        """Set identity and marker for the position after a chunk."""
        self._stamp_head(progress, chunk.end.offset)
        progress.marker_from = chunk.end.offset - len(chunk.tail)
        progress.marker_sha256 = _sha256(chunk.tail)

    def stamp_capture(self, progress: Progress, source: Source, consumed: int) -> None:
        """Set identity and marker after a batch of packets."""
        self._stamp_head(progress, consumed)
        progress.marker_from = max(0, consumed - MARKER_LENGTH)
        if source.path != STDIN:
            progress.marker_sha256 = identify(source, [(progress.marker_from, consumed)])[0] or ""

    def _stamp_head(self, progress: Progress, consumed: int) -> None:
        read = min(consumed, len(self.beginning))
        progress.head_length = max(length for length in HEAD_LENGTHS if length <= read)
        progress.head_sha256 = _sha256(self.beginning[: progress.head_length])


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
