"""What some chunks gave, written exactly once: their rows, their ledger entries and the files' new positions.

All of it is one transaction: after a crash either everything is there or nothing, and the next run continues at the
ledger's offsets. A transaction takes 40 ms however little it writes, so chunks of many small files share one.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from shadowscan.store.database import Session
from shadowscan.store.labels import note_mixture
from shadowscan.store.ledger import ROW_TABLES, next_number
from shadowscan.store.overlap import Fresh, repeated
from shadowscan.store.records import Batch, Committed, Load, Progress, RunRecord, Stretch, utc_now
from shadowscan.store.rollup import roll_up
from shadowscan.store.usage import add_usage

_TIME = pa.timestamp("us")
_LEDGER = pa.schema(
    [
        *((name, pa.int32()) for name in ("ledger_id", "file_id", "run_id")),
        *((name, pa.int64()) for name in ("from_offset", "to_offset", "first_line", "lines", "used", "events")),
        *((name, pa.int64()) for name in ("skipped", "rejected", "duplicates", "ai_events")),
        *((name, pa.string()) for name in ("sha256", "filled")),
        *((name, _TIME) for name in ("first_ts", "last_ts", "committed")),
    ]
)
_FILES = pa.schema(
    [
        *((name, pa.int32()) for name in ("file_id", "open_ledger")),
        *((name, pa.string()) for name in ("path", "kind", "compression", "encoding", "head_sha256", "marker_sha256")),
        *((name, pa.string()) for name in ("layout", "problem", "site")),
        *((name, pa.int64()) for name in ("size", "head_length", "consumed", "marker_from", "next_line")),
        ("complete", pa.bool_()),
        *((name, _TIME) for name in ("modified", "first_seen", "last_seen")),
    ]
)
_KEPT = ("file_id", "kind", "first_seen")
"""Columns of ``files`` that stay as they were first written."""
_KNOWN = ("encoding", "site")
"""Columns of ``files`` that a later reading does not make unknown again."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A ledger entry to be written."""

    ledger_id: int
    stretch: Stretch

    @property
    def batch(self) -> Batch:
        return self.stretch.batch

    @property
    def file_id(self) -> int:
        return self.stretch.progress.known_id

    @property
    def span(self) -> tuple[datetime | None, datetime | None]:
        """Time of the first and of the last event."""
        bounds = pc.min_max(self.batch.events["ts"])
        return bounds["min"].as_py(), bounds["max"].as_py()

    def rows(self, table: pa.Table) -> pa.Table:
        """Rows that this entry gave."""
        return table.append_column("ledger_id", pa.repeat(pa.scalar(self.ledger_id, pa.int32()), len(table)))


def commit(session: Session, run: RunRecord, load: Load) -> list[Committed | None]:
    """Write a load, all or nothing; return what each of its chunks added.

    None for chunks of a file in which another process has read on since this one looked it up: nothing is written
    for it.
    """
    with session.transaction():
        files = [*(one.progress for one in load.stretches), *(one.progress for one in load.remarks)]
        gone = _read_elsewhere(session, files)
        files = [file for file in files if file.file_id not in gone]
        stretches = [stretch for stretch in load.stretches if stretch.progress.file_id not in gone]
        note_mixture(session, run.catalog)
        _undo(session, {entry for stretch in stretches for entry in stretch.progress.undo})
        _number(session, files)
        first = next_number(session, "ledger", "ledger_id")
        entries = [_Entry(number, stretch) for number, stretch in enumerate(stretches, first)]
        committed = _insert_rows(session, entries, load.hosts)
        _insert_entries(session, run, entries, committed)
        for entry in entries:
            entry.stretch.move_on(entry.ledger_id)
        _save_files(session, files, {id(one.progress): one.problem for one in load.remarks})
    added = {id(entry.stretch): counts for entry, counts in zip(entries, committed, strict=True)}
    return [added.get(id(stretch)) for stretch in load.stretches]


def _read_elsewhere(session: Session, files: Iterable[Progress]) -> set[int]:
    """A scan beside a watcher may have read the same file: the second of them must not count it again."""
    expected = {file.file_id: (file.consumed, file.open_ledger) for file in files if file.file_id is not None}
    rows = session.rows(
        "SELECT file_id, consumed, open_ledger FROM files WHERE file_id IN (SELECT unnest(?::INTEGER[]))",
        [list(expected)],
    )
    found = {number: (consumed, open_ledger) for number, consumed, open_ledger in rows}
    return {number for number, position in expected.items() if found.get(number) != position}


def _undo(session: Session, entries: AbstractSet[int]) -> None:
    for table in (*ROW_TABLES, "ledger") if entries else ():
        session.execute(f"DELETE FROM {table} WHERE ledger_id IN (SELECT unnest(?::INTEGER[]))", [list(entries)])


def _number(session: Session, files: Iterable[Progress]) -> None:
    """Give files that are new their number."""
    number = next_number(session, "files", "file_id")
    for file in files:
        if file.file_id is None:
            file.file_id, number = number, number + 1


