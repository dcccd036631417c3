"""From a number back to its lines: the events behind a service, a person, a period."""

from collections.abc import Iterator, Mapping
from typing import Any

from shadowscan.analysis.pseudonyms import matching
from shadowscan.analysis.queries import Bounds, ask, prepare
from shadowscan.people import Directory
from shadowscan.sources import Source, discover, head
from shadowscan.sources.documents import read_input
from shadowscan.sources.identity import identify
from shadowscan.sources.lines import Position
from shadowscan.sources.rows import is_parquet
from shadowscan.store.database import Session

ARCHIVE_MARK = "!"
HEAD_BYTES = 1 << 18


def events_behind(session: Session, bounds: Bounds, directory: Directory) -> list[dict[str, Any]]:
    """Return the events within the bounds, with file, line, byte offset and the signature that matched."""
    prepare(session, bounds, matching(session, directory))
    return ask(session, "evidence", bounds)


class RawLines:
    """Reads the lines of events again from their files, as long as those hold what was scanned."""

    def __init__(self) -> None:
        self._unchanged: dict[tuple[str, int, int], bool] = {}

    def of(self, event: Mapping[str, Any]) -> str | None:
        """Return the line itself; None if the file is gone, or its bytes are no longer those of the ledger's entry."""
        source = next(_sources(event["file"]), None)
        if source is None:
            return None
        beginning = head(source, HEAD_BYTES)
        if not is_parquet(beginning) and not self._holds(source, event):
            return None
        start = Position(event["byte_offset"], event["line"])
        chunk = next(read_input(source, beginning, start=start, chunk_bytes=1 << 16), None)
        return str(chunk.lines[0].as_py()) if chunk and len(chunk.lines) else None

    def _holds(self, source: Source, event: Mapping[str, Any]) -> bool:
        """Compare the bytes that were committed together with the event: once for all events among them."""
        stretch = (source.name, event["from_offset"], event["to_offset"])
        if stretch not in self._unchanged:
            self._unchanged[stretch] = identify(source, [stretch[1:]]) == [event["range_sha256"]]
        return self._unchanged[stretch]


def _sources(path: str) -> Iterator[Source]:
    archive = path.split(ARCHIVE_MARK, maxsplit=1)[0]
    for found in discover([archive]):
        if isinstance(found, Source) and found.name == path:
            yield found
