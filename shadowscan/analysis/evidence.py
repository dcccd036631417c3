"""From a number back to its lines: the events behind a service, a person, a period."""

from collections.abc import Iterator
from typing import Any

from shadowscan.analysis.queries import Bounds, ask, prepare
from shadowscan.sources import Position, Source, discover, head, read_input
from shadowscan.store.database import Session

ARCHIVE_MARK = "!"
HEAD_BYTES = 1 << 18


def events_behind(session: Session, bounds: Bounds) -> list[dict[str, Any]]:
    """Return the events within the bounds, with file, line, byte offset and the signature that matched."""
    prepare(session, bounds)
    return ask(session, "evidence", bounds)


def raw_line(path: str, offset: int, line: int) -> str | None:
    """Return the line itself from its file; None if the file is gone or no longer holds it."""
    for source in _sources(path):
        for chunk in read_input(source, head(source, HEAD_BYTES), start=Position(offset, line), chunk_bytes=1 << 16):
            return str(chunk.lines[0].as_py()) if len(chunk.lines) else None
    return None


def _sources(path: str) -> Iterator[Source]:
    archive = path.split(ARCHIVE_MARK, maxsplit=1)[0]
    for found in discover([archive]):
        if isinstance(found, Source) and found.name == path:
            yield found
