"""From lines of text to event columns: one format in the common case, line by line where a file is mixed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from shadowscan.errors import UsageError
from shadowscan.formats.compile import REJECTED, SKIPPED, UNCLAIMED, CompiledFormat
from shadowscan.formats.detect import SAMPLE_LINES, detect, is_bare, nearest
from shadowscan.formats.envelope import Envelope
from shadowscan.formats.headers import HEADER_MARK, header_format, header_names
from shadowscan.formats.infer import infer, titled
from shadowscan.formats.library import FormatLibrary
from shadowscan.formats.marks import marks
from shadowscan.formats.spec import FormatSpec
from shadowscan.ingest.arrow import arrow_type
from shadowscan.ingest.extract import Wanted, extract, stacked
from shadowscan.ingest.opener import Opener
from shadowscan.ingest.ready import ReadyFormats
from shadowscan.ingest.together import Ask, Steps, alone
from shadowscan.ingest.values import Values
from shadowscan.store.scratch import QueryError, Scratch

MAX_INFERRED = 8
"""Formats inferred for one file at most: a file of random text must not make one after the other."""
MOST_FAILURES = 1000
"""Queries that hostile values may stop in one file before all lines around such a value are given up."""
MOSTLY = 0.9
"""Share of a sample that one format must claim, with no other claiming any, to be taken as alone in its file."""
JUDGED_ROWS = 40
"""Rows by which the columns that a file's own header names are judged."""
HEADER = f"{SKIPPED}header"


LINE_KEY = "_key"
"""The one extra column that is no condition: a hash of the line."""


