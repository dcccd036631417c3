"""All events of an input with all their columns, straight from the source: no database, no catalogue.

pyarrow is imported when there are events: another process may dissect the packets of a capture meanwhile.
"""

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from shadowscan.capture import CaptureBatch, gathered, is_capture, read_capture
from shadowscan.errors import SourceError
from shadowscan.model.events import EVENT_COLUMN_NAMES
from shadowscan.sources import Source, head

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pyarrow as pa

    from shadowscan.formats.library import FormatLibrary
    from shadowscan.formats.spec import FormatSpec
    from shadowscan.ingest.logevents import LogReader

COLUMNS = (*EVENT_COLUMN_NAMES, "line", "format")
"""Columns of every table of events."""
CAPTURE_FORMAT = "capture"
HEAD_BYTES = 1 << 18
_EVENTS, _BYTES = 4096, 256 << 20
"""Events and bytes of a capture that are handed on at a time: a table of few events costs as much as one of many."""


class EventReader:
    """Reads inputs one after the other; counts what gave no event."""

    def __init__(
        self, library: "Callable[[], FormatLibrary]", *, timezone: str, forced: "FormatSpec | None" = None
    ) -> None:
        self._library = library
        self._forced = forced
        self._timezone = timezone
        self.outcomes: Counter[str] = Counter()
        """Lines over all inputs so far, by what became of them: ``event`` or a word of ``formats.compile``."""

    @cached_property
    def _logs(self) -> "LogReader":
        """Loaded with the first log: DuckDB and the formats take longer than reading a small capture."""
        from shadowscan.ingest.logevents import LogReader

        return LogReader(self._library(), self._timezone, self._forced)

    def read(self, source: Source) -> "Iterator[pa.Table]":
        """Yield tables of events with ``COLUMNS``; SourceError after what could be read."""
        beginning = head(source, HEAD_BYTES)
        if is_capture(beginning):
            yield from self._packets(source)
            return
        from shadowscan.sources.identity import looks_binary

        if looks_binary(beginning):
            raise SourceError("not a log", reason="binary data", where=source.name, hint="captures: pcap or pcapng")
        for events in self._logs.read(source, beginning, self.outcomes):
            yield events.select(COLUMNS)

    def _packets(self, source: Source) -> "Iterator[pa.Table]":
        with source.open() as stream:
            for batch in gathered(read_capture(stream, source.name), _EVENTS, _BYTES):
                self.outcomes["event"] += len(batch.events)
                yield packet_events(batch)


def packet_events(batch: CaptureBatch) -> "pa.Table":
    """Return the events of a batch of packets with ``COLUMNS``."""
    import pyarrow as pa

    names = pa.array([CAPTURE_FORMAT] * len(batch.events), pa.string())
    return batch.events.append_column("format", names).rename_columns({"packet": "line"}).select(COLUMNS)