def _insert_rows(session: Session, entries: Sequence[_Entry], hosts: pa.Table) -> list[Committed]:
    events = _of_all(entries, [entry.batch.events for entry in entries])
    dropped = repeated(session, [_fresh(entry) for entry in entries], events)
    counted, stored = list[pa.Table](), list[pa.Table]()
    for entry in entries:
        lines = dropped.get(entry.ledger_id, ())
        counted.append(_without(entry.batch.events, "_n", lines))
        stored.append(_without(entry.batch.ai_events, "line", lines))
    told = _of_all(entries, stored)
    session.insert("events", told)
    roll_up(session, told)
    session.insert("rejects", _of_all(entries, [entry.batch.rejects for entry in entries]))
    session.insert("skips", _counts(entries, "reason", [entry.batch.skips for entry in entries]))
    session.insert("ledger_formats", _counts(entries, "format", [entry.batch.formats for entry in entries]))
    add_usage(session, _of_all(entries, counted) if dropped else events, hosts)
    if len(events):
        session.execute(
            "INSERT INTO source_hours SELECT ledger_id, date_trunc('hour', ts) AS hour, count(*) FROM batch"
            " WHERE ts IS NOT NULL GROUP BY ALL",
            batch=events.select(["ledger_id", "ts"]),
        )
        keys = events.select(["ledger_id", "_key"])
        session.execute("INSERT INTO line_keys SELECT ledger_id, _key FROM batch", batch=keys)
    return [
        Committed(len(mine), len(entry.batch.events) - len(mine), _ai_use(ai))
        for entry, mine, ai in zip(entries, counted, stored, strict=True)
    ]


def _fresh(entry: _Entry) -> Fresh:
    return Fresh(entry.ledger_id, entry.file_id, *entry.span, tuple(entry.batch.formats))


def _of_all(entries: Sequence[_Entry], tables: Sequence[pa.Table]) -> pa.Table:
    """Rows of several entries as one table."""
    rows = [entry.rows(table) for entry, table in zip(entries, tables, strict=True)]
    if not rows:
        return pa.table({"ledger_id": pa.array([], pa.int32())})
    # A batch of a few rows each would cost DuckDB more than to copy them.
    return rows[0] if len(rows) == 1 else pa.concat_tables(rows).combine_chunks()


def _without(table: pa.Table, column: str, numbers: Sequence[int]) -> pa.Table:
    return table.filter(pc.invert(pc.is_in(table[column], pa.array(numbers, pa.int64())))) if numbers else table


def _counts(entries: Sequence[_Entry], key: str, counts: Sequence[Mapping[str, int]]) -> pa.Table:
    rows = [
        (entry.ledger_id, name, lines)
        for entry, mine in zip(entries, counts, strict=True)
        for name, lines in mine.items()
    ]
    schema = pa.schema([("ledger_id", pa.int32()), (key, pa.string()), ("lines", pa.int64())])
    return pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in rows], schema)


def _ai_use(stored: pa.Table) -> int:
    """Count the stored events that are (or may be) AI use: all, unless every event is kept."""
    return int(pc.sum(pc.not_equal(stored["verdict"], "none")).as_py() or 0)


def _insert_entries(
    session: Session, run: RunRecord, entries: Sequence[_Entry], committed: Sequence[Committed]
) -> None:
    now = utc_now()
    rows = [
        {**_facts(entry), "run_id": run.run_id, "committed": now, **_outcome(entry.batch, counts)}
        for entry, counts in zip(entries, committed, strict=True)
    ]
    session.insert("ledger", pa.Table.from_pylist(rows, _LEDGER))


def _facts(entry: _Entry) -> dict[str, Any]:
    batch, (first, last) = entry.batch, entry.span
    return {
        "ledger_id": entry.ledger_id,
        "file_id": entry.file_id,
        "from_offset": batch.from_offset,
        "to_offset": batch.to_offset,
        "first_line": batch.first_line,
        "sha256": batch.sha256,
        "first_ts": first,
        "last_ts": last,
    }


def _outcome(batch: Batch, counts: Committed) -> dict[str, Any]:
    return {
        "lines": batch.lines,
        "used": batch.used,
        "events": counts.events,
        "skipped": batch.skipped,
        "rejected": batch.rejected,
        "duplicates": counts.duplicates,
        "ai_events": counts.ai_events,
        "filled": json.dumps(dict(batch.filled)),
    }


def _save_files(session: Session, files: Sequence[Progress], problems: Mapping[int, str]) -> None:
    rows = [_file_row(file, problems.get(id(file))) for file in {id(file): file for file in files}.values()]
    changed = [
        f"{name} = coalesce(excluded.{name}, {name})" if name in _KNOWN else f"{name} = excluded.{name}"
        for name in _FILES.names
        if name not in _KEPT
    ]
    if rows:
        session.execute(
            f"INSERT INTO files BY NAME SELECT * FROM batch ON CONFLICT (file_id) DO UPDATE SET {', '.join(changed)}",
            batch=pa.Table.from_pylist(rows, _FILES),
        )


def _file_row(progress: Progress, problem: str | None) -> dict[str, Any]:
    facts, mark, now = progress.facts, progress.mark, utc_now()
    return {
        "file_id": progress.file_id,
        "path": facts.path,
        "kind": facts.kind,
        "compression": facts.compression,
        "encoding": mark.encoding,
        "size": facts.size,
        "modified": facts.modified.replace(tzinfo=None) if facts.modified else None,
        "head_length": mark.head_length,
        "head_sha256": mark.head_sha256,
        "consumed": progress.consumed,
        "marker_from": mark.marker_from,
        "marker_sha256": mark.marker_sha256,
        "next_line": progress.next_line,
        "open_ledger": progress.open_ledger,
        "layout": json.dumps(mark.layout),
        "complete": problem is None,
        "problem": problem,
        "first_seen": now,
        "last_seen": now,
        "site": facts.site,
    }
