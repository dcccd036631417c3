"""One chunk of an input -> a Batch: what the ledger commits."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from shadowscan.capture import CaptureBatch
from shadowscan.formats.compile import EVENT, REJECTED, SKIPPED
from shadowscan.formats.targets import DEVICE
from shadowscan.ingest.label import ASKED, FIRST_PASS, FULL, Labeller
from shadowscan.ingest.lines import LineParser
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


def batch_of_lines(chunk: Chunk, parser: LineParser, labeller: Labeller, keep: Keep) -> Batch:
    """Parse and label one chunk of text."""
    lines = line_table(chunk)
    parsed = parser.parse(lines, labeller.first_pass)
    is_event = pc.equal(parsed["outcome"], EVENT)
    events = parsed.filter(is_event)
    interesting = labeller.interesting(events)
    rejects = _rejects(parsed, lines, chunk)
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
        ai_events=_ai_events(lines, events if keep.everything else events.filter(interesting), parser, labeller, keep),
        hosts=labeller.fresh_hosts(),
        rejects=rejects,
        skips=skips,
        formats=_format_counts(events, parser),
        filled=_filled(events),
        used=len(events),
        skipped=sum(skips.values()),
        rejected=len(rejects),
        unterminated=chunk.unterminated,
    )


def line_table(chunk: Chunk) -> pa.Table:
    """Lines of a chunk as the engine reads them."""
    return pa.table({"_n": chunk.numbers, "_off": chunk.offsets, "_line": chunk.lines})


def _ai_events(lines: pa.Table, picked: pa.Table, parser: LineParser, labeller: Labeller, keep: Keep) -> pa.Table:
    """Compute all columns of the picked events and keep those that are (or may be) AI use."""
    picked = picked.select(["_n", "_f"]).sort_by("_n")
    wanted = lines.filter(pc.is_in(lines["_n"], value_set=picked["_n"].combine_chunks()))
    full = parser.reparse(wanted, picked["_f"].combine_chunks(), FULL)
    labelled = labeller.label(full, keep_all=keep.everything)
    labels = pa.array([parser.label(index) for index in labelled["_f"].to_pylist()], pa.string())
    return stored_events(labelled.append_column("format", labels).drop_columns(["_f", "outcome"]), keep)


def stored_events(events: pa.Table, keep: Keep) -> pa.Table:
    """Rename the position columns as the store has them.

    Of the query of a URL only the parameter that the signature asked for is kept, in the catalogue's words: so the
    event can be judged again. All of it is kept on request.
    """
    names = {"_n": "line", "_off": "byte_offset"}
    events = events.rename_columns([names.get(name, name) for name in events.column_names])
    asked, events = events[ASKED], events.drop_columns([ASKED])
    return events if keep.query else events.set_column(events.column_names.index("url_query"), "url_query", asked)


def _rejects(parsed: pa.Table, lines: pa.Table, chunk: Chunk) -> pa.Table:
    """Rejected lines with place, reason and excerpt; those too long to be read have no excerpt."""
    rejected = (
        parsed.filter(pc.starts_with(parsed["outcome"], REJECTED)).select(["_n", "_off", "outcome"]).sort_by("_n")
    )
    texts = lines.filter(pc.is_in(lines["_n"], value_set=rejected["_n"].combine_chunks()))["_line"]
    columns = [
        rejected["_n"],
        rejected["_off"],
        pc.utf8_slice_codeunits(rejected["outcome"], len(REJECTED)),
        pc.utf8_slice_codeunits(texts, 0, EXCERPT),
    ]
    oversize = [
        {
            "line": long.line,
            "byte_offset": long.offset,
            "reason": f"{long.length} bytes long, beyond the limit",
            "excerpt": "",
        }
        for long in chunk.oversize
    ]
    return pa.concat_tables([pa.table(columns, schema=_REJECTS), pa.Table.from_pylist(oversize, schema=_REJECTS)])


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
        hosts=labeller.fresh_hosts(),
        rejects=_REJECTS.empty_table(),
        skips={"not IP": batch.not_ip} if batch.not_ip else {},
        formats={CAPTURE_LABEL: len(events)},
        filled={name: len(events) - events[name].null_count for name in (*FIRST_PASS, "url_path", "user_agent")},
        used=batch.dissected,
        skipped=batch.not_ip,
        rejected=batch.damaged,
    )
