"""Looking after a database: what is too old goes, dead space is given back, and what is left is proved sound."""

import re
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from shadowscan.errors import DatabaseError, DatabaseFullError, UsageError
from shadowscan.store.database import Database, Session
from shadowscan.store.ledger import ROW_TABLES

_AGE = "least(coalesce(last_ts, committed), committed)"
"""When an entry ends: by its newest event; one that claims to come from the future, by when it was read."""
_TORN_AT = re.compile(r"entry at byte position (\d+)")
_HEADERS = 3 * 4096
"""Bytes of a DuckDB file before its first block."""
_ROOM = 0.9
"""Share of the size asked for that pruning aims at, so that it isn't needed again at once."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was deleted."""

    entries: int = 0
    lines: int = 0

    def __add__(self, other: "Pruned") -> "Pruned":
        return Pruned(self.entries + other.entries, self.lines + other.lines)


@dataclass(frozen=True, slots=True)
class Size:
    """Bytes in use and bytes that compaction gives back."""

    used: int
    free: int


def prune_before(database: Database, moment: datetime) -> Pruned:
    """Delete the ledger entries whose newest event lies before a moment (UTC), with all their rows.

    What the files are known by is kept: a file that still lies somewhere is not read again.
    """
    with database.write() as session:
        return _prune(session, f"{_AGE} < ?", [moment])


def prune_to(database: Database, limit: int) -> Pruned:
    """Delete the oldest entries until the database, compacted, takes at most ``limit`` bytes; compacts it."""
    pruned = Pruned()
    while (size := size_of(database)).used > limit:
        share = 1 - _ROOM * limit / size.used
        with database.write() as session:
            step = _prune(session, _OLDEST, [share])
        if not step.entries:
            break
        pruned += step
        compact(database)
    return pruned


_OLDEST = f"""ledger_id IN (
    SELECT ledger_id FROM (
        SELECT ledger_id, sum(lines) OVER (ORDER BY {_AGE}, ledger_id) - lines AS before, sum(lines) OVER () AS total
        FROM ledger
    ) WHERE before < ? * total)"""


def _prune(session: Session, condition: str, parameters: list[object]) -> Pruned:
    with session.transaction():
        session.execute(
            f"CREATE OR REPLACE TEMP TABLE pruned AS SELECT ledger_id, lines FROM ledger WHERE {condition}", parameters
        )
        entries, lines = session.rows("SELECT count(*), coalesce(sum(lines), 0)::BIGINT FROM pruned")[0]
        for table in (*ROW_TABLES, "ledger"):
            session.execute(f"DELETE FROM {table} WHERE ledger_id IN (SELECT ledger_id FROM pruned)")
        session.execute("DELETE FROM origins WHERE origin_id NOT IN (SELECT origin_id FROM usage)")
        session.execute("UPDATE files SET open_ledger = NULL WHERE open_ledger IN (SELECT ledger_id FROM pruned)")
    return Pruned(int(entries), int(lines))


def size_of(database: Database) -> Size:
    """Return how much of the file is in use."""
    with database.read() as session:
        row = session.dicts("SELECT block_size, used_blocks, free_blocks FROM pragma_database_size()")[0]
    return Size(_HEADERS + row["used_blocks"] * row["block_size"], row["free_blocks"] * row["block_size"])


def compact(database: Database) -> int:
    """Give dead space back: a copy without it takes the database's place; return the bytes won.

    DatabaseFullError, before anything is done, if the copy would not fit beside it.
    """
    size, before = size_of(database), database.path.stat().st_size
    if shutil.disk_usage(database.path.parent).free < 1.1 * size.used:
        hint = "compaction needs room for a second copy; make some, or move the database"
        raise DatabaseFullError("no room for compaction", where=str(database.path), hint=hint)
    with database.write() as session:
        session.execute("CHECKPOINT")
    part = database.path.with_name(f".{database.path.name}.compact")
    part.unlink(missing_ok=True)
    database.copy_to(part, database.path)
    return before - database.path.stat().st_size


def backup(database: Database, target: Path) -> int:
    """Copy the database as of one moment to a new file, also while it is written to; return its bytes.

    UsageError if there is such a file.
    """
    if target.exists():
        raise UsageError("is there already", where=str(target), hint="name another file")
    if not target.parent.is_dir():
        raise UsageError("no such folder", where=str(target.parent))
    part = target.with_name(f".{target.name}.part")
    part.unlink(missing_ok=True)
    database.copy_to(part, target)
    return target.stat().st_size


