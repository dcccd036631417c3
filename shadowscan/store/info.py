"""Facts about a database for people who look after it."""

from typing import Any

from shadowscan.store.database import Session


def describe(session: Session) -> dict[str, Any]:
    """Return schema version, rows of every table, runs, and the time the events span."""
    schema = session.rows("SELECT value FROM meta WHERE key = 'schema'")[0][0]
    tables = session.rows("SELECT table_name FROM duckdb_tables() ORDER BY table_name")
    rows = {f"rows in {name}": session.rows(f'SELECT count(*) FROM "{name}"')[0][0] for (name,) in tables}
    first, last = session.rows("SELECT min(first_ts), max(last_ts) FROM ledger")[0]
    runs, unfinished = session.rows("SELECT count(*), count(*) FILTER (finished IS NULL) FROM runs")[0]
    lines, used, skipped, rejected = session.rows(
        "SELECT coalesce(sum(lines), 0)::BIGINT, coalesce(sum(used), 0)::BIGINT, coalesce(sum(skipped), 0)::BIGINT,"
        " coalesce(sum(rejected), 0)::BIGINT FROM ledger"
    )[0]
    return {
        "schema": int(schema),
        "runs": runs,
        "runs not finished": unfinished,
        "first event": first,
        "last event": last,
        "lines read": lines,
        "lines used": used,
        "lines skipped": skipped,
        "lines rejected": rejected,
        **rows,
    }


def rejected_lines(session: Session, limit: int) -> tuple[list[tuple[Any, ...]], int]:
    """Return (file, line, reason, excerpt) of up to ``limit`` rejected lines, and how many there are."""
    rows = session.rows(
        "SELECT path, rejects.line, reason, excerpt FROM rejects JOIN ledger USING (ledger_id)"
        " JOIN files USING (file_id) ORDER BY path, line LIMIT ?",
        [limit],
    )
    return rows, int(session.rows("SELECT count(*) FROM rejects")[0][0])
