"""Exports that overlap: which lines of new ledger entries other files have given already.

Equal lines within one file are all real; over files the maximum counts, not the sum. So the r-th occurrence of a line
in a file is new only if no other file holds r of them. Compared are entries of one format that cover the same time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from shadowscan.store.database import Session


@dataclass(frozen=True, slots=True)
class Fresh:
    """A ledger entry that is about to be written."""

    ledger_id: int
    file_id: int
    first: datetime | None
    """Time of its first event."""
    last: datetime | None
    formats: Sequence[str]


_SPANS = pa.schema(
    [
        ("ledger_id", pa.int32()),
        ("file_id", pa.int32()),
        ("log", pa.string()),
        ("first_ts", pa.timestamp("us")),
        ("last_ts", pa.timestamp("us")),
    ]
)
# An entry whose events have no time may overlap any other.
_OVERLAP = (
    "{0}.log = {1}.log AND ({0}.first_ts IS NULL OR {1}.first_ts IS NULL"
    " OR ({0}.first_ts <= {1}.last_ts AND {0}.last_ts >= {1}.first_ts))"
)
_NEAR = f"""
    WITH stretch AS (
        SELECT log, CASE WHEN count(*) = count(first_ts) THEN min(first_ts) END AS first_ts, max(last_ts) AS last_ts
        FROM fresh GROUP BY log
    ), kept AS (
        SELECT ledger_id, file_id, split_part(format, '@', 1) AS log, first_ts, last_ts
        FROM ledger JOIN ledger_formats USING (ledger_id)
    )
    SELECT kept.* FROM kept JOIN stretch ON {_OVERLAP.format("kept", "stretch")}"""
"""Entries there are, as far as they may overlap new ones."""
_REPEATED = f"""
    WITH spans AS (FROM near UNION ALL FROM fresh),
    met AS MATERIALIZED (
        SELECT ledger_id, key, count(*) AS times FROM line_keys
        WHERE ledger_id IN (SELECT ledger_id FROM near) AND key IN (SELECT _key FROM batch) GROUP BY ALL
        UNION ALL
        SELECT ledger_id, _key, count(*) FROM batch GROUP BY ALL
    ), pairs AS MATERIALIZED (
        SELECT mine.ledger_id, key, former.ledger_id AS former, former.times
        FROM met AS mine JOIN met AS former USING (key)
        WHERE former.ledger_id < mine.ledger_id AND mine.ledger_id IN (SELECT ledger_id FROM fresh)
    ), overlapping AS (
        SELECT DISTINCT mine.ledger_id, theirs.ledger_id AS former, mine.file_id = theirs.file_id AS own, theirs.file_id
        FROM (SELECT DISTINCT ledger_id, former FROM pairs) AS pair
        JOIN spans AS mine USING (ledger_id) JOIN spans AS theirs ON theirs.ledger_id = former
        WHERE {_OVERLAP.format("mine", "theirs")}
    ), held AS (
        SELECT ledger_id, key, own, file_id, sum(times) AS times FROM pairs JOIN overlapping USING (ledger_id, former)
        GROUP BY ALL
    ), counted AS (
        SELECT ledger_id, key, max(times) FILTER (NOT own) AS elsewhere, coalesce(max(times) FILTER (own), 0) AS before
        FROM held GROUP BY ALL
    )
    SELECT ledger_id, list(_n) FROM (
        SELECT ledger_id, _n, _key AS key, row_number() OVER (PARTITION BY ledger_id, _key ORDER BY _n) AS nth
        FROM batch
    ) JOIN counted USING (ledger_id, key) WHERE before + nth <= elsewhere GROUP BY ledger_id"""


def repeated(session: Session, entries: Sequence[Fresh], events: pa.Table) -> dict[int, list[int]]:
    """Return, by ledger entry, the lines (``_n``) that need not be counted; ``events`` has ledger_id, _n and _key."""
    if not len(events):
        return {}
    fresh = pa.Table.from_pylist(
        [
            {"ledger_id": one.ledger_id, "file_id": one.file_id, "log": log, "first_ts": one.first, "last_ts": one.last}
            for one in entries
            for log in {label.split("@")[0] for label in one.formats}
        ],
        _SPANS,
    )
    near = session.table(_NEAR, fresh=fresh)
    if len({one.file_id for one in entries}.union(near["file_id"].to_pylist())) < 2:
        return {}
    batch = events.select(["ledger_id", "_n", "_key"])
    rows = session.table(_REPEATED, fresh=fresh, near=near, batch=batch)
    return dict(zip(*(column.to_pylist() for column in rows.columns), strict=True))
