"""What is this file? A sample of it read with every format at hand, and what came of it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from shadowscan.errors import SourceError
from shadowscan.formats.compile import EVENT, REJECTED, CompiledFormat
from shadowscan.formats.coverage import shortcomings
from shadowscan.formats.detect import SAMPLE_LINES, Candidate, detect, nearest
from shadowscan.formats.library import FormatLibrary
from shadowscan.formats.spec import FormatSpec
from shadowscan.ingest.batches import EXCERPT, line_table
from shadowscan.ingest.extract import Wanted
from shadowscan.ingest.lines import LineParser
from shadowscan.model.events import EVENT_COLUMN_NAMES
from shadowscan.sources import Source, head
from shadowscan.sources.documents import read_input
from shadowscan.sources.identity import looks_binary
from shadowscan.sources.lines import Chunk
from shadowscan.store.scratch import Scratch

LINES = 20_000
"""Lines of a file that are read to find out what it is."""
HEAD_BYTES = 1 << 18
_CHUNK_BYTES = 1 << 20
_SHOWN_ROWS = 8
_SHOWN_REJECTS = 20
_ALL = Wanted(EVENT_COLUMN_NAMES)


@dataclass(frozen=True, slots=True)
class Standing:
    """One format's share of a file."""

    format: str
    title: str
    origin: str
    """``built-in``, ``inferred`` or the path of a user's file."""
    share: float
    """Of the lines looked at, 0..1."""
    evidence: tuple[str, ...]
    """What the lines were recognised by, or which field fills which column."""


@dataclass(frozen=True, slots=True)
class Reject:
    """A line that was not understood."""

    line: int
    reason: str
    excerpt: str


@dataclass(slots=True)
class Examination:
    """What a file is, as far as its first lines tell."""

    name: str
    lines: int = 0
    whole: bool = True
    """All lines of the file were looked at."""
    standings: tuple[Standing, ...] = ()
    nearest: Candidate | None = None
    """Where no format fits: the one that comes closest, and what the lines lack for it."""
    outcomes: Counter[str] = field(default_factory=Counter)
    """Words of ``formats.compile`` and their lines."""
    first: list[dict[str, Any]] = field(default_factory=list)
    filled: Counter[str] = field(default_factory=Counter)
    """Event column -> events that have a value for it."""
    kinds: Counter[str] = field(default_factory=Counter)
    rejects: list[Reject] = field(default_factory=list)
    """The first few."""

    @property
    def events(self) -> int:
        """Lines that gave an event."""
        return self.outcomes[EVENT]

    @property
    def rejected(self) -> int:
        """Lines that were not understood."""
        return sum(lines for word, lines in self.outcomes.items() if word.startswith(REJECTED))

    @property
    def coverage(self) -> Mapping[str, float]:
        """Event column -> share of the events that fill it, 0..1; columns that none fills are left out."""
        return {name: self.filled[name] / self.events for name in EVENT_COLUMN_NAMES if self.filled[name]}

    @property
    def shortcomings(self) -> tuple[str, ...]:
        """What this input can't show, and what follows from it."""
        return shortcomings(self.coverage, self.kinds) if self.events else ()


def examine(
    source: Source,
    library: FormatLibrary,
    *,
    timezone: str = "UTC",
    forced: FormatSpec | None = None,
    most: int | None = LINES,
) -> Examination:
    """Read up to ``most`` lines of a text or document (all: None); SourceError if it is neither."""
    beginning = head(source, HEAD_BYTES)
    if looks_binary(beginning):
        raise SourceError("not a log", reason="binary data", where=source.name)
    result = Examination(source.name)
    with Scratch(timezone=timezone) as scratch:
        parser: LineParser | None = None
        for chunk in _chunks(source, beginning, most, result):
            sample = _texts(chunk)[:SAMPLE_LINES]
            parser = parser or _parser(source, library, scratch, sample, forced)
            if not parser.recognised:
                result.nearest = nearest(library, sample)
                break
            _add(result, parser, chunk)
        if parser and parser.recognised:
            result.standings = _standings(parser, result)
    return result


