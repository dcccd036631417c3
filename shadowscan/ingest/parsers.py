"""Parsers of inputs, and what they share: scratch databases, formats made ready.

Those of inputs that grow are kept from reading to reading: to recognise formats takes longer than a few lines.
"""

from datetime import UTC, datetime

from shadowscan.formats.detect import SAMPLE_LINES
from shadowscan.formats.library import FormatLibrary
from shadowscan.ingest.inputs import IngestOptions
from shadowscan.ingest.lines import LineParser
from shadowscan.ingest.ready import ReadyFormats
from shadowscan.sources import Source
from shadowscan.sources.lines import Chunk
from shadowscan.store.records import Progress
from shadowscan.store.scratch import Scratch

MOST = 256
"""Inputs whose parser is kept; of more, those read last."""


class Parsers:
    """Makes parsers; keeps some by the file's number, each for the way of reading (options) it was made for."""

    def __init__(self, library: FormatLibrary) -> None:
        self._library = library
        self._ready = ReadyFormats()
        self._scratches: dict[str, Scratch] = {}
        self._kept: dict[int, tuple[IngestOptions, LineParser]] = {}

    def scratch(self, options: IngestOptions) -> Scratch:
        """Return where what is in this time zone is parsed; UsageError if there is no such zone."""
        if options.timezone not in self._scratches:
            self._scratches[options.timezone] = Scratch(timezone=options.timezone)
        return self._scratches[options.timezone]

    def take(self, source: Source, options: IngestOptions, progress: Progress) -> LineParser | None:
        """Hand out the parser of an input that is read on: it comes back only if the reading succeeds."""
        made_for, parser = self._kept.pop(progress.file_id or 0, (None, None))
        if parser is None or made_for != options:
            return None
        parser.resume(_latest(source))
        return parser

    def make(self, source: Source, options: IngestOptions, progress: Progress, first: Chunk) -> LineParser:
        """Choose the formats by an input's first lines."""
        return LineParser(
            self._library,
            self.scratch(options),
            [str(line) for line in first.lines.slice(0, SAMPLE_LINES).to_pylist()],
            forced=options.forced,
            layout=progress.mark.layout,
            reference=_latest(source),
            ready=self._ready,
        )

    def keep(self, file_id: int, options: IngestOptions, parser: LineParser) -> None:
        """Keep a parser for the next reading."""
        if len(self._kept) >= MOST:
            del self._kept[next(iter(self._kept))]
        self._kept[file_id] = options, parser

    def close(self) -> None:
        """Give the memory back."""
        for scratch in self._scratches.values():
            scratch.close()


def _latest(source: Source) -> datetime:
    """The latest time that lines of an input may bear."""
    return (source.modified or datetime.now(UTC)).replace(tzinfo=None)