class LineParser:
    """Parses the chunks of one input; remembers which formats its lines were found to have.

    Lines are a table of ``_n`` (line number), ``_off`` (byte offset) and ``_line``. The result has ``_n``,
    ``_off``, ``outcome`` (a word of ``formats.compile``), ``_f`` (index into ``formats``) and the event
    columns asked for. The order of rows is not that of the lines. ``parsing`` and ``reparsing`` are steps,
    to be taken together with those of other inputs that share the ``ready`` formats.
    """

    def __init__(
        self,
        library: FormatLibrary,
        scratch: Scratch,
        head: Sequence[str],
        *,
        forced: FormatSpec | None = None,
        layout: tuple[str, ...] = (),
        reference: datetime,
        ready: ReadyFormats | None = None,
    ) -> None:
        self._library = library
        self._scratch = scratch
        self._values = Values(scratch)
        self._reference = reference
        self._ready = ready or ReadyFormats()
        self._forced = forced is not None
        self._inferred = 0
        self._failures = 0
        self.formats: list[CompiledFormat] = []
        self._opener = Opener(scratch, FormatLibrary([forced]) if forced else library, head)
        head = self._opener.head
        self._header_spec = header_format([forced] if forced else library, head)
        rows = [line for line in head if not line.startswith(HEADER_MARK)] if self._header_spec else []
        self._rows = tuple(rows[:JUDGED_ROWS])
        if self._header_spec and layout:
            self._name_columns(layout)
        if forced and not self._header_spec:
            self._add(forced, head)
        elif not self._header_spec:
            candidates = detect(library, head)
            for candidate in candidates:
                self._add(candidate.spec, head, alone=len(candidates) == 1 and candidate.share >= MOSTLY)
            if not self.formats:
                self._discover(head)
        self._head = () if self.recognised else tuple(head)

    def resume(self, reference: datetime) -> None:
        """Go on with an input that has grown since; ``reference`` is the latest time that its lines may bear now."""
        self._reference = reference

    @property
    def recognised(self) -> bool:
        """Tell whether any format was found for the input."""
        return bool(self.formats) or self._header_spec is not None

    @property
    def envelopes(self) -> tuple[Envelope, ...]:
        """What the records are wrapped in, from without to within."""
        return self._opener.envelopes

    def unrecognised(self) -> str:
        """Say why no format was found: which came nearest to the input, and what its lines lack for it."""
        best = nearest(self._library, self._head)
        return f"nearest is {best.spec.id}, but {best.why_not}" if best else "no known field names or layout"

    def label(self, index: int) -> str:
        """``id@revision`` of a format by its index in the results."""
        return self.formats[index].spec.label

    def parse(self, lines: pa.Table, wanted: Wanted) -> pa.Table:
        """Parse one chunk."""
        return alone(self.parsing(lines, wanted))

    def parsing(self, lines: pa.Table, wanted: Wanted) -> Steps[pa.Table]:
        """Parse one chunk."""
        parts: list[pa.Table] = []
        if title := self._opener.title:
            is_title = pc.equal(lines["_line"], title)
            parts.append(self._fixed(lines.filter(is_title), HEADER, wanted))
            lines = lines.filter(pc.invert(is_title))
        lines = yield from self._opener.opened(lines)
        for segment, leader in self._segments(lines, parts, wanted):
            yield from self._parse_segment(segment, leader, wanted, parts)
        return stacked(parts)

    def reparsing(self, lines: pa.Table, formats: pa.Array, wanted: Wanted) -> Steps[pa.Table]:
        """Parse lines whose format is known (``formats``: one index a line) for further columns, in line order."""
        lines = yield from self._opener.opened(lines)
        parts: list[pa.Table] = []
        for index in pc.unique(formats).to_pylist():
            part = yield from self._query(index, lines.filter(pc.equal(formats, index)), wanted)
            parts.append(part)
        return pa.concat_tables(parts).sort_by("_n") if parts else self._fixed(lines, UNCLAIMED, wanted)

    def _segments(
        self, lines: pa.Table, parts: list[pa.Table], wanted: Wanted
    ) -> Iterator[tuple[pa.Table, int | None]]:
        """Cut a chunk where a header names new columns; header lines go straight to ``parts``."""
        if self._header_spec is None:
            yield lines, (0 if self.formats else None)
            return
        marked = pc.starts_with(lines["_line"], HEADER_MARK)
        if pc.any(marked).as_py():
            parts.append(self._fixed(lines.filter(marked), HEADER, wanted))
        start = 0
        for row in pc.indices_nonzero(marked).to_pylist():
            if row > start:
                yield lines.slice(start, row - start), self._layout
            self._read_directive(lines["_line"][row].as_py())
            start = row + 1
        yield lines.slice(start), self._layout

    @property
    def layout(self) -> tuple[str, ...]:
        """Columns as the input's own header named them last; to be given back when reading continues later."""
        return self.formats[-1].names if self.formats else ()

    @property
    def _layout(self) -> int | None:
        return len(self.formats) - 1 if self.formats else None

    def _read_directive(self, line: str) -> None:
        if self._header_spec and (names := header_names(self._header_spec, line)) and names != self.layout:
            self._name_columns(names)

    def _name_columns(self, names: tuple[str, ...]) -> None:
        if self._header_spec:
            spec = titled(self._header_spec, names, self._rows)
            self.formats.append(self._ready.same_as(CompiledFormat(spec, names, bare=True)))

    def _parse_segment(self, lines: pa.Table, leader: int | None, wanted: Wanted, parts: list[pa.Table]) -> Steps[None]:
        everyone = range(len(self.formats))
        marked = {index: mark for index in self._ranked() if (mark := marks(self.formats[index].spec))}
        if len(marked) < 2 or self._header_spec is not None:
            yield from self._try_in_turn(lines, everyone, leader, wanted, parts)
            return
        # One look at the marks of all formats is far cheaper than a full look for each of them.
        cases = " ".join(f"WHEN {mark} THEN {index}" for index, mark in marked.items())
        sorted_out = yield self._sort_out(lines, cases)
        unmarked = sorted_out.filter(pc.is_null(sorted_out["_f"]))
        yield from self._try_in_turn(
            unmarked.drop_columns(["_f"]), set(everyone) - marked.keys(), leader, wanted, parts
        )
        for index in marked:
            mine = sorted_out.filter(pc.equal(sorted_out["_f"], index)).drop_columns(["_f"])
            rest = (yield from self._claim(index, mine, wanted, parts, marked=True)) if len(mine) else mine
            yield from self._try_in_turn(rest, set(everyone) - {index}, leader, wanted, parts)

    def _sort_out(self, lines: pa.Table, cases: str) -> Ask:
        """Ask for a column ``_f`` by conditions on the line."""
        scratch = self._scratch

        def run(lines: pa.Table) -> pa.Table:
            return scratch.query(lines, lambda name: f"SELECT *, CASE {cases} END AS _f FROM {name}")

        return Ask((id(scratch), cases), lines, run)

    def _ranked(self) -> list[int]:
        """Formats as the library orders them, the most demanding first; inferred ones last."""
        rank = {spec.id: number for number, spec in enumerate(self._library)}
        return sorted(range(len(self.formats)), key=lambda index: rank.get(self.formats[index].spec.id, len(rank)))

    def _try_in_turn(
        self, lines: pa.Table, indices: Iterable[int], leader: int | None, wanted: Wanted, parts: list[pa.Table]
    ) -> Steps[None]:
        """Let formats take what they claim, one after the other, and discover more for what is left."""
        order = sorted(indices, key=lambda index: index != leader)
        rest, tried = lines, 0
        while len(rest):
            if tried == len(order):
                if not self._discover(_sample(rest)):
                    break
                order.append(len(self.formats) - 1)
            rest = yield from self._claim(order[tried], rest, wanted, parts)
            tried += 1
        if len(rest):
            name = self.formats[leader].spec.id if leader is not None else "any known format"
            parts.append(self._fixed(rest, f"{REJECTED}not a record of {name}", wanted))

    def _claim(
        self, index: int, lines: pa.Table, wanted: Wanted, parts: list[pa.Table], *, marked: bool = False
    ) -> Steps[pa.Table]:
        """Let one format take its lines; return those it leaves. ``marked``: they are known to bear its marks."""
        result = yield from self._query(index, lines, wanted, marked=marked)
        left = pc.equal(result["outcome"], UNCLAIMED)
        if not pc.any(left).as_py():
            parts.append(result)
            return lines.slice(0, 0)
        if not pc.all(left).as_py():
            parts.append(result.filter(pc.invert(left)))
        # By number: a result need not have the order of its lines.
        return lines.filter(pc.is_in(lines["_n"], value_set=result.filter(left)["_n"].combine_chunks()))

    def _query(self, index: int, lines: pa.Table, wanted: Wanted, *, marked: bool = False) -> Steps[pa.Table]:
        compiled = self.formats[index]
        if marked:
            compiled = self._ready.same_as(replace(compiled, marked=True))
        try:
            result = yield self._extraction(compiled, lines, wanted)
        except QueryError as error:
            return (yield from self._without_culprit(index, lines, wanted, error))
        return result.append_column("_f", pa.array([index] * len(result), pa.int32()))

    def _extraction(self, compiled: CompiledFormat, lines: pa.Table, wanted: Wanted) -> Ask:
        """Ask for the wanted columns of lines of one format."""
        scratch, latest = self._scratch, pa.scalar(self._reference.replace(tzinfo=None), pa.timestamp("us"))
        mine = lines.append_column("_reference", pa.repeat(latest, len(lines)))

        def run(lines: pa.Table) -> pa.Table:
            # What is remembered of values is for inputs of many lines; those are read alone.
            return extract(scratch, compiled, lines, wanted, self._values if lines is mine else None)

        return Ask((id(scratch), id(compiled), id(wanted)), mine, run)

    def _without_culprit(self, index: int, lines: pa.Table, wanted: Wanted, error: QueryError) -> Steps[pa.Table]:
        """Read around a record whose value stops the query: it is left unclaimed, the others are read.

        UsageError if it is the format's own expressions that can't be computed.
        """
        if not len(lines):
            spec = self.formats[index].spec
            raise UsageError(f"format {spec.id} can't be used", reason=str(error), where=spec.origin) from error
        if not self._failures:
            yield from self._query(index, lines.slice(0, 0), wanted)
        self._failures += 1
        if len(lines) == 1 or self._failures > MOST_FAILURES:
            return self._fixed(lines, UNCLAIMED, wanted)
        half = len(lines) // 2
        first = yield from self._query(index, lines.slice(0, half), wanted)
        second = yield from self._query(index, lines.slice(half), wanted)
        return pa.concat_tables([first, second])

    def _fixed(self, lines: pa.Table, outcome: str, wanted: Wanted) -> pa.Table:
        """Make rows for lines that no format was asked about."""
        table = lines.select(["_n", "_off"])
        table = table.append_column("outcome", pa.array([outcome] * len(lines), pa.string()))
        for name in wanted.columns:
            table = table.append_column(name, pa.nulls(len(lines), arrow_type(name)))
        for extra in wanted.extras:
            kind = pa.uint64() if extra.name == LINE_KEY else pa.bool_()
            table = table.append_column(extra.name, pa.nulls(len(lines), kind))
        return table.append_column("_f", pa.array([-1] * len(lines), pa.int32()))

    def _discover(self, sample: Sequence[str]) -> bool:
        """Find one more format for lines that none has claimed: a known one, else an inferred one."""
        if self._forced:
            return False
        known = {compiled.spec.id for compiled in self.formats}
        for candidate in detect(self._library, sample):
            if candidate.spec.id not in known:
                self._add(candidate.spec, sample)
                return True
        if self._inferred >= MAX_INFERRED:
            return False
        spec = infer(sample)
        if spec is None or any(compiled.spec == spec for compiled in self.formats):
            return False
        self._inferred += 1
        self._add(spec, sample)
        return True

    def _add(self, spec: FormatSpec, sample: Sequence[str], *, alone: bool = False) -> None:
        compiled = CompiledFormat(spec, bare=is_bare(spec, sample), alone=alone)
        self.formats.append(self._ready.same_as(compiled))


def _sample(lines: pa.Table) -> list[str]:
    """Up to SAMPLE_LINES lines, spread evenly."""
    step = max(1, len(lines) // SAMPLE_LINES)
    return [str(line) for line in lines["_line"].take(pa.array(range(0, len(lines), step))).to_pylist()]