def sample_of(source: Source) -> list[str]:
    """Return the first lines of a text, or records of a document."""
    first = next(read_input(source, head(source, HEAD_BYTES), chunk_bytes=HEAD_BYTES), None)
    return _texts(first)[:SAMPLE_LINES] if first else []


def _texts(chunk: Chunk) -> list[str]:
    return [str(line) for line in chunk.lines.to_pylist()]


def _chunks(source: Source, beginning: bytes, most: int | None, result: Examination) -> Iterator[Chunk]:
    for chunk in read_input(source, beginning, chunk_bytes=_CHUNK_BYTES):
        if most is not None and result.lines >= most:
            result.whole = False
            return
        result.lines += chunk.line_count
        yield chunk


def _parser(
    source: Source, library: FormatLibrary, scratch: Scratch, sample: Sequence[str], forced: FormatSpec | None
) -> LineParser:
    reference = (source.modified or datetime.now(UTC)).replace(tzinfo=None)
    return LineParser(library, scratch, sample, forced=forced, reference=reference)


def _add(result: Examination, parser: LineParser, chunk: Chunk) -> None:
    lines = line_table(chunk)
    parsed = parser.parse(lines, _ALL).sort_by("_n")
    result.outcomes.update(_counts(parsed["outcome"]))
    events = parsed.filter(pc.equal(parsed["outcome"], EVENT))
    result.filled.update({name: len(events) - events[name].null_count for name in EVENT_COLUMN_NAMES})
    result.kinds.update(_counts(events["kind"]))
    for index, count in _counts(events["_f"]).items():
        result.filled[f"format {index}"] += count
    for row in events.slice(0, max(0, _SHOWN_ROWS - len(result.first))).to_pylist():
        shown = {name: row[name] for name in EVENT_COLUMN_NAMES if row[name] is not None}
        result.first.append({"line": row["_n"], **shown})
    _add_rejects(result, parsed, lines)


def _counts(column: pa.ChunkedArray) -> dict[Any, int]:
    return {row["values"]: row["counts"] for row in pc.value_counts(column).to_pylist()}


def _add_rejects(result: Examination, parsed: pa.Table, lines: pa.Table) -> None:
    left = _SHOWN_REJECTS - len(result.rejects)
    rejected = parsed.filter(pc.starts_with(parsed["outcome"], REJECTED)).slice(0, max(0, left))
    texts = dict(
        zip(
            (numbers := rejected["_n"]).to_pylist(),
            lines.filter(pc.is_in(lines["_n"], value_set=numbers.combine_chunks()))["_line"].to_pylist(),
            strict=True,
        )
    )
    for row in rejected.select(["_n", "outcome"]).to_pylist():
        result.rejects.append(Reject(row["_n"], row["outcome"].removeprefix(REJECTED), texts[row["_n"]][:EXCERPT]))


def _standings(parser: LineParser, result: Examination) -> tuple[Standing, ...]:
    counts: Counter[str] = Counter()
    formats: dict[str, CompiledFormat] = {}
    for index, compiled in enumerate(parser.formats):
        counts[compiled.spec.id] += result.filled.pop(f"format {index}", 0)
        formats[compiled.spec.id] = compiled
    return tuple(
        Standing(
            name,
            formats[name].spec.title,
            formats[name].spec.origin,
            counts[name] / max(result.lines, 1),
            (*(f"taken out of {envelope.name}" for envelope in parser.envelopes), *_evidence(formats[name])),
        )
        for name in sorted(formats, key=lambda name: -counts[name])
    )


def _evidence(compiled: CompiledFormat) -> tuple[str, ...]:
    """Why a format was chosen: its header, its patterns, or the fields that were understood."""
    spec = compiled.spec
    if spec.origin == "inferred":
        return tuple(f"{column} <- {expression}" for column, expression in spec.columns.items())
    if spec.reader.header:
        return (f"the file's header names {len(compiled.names)} columns: {spec.reader.header}",)
    return tuple(f"found in the lines: {pattern}" for pattern in spec.detect)


def recognised_as(library: FormatLibrary, lines: Sequence[str]) -> Candidate | None:
    """Return the known format that claims most of the lines, if any does."""
    return next(iter(detect(library, lines)), None)
