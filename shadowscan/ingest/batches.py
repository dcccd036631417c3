"""One chunk of an input -> a Batch: what the ledger commits."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from shadowscan.capture import CaptureBatch
from shadowscan.formats.compile import EVENT, REJECTED, SKIPPED
from shadowscan.formats.targets import DEVICE
from shadowscan.ingest.extract import Wanted, stacked
from shadowscan.ingest.label import ASKED, FIRST_PASS, FULL, Labeller
from shadowscan.ingest.lines import LineParser
from shadowscan.ingest.together import Steps, together
from shadowscan.sources.lines import Chunk
from shadowscan.store.records import Batch
from shadowscan.store.scratch import Scratch

_REJECTS = pa.schema(
    [("line", pa.int64()), ("byte_offset", pa.int64()), ("reason", pa.string()), ("excerpt", pa.string())]
)
CAPTURE_LABEL = "capture@1"
"""Format of events that come from packets."""
_PACKET_KEY = "ts, kind, src_ip, src_port, dst_ip, dst_port, host, url_path, bytes_out, bytes_in"
"""What two captures of the same packets agree on; a line has its own text instead."""
COMMIT_EVENTS, COMMIT_BYTES = 20_000, 256 << 20
"""Events and bytes of a capture that are committed at once: however few, a commit takes a tenth of a second."""
EXCERPT = 200
"""Characters of a rejected line that are kept."""
_ROLLUP = ("_n", "_key", *FIRST_PASS)


@dataclass(frozen=True, slots=True)
class Keep:
    """What goes into the store beyond AI-related events without the query of their URLs."""

    everything: bool = False
    query: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A chunk of an input, and the parser of that input."""

    chunk: Chunk
    parser: LineParser


def batches_of_lines(parts: Sequence[Part], labeller: Labeller, keep: Keep) -> list[Batch]:
    """Parse and label chunks of text, by the same queries where they have the same formats; one batch a chunk.

    Chunks of one input (they have its parser) stand in their order.
    """
    lines = _numbered(parts)
    parsed, layouts = _first_pass(parts, lines, labeller.first_pass)
    events = parsed.filter(pc.equal(parsed["outcome"], EVENT))
    interesting = labeller.interesting(events)
    picked = events if keep.everything else events.filter(interesting)
    full = labeller.label(_second_pass(parts, lines, picked), keep_all=keep.everything)
    in_file = np.concatenate([part.chunk.numbers for part in parts])
    stored = stored_events(_renumbered(full, in_file).drop_columns(["_f", "outcome"]), keep)
    tables = (parsed, _renumbered(events, in_file), stored, _renumbered(_rejects(parsed, lines), in_file))
    by_part = [_by_part(table, len(parts)) for table in tables]
    return [_batch(*found) for found in zip(parts, layouts, *by_part, strict=True)]


def line_table(chunk: Chunk) -> pa.Table:
    """Lines of a chunk as the engine reads them."""
    return pa.table({"_n": chunk.numbers, "_off": chunk.offsets, "_line": chunk.lines})


def _numbered(parts: Sequence[Part]) -> list[pa.Table]:
    """Lines of each part; ``_n`` numbers them all, from 0 on."""
    bounds = np.cumsum([0, *(len(part.chunk.lines) for part in parts)])
    numbers = (np.arange(start, end) for start, end in pairwise(bounds))
    return [line_table(part.chunk).set_column(0, "_n", [n]) for part, n in zip(parts, numbers, strict=True)]


def _first_pass(
    parts: Sequence[Part], lines: Sequence[pa.Table], wanted: Wanted
) -> tuple[pa.Table, list[tuple[str, ...]]]:
    """Return the outcome of each line with the wanted columns and its ``_part``, and each part's layout behind it."""

    def steps(parser: LineParser, tables: Sequence[pa.Table]) -> Steps[list[tuple[pa.Table, tuple[str, ...]]]]:
        parsed = []
        for table in tables:
            rows = yield from parser.parsing(table, wanted)
            parsed.append((rows, parser.layout))
        return parsed

    inputs = [
        steps(parser, [table for _, table in group])
        for parser, group in groupby(zip(parts, lines, strict=True), lambda item: item[0].parser)
    ]
    found = [item for results in together(inputs) for item in results]
    return _joined([rows for rows, _ in found]), [layout for _, layout in found]


def _second_pass(parts: Sequence[Part], lines: Sequence[pa.Table], picked: pa.Table) -> pa.Table:
    """Return the picked events with all columns, their ``format`` and ``_part``."""

    def steps(parser: LineParser, table: pa.Table, events: pa.Table) -> Steps[pa.Table]:
        events = events.select(["_n", "_f"]).sort_by("_n")
        wanted = table.filter(pc.is_in(table["_n"], value_set=events["_n"].combine_chunks()))
        full = yield from parser.reparsing(wanted, events["_f"].combine_chunks(), FULL)
        labels = pa.array([parser.label(index) for index in full["_f"].to_pylist()], pa.string())
        return full.append_column("format", labels)

    by_part = zip(parts, lines, _by_part(picked, len(parts)), strict=True)
    return _joined(together([steps(part.parser, table, events) for part, table, events in by_part]))


def _joined(tables: Sequence[pa.Table]) -> pa.Table:
    """Put the tables of all parts one below the other; ``_part`` says whose each row is."""
    parts = np.repeat(np.arange(len(tables)), [len(table) for table in tables])
    return stacked(tables).append_column("_part", [parts])


