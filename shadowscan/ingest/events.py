"""All events of an input with all their columns, straight from the source: no database, no catalogue."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from shadowscan.capture import CaptureBatch, is_capture, read_capture
from shadowscan.errors import SourceError
from shadowscan.formats.compile import EVENT
from shadowscan.formats.detect import SAMPLE_LINES
from shadowscan.formats.library import FormatLibrary
from shadowscan.formats.spec import FormatSpec
from shadowscan.ingest.batches import line_table
from shadowscan.ingest.extract import Wanted
from shadowscan.ingest.lines import LineParser
from shadowscan.model.events import EVENT_COLUMN_NAMES
from shadowscan.sources import Source, head, looks_binary, read_input
from shadowscan.store.scratch import Scratch

COLUMNS = (*EVENT_COLUMN_NAMES, "line", "format")
"""Columns of every table of events."""
CAPTURE_FORMAT = "capture"
HEAD_BYTES = 1 << 18
_ALL = Wanted(EVENT_COLUMN_NAMES)


class EventReader:
    """Reads inputs one after the other; counts what gave no event."""

    def __init__(self, library: FormatLibrary, *, timezone: str, forced: FormatSpec | None = None) -> None:
        self._library = library
        self._forced = forced
        self._timezone = timezone
        self.outcomes: Counter[str] = Counter()
        """Words of ``formats.compile`` and their lines, over all inputs so far."""

    @cached_property
    def _scratch(self) -> Scratch:
        """Only logs need it."""
        return Scratch(timezone=self._timezone)

    def read(self, source: Source) -> Iterator[pa.Table]:
        """Yield tables of events with ``COLUMNS``; SourceError after what could be read."""
        beginning = head(source, HEAD_BYTES)
        if is_capture(beginning):
            yield from self._packets(source)
        elif looks_binary(beginning):
            raise SourceError("not a log", reason="binary data", where=source.name, hint="captures: pcap or pcapng")
        else:
            yield from self._lines(source, beginning)

    def _lines(self, source: Source, beginning: bytes) -> Iterator[pa.Table]:
        parser: LineParser | None = None
        for chunk in read_input(source, beginning):
            parser = parser or self._parser(source, chunk.lines)
            if not parser.recognised:
                verdict = parser.unrecognised()
                nearest = f"; nearest is {verdict.nearest}" if verdict.nearest else ""
                raise SourceError("in no known log format", reason=f"{verdict.why}{nearest}", where=source.name)
            parsed = parser.parse(line_table(chunk), _ALL).sort_by("_n")
            for row in pc.value_counts(parsed["outcome"]).to_pylist():
                self.outcomes[row["values"]] += row["counts"]
            events = parsed.filter(pc.equal(parsed["outcome"], EVENT))
            names = pa.array([parser.formats[index].spec.id for index in events["_f"].to_pylist()], pa.string())
            yield events.append_column("format", names).rename_columns({"_n": "line"}).select(COLUMNS)

    def _parser(self, source: Source, lines: pa.Array) -> LineParser:
        sample = [str(line) for line in lines.slice(0, SAMPLE_LINES).to_pylist()]
        reference = (source.modified or datetime.now(UTC)).replace(tzinfo=None)
        return LineParser(self._library, self._scratch, sample, forced=self._forced, reference=reference)

    def _packets(self, source: Source) -> Iterator[pa.Table]:
        with source.open() as stream:
            for batch in read_capture(stream, source.name):
                self.outcomes[EVENT] += len(batch.events)
                yield packet_events(batch)


def packet_events(batch: CaptureBatch) -> pa.Table:
    """Return the events of a batch of packets with ``COLUMNS``."""
    names = pa.array([CAPTURE_FORMAT] * len(batch.events), pa.string())
    return batch.events.append_column("format", names).rename_columns({"packet": "line"}).select(COLUMNS)