def repair(database: Database) -> Path | None:
    """Cut the write-ahead log off where a power loss tore it; return where the torn one is kept, None if it is sound.

    Every commit that was confirmed is before the tear: it was synced to the disk. DatabaseError if it is no such tear.
    """
    log = database.path.with_name(f"{database.path.name}.wal")
    try:
        with database.write() as session:
            session.execute("CHECKPOINT")
    except DatabaseError as error:
        torn = _TORN_AT.search(error.problem.reason)
        if torn is None or not log.exists():
            raise
    else:
        return None
    kept = log.with_name(f"{log.name}.torn")
    shutil.copyfile(log, kept)
    with log.open("r+b") as file:
        file.truncate(int(torn[1]))
    with database.write() as session:
        session.execute("CHECKPOINT")
    return kept


def verify(database: Database) -> tuple[list[str], int]:
    """Compare the ledger with the rows it stands for; return what is wrong, and how many entries there are."""
    with database.read() as session:
        wrong = [text for query in (*_orphans(), *_CHECKS) for (text,) in session.rows(query)]
        return wrong, int(session.rows("SELECT count(*) FROM ledger")[0][0])


def _orphans() -> list[str]:
    rows = [
        f"SELECT format('{{}} rows of {table} belong to no ledger entry', count(*)) FROM {table}"
        " WHERE ledger_id NOT IN (SELECT ledger_id FROM ledger) HAVING count(*) > 0"
        for table in ROW_TABLES
    ]
    entries = (
        "SELECT format('ledger entry {} belongs to no file', ledger_id) FROM ledger"
        " WHERE file_id NOT IN (SELECT file_id FROM files)"
    )
    return [*rows, entries]


def _counted(table: str, what: str, expected: str, *, logs_only: bool = False) -> str:
    """SQL for entries whose rows in a table are not as many as the entry says."""
    kind = " AND kind = 'log'" if logs_only else ""
    return f"""SELECT format('ledger entry {{}}: {{}} in {table}, {{}} by the ledger', ledger_id, found, expected)
    FROM (
        SELECT ledger.ledger_id, {expected} AS expected, coalesce(any_value(found), 0) AS found
        FROM ledger JOIN files USING (file_id)
        LEFT JOIN (SELECT ledger_id, {what} AS found FROM {table} GROUP BY ledger_id) USING (ledger_id)
        WHERE TRUE{kind} GROUP BY ALL
    ) WHERE found <> expected ORDER BY ledger_id"""


_CHECKS = (
    (
        "SELECT format('ledger entry {}: {} lines are not {} used, {} skipped and {} rejected', ledger_id, lines, used,"
        " skipped, rejected) FROM ledger WHERE lines <> used + skipped + rejected"
    ),
    _counted("events", "count(*)", "ai_events"),
    _counted("line_keys", "count(*)", "events + duplicates"),
    _counted("usage", "sum(requests)::BIGINT", "events"),
    """SELECT format('{} rows of usage are of no known host or origin', count(*)) FROM usage
    WHERE origin_id NOT IN (SELECT origin_id FROM origins) OR host_id NOT IN (SELECT host_id FROM hosts)
    HAVING count(*) > 0""",
    _counted("skips", "sum(lines)::BIGINT", "skipped"),
    _counted("ledger_formats", "sum(lines)::BIGINT", "events + duplicates"),
    _counted("rejects", "count(*)", "rejected", logs_only=True),
    """SELECT format('{}: bytes {} to {} are counted twice', path, from_offset, reached) FROM (
        SELECT path, from_offset,
               max(to_offset) OVER (PARTITION BY file_id ORDER BY from_offset, to_offset
                                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
        FROM ledger JOIN files USING (file_id)
    ) WHERE from_offset < reached""",
    """SELECT format('{}: read up to byte {}, by the ledger up to {}', path, consumed, reached) FROM (
        SELECT path, consumed, max(to_offset) AS reached FROM ledger JOIN files USING (file_id) GROUP BY ALL
    ) WHERE reached <> consumed""",
)
"""Each yields one text a fault."""
