"""What was read: runs, files by content, byte ranges. ``store.commit`` adds to it."""

import json
from typing import Any

from shadowscan.store.database import Session
from shadowscan.store.records import FileRecord, Mark, RunRecord, utc_now

ROW_TABLES = ("ledger_formats", "skips", "rejects", "line_keys", "usage", "ai_usage", "source_hours", "events")
"""What a ledger entry gave: rows of these tables bear its number and go with it."""


def begin_run(session: Session, *, command: str, version: str, catalog: str) -> RunRecord:
    """Record the start of a run."""
    run_id = next_number(session, "runs", "run_id")
    run = RunRecord(run_id, command, catalog)
    session.execute("INSERT INTO runs VALUES (?, ?, NULL, ?, ?, ?)", [run_id, run.started, command, version, catalog])
    return run


def end_run(session: Session, run: RunRecord) -> None:
    """Record the regular end of a run."""
    session.execute("UPDATE runs SET finished = ? WHERE run_id = ?", [utc_now(), run.run_id])


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


def next_number(session: Session, table: str, column: str) -> int:
    """Return one more than the highest number given so far."""
    return int(session.rows(f"SELECT coalesce(max({column}), 0) + 1 FROM {table}")[0][0])
