"""All events of a log with all their columns: kept apart, as captures need neither DuckDB nor the formats."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

from shadowscan.errors import SourceError
from shadowscan.formats.compile import EVENT
from shadowscan.formats.detect import SAMPLE_LINES
from shadowscan.formats.library import FormatLibrary
from shadowscan.formats.spec import FormatSpec
from shadowscan.ingest.batches import line_table
from shadowscan.ingest.extract import Wanted
from shadowscan.ingest.lines import LineParser
from shadowscan.model.events import EVENT_COLUMN_NAMES
from shadowscan.sources import Source
from shadowscan.sources.documents import read_input
from shadowscan.store.scratch import Scratch

_ALL = Wanted(EVENT_COLUMN_NAMES)


class LogReader:
    """Reads logs one after the other."""

    def __init__(self, library: FormatLibrary, timezone: str, forced: FormatSpec | None) -> None:
        self._library, self._forced = library, forced
        self._scratch = Scratch(timezone=timezone)

    def read(self, source: Source, beginning: bytes, outcomes: Counter[str]) -> Iterator[pa.Table]:
        """Yield tables of events with ``line``, ``format`` and the event columns; count lines by their outcome."""
        parser: LineParser | None = None
        for chunk in read_input(source, beginning):
            parser = parser or self._parser(source, chunk.lines)
            if not parser.recognised:
                raise SourceError("in no known log format", reason=parser.unrecognised(), where=source.name)
            parsed = parser.parse(line_table(chunk), _ALL).sort_by("_n")
            for row in pc.value_counts(parsed["outcome"]).to_pylist():
                outcomes[row["values"]] += row["counts"]
            events = parsed.filter(pc.equal(parsed["outcome"], EVENT))
            names = pa.array([parser.formats[index].spec.id for index in events["_f"].to_pylist()], pa.string())
            yield events.append_column("format", names).rename_columns({"_n": "line"})

    def _parser(self, source: Source, lines: pa.Array) -> LineParser:
        sample = [str(line) for line in lines.slice(0, SAMPLE_LINES).to_pylist()]
        reference = (source.modified or datetime.now(UTC)).replace(tzinfo=None)
        return LineParser(self._library, self._scratch, sample, forced=self._forced, reference=reference)
