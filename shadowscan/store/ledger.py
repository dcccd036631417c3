"""What was read, exactly once: files by content, byte ranges, and the rows each range gave.

A commit writes the rows of one chunk and its ledger entry in one transaction: after a crash either both are
there or neither, and the next run continues at the ledger's offset.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from shadowscan.errors import SourceGoneError
from shadowscan.store.database import Session
from shadowscan.store.labels import note_mixture
from shadowscan.store.records import Batch, Committed, FileRecord, Mark, Progress, RunRecord
from shadowscan.store.rollup import roll_up
from shadowscan.store.usage import add_usage

ROW_TABLES = ("ledger_formats", "skips", "rejects", "line_keys", "usage", "ai_usage", "source_hours", "events")
"""What a ledger entry gave: rows of these tables bear its number and go with it."""


def begin_run(session: Session, *, command: str, version: str, catalog: str) -> RunRecord:
    """Record the start of a run."""
    run_id = _next(session, "runs", "run_id")
    run = RunRecord(run_id, command, catalog)
    session.execute("INSERT INTO runs VALUES (?, ?, NULL, ?, ?, ?)", [run_id, run.started, command, version, catalog])
    return run


def end_run(session: Session, run: RunRecord) -> None:
    """Record the regular end of a run."""
    session.execute("UPDATE runs SET finished = ? WHERE run_id = ?", [_now(), run.run_id])


def known_files(session: Session) -> list[FileRecord]:
    """Return every content met before."""
    rows = session.rows(
        "SELECT file_id, path, consumed, next_line, open_ledger, head_length, head_sha256, marker_from, marker_sha256,"
        " layout, encoding FROM files"
    )
    return [_record(*row) for row in rows]


def _record(file_id: int, path: str, consumed: int, next_line: int, open_ledger: int | None, *mark: Any) -> FileRecord:
    length, head, start, marker, layout, encoding = mark
    known = Mark(length, head, start, marker, tuple(json.loads(layout)), encoding)
    return FileRecord(file_id, path, consumed, next_line, open_ledger, known)


def entry_range(session: Session, ledger_id: int) -> tuple[int, int]:
    """Return (byte offset, line) where a ledger entry begins."""
    row = session.rows("SELECT from_offset, first_line FROM ledger WHERE ledger_id = ?", [ledger_id])[0]
    return int(row[0]), int(row[1])


def entries_of(session: Session, file_id: int) -> tuple[int, ...]:
    """Return the ledger entries of a file."""
    return tuple(row[0] for row in session.rows("SELECT ledger_id FROM ledger WHERE file_id = ?", [file_id]))


def commit(session: Session, run: RunRecord, progress: Progress, batch: Batch, mark: Mark) -> Committed:
    """Write one chunk's rows, its ledger entry and the file's new position: all or nothing.

    SourceGoneError if another process has read on in the file since this one looked it up.
    """
    with session.transaction():
        _check_position(session, progress)
        note_mixture(session, run.catalog)
        for entry in progress.undo:
            _undo(session, entry)
        if progress.file_id is None:
            progress.file_id = _next(session, "files", "file_id")
        ledger_id = _next(session, "ledger", "ledger_id")
        duplicates = _duplicates(session, progress.file_id, batch)
        committed = _insert_rows(session, ledger_id, batch, duplicates)
        _insert_entry(session, run, progress.file_id, batch, committed)
        progress.open_ledger = ledger_id if batch.unterminated else None
        progress.mark, progress.consumed, progress.next_line = mark, batch.to_offset, batch.next_line
        _save_file(session, progress, problem=None)
    progress.undo = ()
    return committed


def _check_position(session: Session, progress: Progress) -> None:
    """A scan beside a watcher may have read the same file: the second of them must not count it again."""
    if progress.file_id is None:
        return
    rows = session.rows("SELECT consumed, open_ledger FROM files WHERE file_id = ?", [progress.file_id])
    if rows != [(progress.consumed, progress.open_ledger)]:
        reason = "another process reads the same input"
        raise SourceGoneError(
            "was read meanwhile", reason=reason, where=progress.facts.path, hint="run it again for the rest"
        )


def note_problem(session: Session, progress: Progress, problem: str) -> None:
    """Record that a file could not be read (to its end); the next successful commit takes the remark away."""
    with session.transaction():
        _save_file(session, progress, problem=problem)


def _save_file(session: Session, progress: Progress, *, problem: str | None) -> None:
    if progress.file_id is None:
        progress.file_id = _next(session, "files", "file_id")
    facts, mark, now = progress.facts, progress.mark, _now()
    session.execute(
        """INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (file_id) DO UPDATE SET path = excluded.path, compression = excluded.compression,
        encoding = coalesce(excluded.encoding, encoding), size = excluded.size, modified = excluded.modified,
        head_length = excluded.head_length, head_sha256 = excluded.head_sha256, consumed = excluded.consumed,
        marker_from = excluded.marker_from,
        marker_sha256 = excluded.marker_sha256, next_line = excluded.next_line, open_ledger = excluded.open_ledger,
        layout = excluded.layout, complete = excluded.complete, problem = excluded.problem,
        last_seen = excluded.last_seen, site = coalesce(excluded.site, site)""",
        [
            progress.file_id,
            facts.path,
            facts.kind,
            facts.compression,
            mark.encoding,
            facts.size,
            facts.modified,
            mark.head_length,
            mark.head_sha256,
            progress.consumed,
            mark.marker_from,
            mark.marker_sha256,
            progress.next_line,
            progress.open_ledger,
            json.dumps(mark.layout),
            problem is None,
            problem,
            now,
            now,
            facts.site,
        ],
    )


def _undo(session: Session, ledger_id: int) -> None:
    for table in (*ROW_TABLES, "ledger"):
        session.execute(f"DELETE FROM {table} WHERE ledger_id = ?", [ledger_id])


def _duplicates(session: Session, file_id: int, batch: Batch) -> pa.Table:
    """Lines of the batch that other files gave already: ``_n``.

    Equal lines within one file are all real; over files the maximum counts, not the sum. So the r-th
    occurrence of a line in this file is new only if no other file holds r of them.
    """
    none = pa.table({"_n": pa.array([], pa.int64())})
    first, last = _time_range(batch.events)
    if not len(batch.events) or not _overlapping(session, file_id, batch.formats, first, last):
        return none
    return session.table(
        """WITH here AS (SELECT _n, _key, row_number() OVER (PARTITION BY _key ORDER BY _n) AS nth FROM batch),
        met AS (
            SELECT key, ledger.file_id, count(*) AS times
            FROM line_keys JOIN ledger USING (ledger_id) WHERE key IN (SELECT _key FROM batch) GROUP BY ALL
        ),
        counted AS (
            SELECT key, max(times) FILTER (file_id <> $file) AS elsewhere,
                   coalesce(max(times) FILTER (file_id = $file), 0) AS before
            FROM met GROUP BY key
        )
        SELECT _n FROM here JOIN counted ON key = _key WHERE before + nth <= elsewhere""",
        {"file": file_id},
        batch=batch.events.select(["_n", "_key"]),
    )


def _overlapping(
    session: Session, file_id: int, formats: Mapping[str, int], first: datetime | None, last: datetime | None
) -> bool:
    """Tell whether another file of one of these formats covers (part of) the same time."""
    names = [label.split("@")[0] for label in formats]
    return bool(
        session.rows(
            """SELECT 1 FROM ledger JOIN ledger_formats USING (ledger_id)
            WHERE file_id <> ? AND split_part(format, '@', 1) IN (SELECT unnest(?::VARCHAR[]))
            AND (first_ts IS NULL OR ?::TIMESTAMP IS NULL OR (first_ts <= ?::TIMESTAMP AND last_ts >= ?::TIMESTAMP))
            LIMIT 1""",
            [file_id, names, first, last, first],
        )
    )


def _insert_rows(session: Session, ledger_id: int, batch: Batch, duplicates: pa.Table) -> Committed:
    dropped = duplicates["_n"]
    ai = batch.ai_events
    if len(dropped):
        ai = ai.filter(pc.invert(pc.is_in(ai["line"], value_set=dropped.combine_chunks())))
    told = _with_ledger(ai, ledger_id)
    session.insert("events", told)
    roll_up(session, told)
    session.insert("rejects", _with_ledger(batch.rejects, ledger_id))
    session.insert("skips", _counts(ledger_id, "reason", batch.skips))
    session.insert("ledger_formats", _counts(ledger_id, "format", batch.formats))
    counted = batch.events
    if len(dropped):
        counted = counted.filter(pc.invert(pc.is_in(counted["_n"], value_set=dropped.combine_chunks())))
    add_usage(session, ledger_id, counted, batch.hosts)
    session.execute(
        "INSERT INTO source_hours SELECT ?, date_trunc('hour', ts) AS hour, count(*) FROM batch WHERE ts IS NOT NULL"
        " GROUP BY hour",
        [ledger_id],
        batch=batch.events.select(["ts"]),
    )
    session.execute("INSERT INTO line_keys SELECT ?, _key FROM batch", [ledger_id], batch=batch.events.select(["_key"]))
    return Committed(ledger_id, len(batch.events) - len(dropped), len(dropped), _ai_use(ai))


def _ai_use(stored: pa.Table) -> int:
    """Count the stored events that are (or may be) AI use: all, unless every event is kept."""
    return int(pc.sum(pc.not_equal(stored["verdict"], "none")).as_py() or 0)


def _insert_entry(session: Session, run: RunRecord, file_id: int, batch: Batch, committed: Committed) -> None:
    first, last = _time_range(batch.events)
    session.execute(
        "INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            committed.ledger_id,
            file_id,
            run.run_id,
            batch.from_offset,
            batch.to_offset,
            batch.first_line,
            batch.lines,
            batch.used,
            committed.events,
            batch.skipped,
            batch.rejected,
            committed.duplicates,
            committed.ai_events,
            batch.sha256,
            first,
            last,
            json.dumps(dict(batch.filled)),
            _now(),
        ],
    )


def _time_range(events: pa.Table) -> tuple[datetime | None, datetime | None]:
    bounds = pc.min_max(events["ts"])
    return bounds["min"].as_py(), bounds["max"].as_py()


def _with_ledger(rows: pa.Table, ledger_id: int) -> pa.Table:
    return rows.append_column("ledger_id", pa.array([ledger_id] * len(rows), pa.int32()))


def _counts(ledger_id: int, key: str, counts: Mapping[str, int]) -> pa.Table:
    names: Sequence[str] = list(counts)
    return pa.table(
        {
            "ledger_id": pa.array([ledger_id] * len(names), pa.int32()),
            key: pa.array(names, pa.string()),
            "lines": pa.array(counts.values(), pa.int64()),
        }
    )


def _next(session: Session, table: str, column: str) -> int:
    return int(session.rows(f"SELECT coalesce(max({column}), 0) + 1 FROM {table}")[0][0])


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
