"""The half-hourly rollup of AI-related events, written with them: what reports read instead of them."""

from collections.abc import Iterable

import pyarrow as pa

from shadowscan.store.database import Session
from shadowscan.store.schema import rollup_sql


def roll_up(session: Session, events: pa.Table) -> None:
    """Add the rollup of events just written, all of one ledger entry."""
    if len(events):
        session.execute(rollup_sql(), told=events)


def roll_up_again(session: Session, entries: Iterable[int]) -> None:
    """Make the rollup of these ledger entries anew: their events have been labelled again."""
    for entry in entries:
        session.execute("DELETE FROM ai_usage WHERE ledger_id = ?", [entry])
        roll_up(session, session.table("SELECT * FROM events WHERE ledger_id = $entry", {"entry": entry}))