def _by_part(table: pa.Table, count: int) -> list[pa.Table]:
    """Undo ``_joined``; rows may have been left out meanwhile."""
    bounds = np.searchsorted(table["_part"].to_numpy(), np.arange(count + 1))
    table = table.drop_columns(["_part"])
    return [table.slice(start, end - start) for start, end in pairwise(bounds)]


def _renumbered(table: pa.Table, numbers: npt.NDArray[np.int64]) -> pa.Table:
    """Put the number of the line in its file in the place of ``_n``."""
    return table.set_column(table.column_names.index("_n"), "_n", [numbers[table["_n"].to_numpy()]])


def _batch(
    part: Part, layout: tuple[str, ...], parsed: pa.Table, events: pa.Table, ai_events: pa.Table, rejects: pa.Table
) -> Batch:
    chunk = part.chunk
    rejects = pa.concat_tables([rejects.rename_columns(_REJECTS.names), _oversize(chunk)])
    outcomes = Counter({row["values"]: row["counts"] for row in pc.value_counts(parsed["outcome"]).to_pylist()})
    skips = {name.removeprefix(SKIPPED): n for name, n in outcomes.items() if name.startswith(SKIPPED)}
    return Batch(
        from_offset=chunk.start.offset,
        to_offset=chunk.end.offset,
        first_line=chunk.first_line,
        next_line=chunk.end.line,
        sha256=chunk.sha256,
        lines=chunk.line_count,
        events=events.select(_ROLLUP),
        ai_events=ai_events,
        rejects=rejects,
        skips=skips,
        formats=_format_counts(events, part.parser),
        filled=_filled(events),
        used=len(events),
        skipped=sum(skips.values()),
        rejected=len(rejects),
        layout=layout,
        unterminated=chunk.unterminated,
    )


def stored_events(events: pa.Table, keep: Keep) -> pa.Table:
    """Rename the position columns as the store has them.

    Of the query of a URL only the parameter that the signature asked for is kept, in the catalogue's words: so the
    event can be judged again. All of it is kept on request.
    """
    names = {"_n": "line", "_off": "byte_offset"}
    events = events.rename_columns([names.get(name, name) for name in events.column_names])
    asked, events = events[ASKED], events.drop_columns([ASKED])
    return events if keep.query else events.set_column(events.column_names.index("url_query"), "url_query", asked)


def _rejects(parsed: pa.Table, lines: Sequence[pa.Table]) -> pa.Table:
    """Rejected lines with place, reason and excerpt."""
    rejected = parsed.filter(pc.starts_with(parsed["outcome"], REJECTED)).sort_by("_n")
    texts = pa.concat_tables(lines)["_line"].take(rejected["_n"]) if len(rejected) else pa.array([], pa.string())
    return pa.table(
        {
            "_n": rejected["_n"],
            "byte_offset": rejected["_off"],
            "reason": pc.utf8_slice_codeunits(rejected["outcome"], len(REJECTED)),
            "excerpt": pc.utf8_slice_codeunits(texts, 0, EXCERPT),
            "_part": rejected["_part"],
        }
    )


def _oversize(chunk: Chunk) -> pa.Table:
    """Lines too long to be read are rejects without an excerpt."""
    rows = [
        {"line": long.line, "byte_offset": long.offset, "reason": f"{long.length} bytes long, beyond the limit"}
        for long in chunk.oversize
    ]
    return pa.Table.from_pylist([{**row, "excerpt": ""} for row in rows], schema=_REJECTS)


def _format_counts(events: pa.Table, parser: LineParser) -> Mapping[str, int]:
    counts: Counter[str] = Counter()
    for row in pc.value_counts(events["_f"]).to_pylist():
        counts[parser.label(row["values"])] += row["counts"]
    return counts


def _filled(events: pa.Table) -> Mapping[str, int]:
    filled = {name: len(events) - events[name].null_count for name in FIRST_PASS}
    filled["url_path"] = pc.sum(events["_path"]).as_py() or 0
    filled["user_agent"] = pc.sum(events["_agent"]).as_py() or 0
    return filled


def batch_of_packets(
    batch: CaptureBatch, offset: int, packet: int, scratch: Scratch, labeller: Labeller, keep: Keep
) -> Batch:
    """Label the events of one batch of packets; ``offset`` and ``packet`` are where it begins."""
    names = {"packet": "_n", "offset": "_off"}
    events = batch.events.rename_columns([names.get(name, name) for name in batch.events.column_names])
    extras = f"src_ip AS {DEVICE}, hash(({_PACKET_KEY})) AS _key, {labeller.hit} AS _hit"
    events = scratch.query(events, lambda name: f"SELECT *, {extras} FROM {name}")
    interesting = labeller.interesting(events)
    chosen = events if keep.everything else events.filter(interesting)
    labelled = labeller.label(chosen, keep_all=keep.everything)
    formats = pa.array([CAPTURE_LABEL] * len(labelled), pa.string())
    stored = labelled.append_column("format", formats).drop_columns(["_key", "_hit", DEVICE])
    return Batch(
        from_offset=offset,
        to_offset=batch.bytes_read,
        first_line=packet,
        next_line=packet + batch.packets,
        sha256="",
        lines=batch.packets,
        events=events.select(_ROLLUP),
        ai_events=stored_events(stored, keep),
        rejects=_REJECTS.empty_table(),
        skips={"not IP": batch.not_ip} if batch.not_ip else {},
        formats={CAPTURE_LABEL: len(events)},
        filled={name: len(events) - events[name].null_count for name in (*FIRST_PASS, "url_path", "user_agent")},
        used=batch.dissected,
        skipped=batch.not_ip,
        rejected=batch.damaged,
    )
