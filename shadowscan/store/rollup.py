"""The half-hourly rollup of AI-related events, written with them: what reports read instead of them."""

import pyarrow as pa

from shadowscan.store.database import Session
from shadowscan.store.schema import rollup_sql

STRETCH = 250_000
"""Events that are rolled up at a time, about."""


def roll_up(session: Session, events: pa.Table) -> None:
    """Add the rollup of events just written."""
    if len(events):
        session.execute(rollup_sql(), told=events)


def roll_up_again(session: Session, hosts: str | None = None) -> None:
    """Make the rollup anew, for the hosts of a table or all: their events have been labelled again.

    A stretch of ledger entries at a time, to save memory.
    """
    only = f"SEMI JOIN {hosts} USING (host)" if hosts else ""
    session.execute(f"DELETE FROM ai_usage {f'WHERE host IN (SELECT host FROM {hosts})' if hosts else ''}")
    stretches = session.rows(
        f"""SELECT min(ledger_id), max(ledger_id) FROM (
            SELECT ledger_id, sum(count(*)) OVER (ORDER BY ledger_id) // {STRETCH} AS part
            FROM events {only} GROUP BY ledger_id
        ) GROUP BY part ORDER BY part"""
    )
    for first, last in stretches:
        told = f"(FROM events {only} WHERE ledger_id BETWEEN {int(first)} AND {int(last)})"
        session.execute(rollup_sql(told=told))
