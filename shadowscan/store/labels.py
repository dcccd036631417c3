"""What the catalogue says of stored hosts and events, and how a newer catalogue's word replaces it.

The labels in a database are all of one catalogue, named in ``meta``. Who finds another there relabels first
(``ingest.relabel``), in one transaction.
"""

from importlib import resources

import pyarrow as pa

from shadowscan.store.database import Session
from shadowscan.store.rollup import roll_up_again

REQUEST = ("host", "method", "url_path", "url_query", "user_agent", "dst_port")
"""Columns of ``events`` that the catalogue judges."""
VERDICT = ("verdict", "service", "activity", "signature", "why", "client_kind", "client_why")
"""Columns of ``events`` that hold its judgement."""

_AI_EVENTS = """UPDATE ledger SET ai_events = found.number
FROM (
    SELECT ledger_id, coalesce(sum(requests), 0)::BIGINT AS number
    FROM ledger LEFT JOIN ai_usage USING (ledger_id) GROUP BY ledger_id
) AS found
WHERE ledger.ledger_id = found.ledger_id AND ai_events <> found.number"""


def catalog_of(session: Session) -> str:
    """Return the version of the catalogue that gave all labels; empty if there is none."""
    return _meta(session, "catalog")


def common_of(session: Session) -> str:
    """Return the digest of what that catalogue said of requests to any host."""
    return _meta(session, "catalog_common")


def note_catalog(session: Session, *, version: str, common: str) -> None:
    """Record the catalogue whose labels the database holds from now on."""
    for key, value in (("catalog", version), ("catalog_common", common)):
        session.execute(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", [key, value]
        )


def note_mixture(session: Session, version: str) -> None:
    """Record that labels of this catalogue come in; where the rest is another's, all are stale."""
    session.execute("UPDATE meta SET value = '' WHERE key = 'catalog' AND value <> ?", [version])


def hosts_seen(session: Session) -> list[str]:
    """Return every distinct host."""
    return [row[0] for row in session.rows("SELECT host FROM hosts")]


def replace_host_labels(session: Session, labels: pa.Table, version: str) -> None:
    """Give hosts their new labels: those not in ``labels`` have none. The table ``changed`` names those that differ."""
    session.execute(
        """CREATE OR REPLACE TEMP TABLE changed AS
        SELECT hosts.host, coalesce(labels.verdict, 'none') AS verdict, labels.service, labels.signature, labels.role,
               labels.basis,
               hosts.verdict AS before
        FROM hosts LEFT JOIN labels USING (host)
        WHERE hosts.verdict <> coalesce(labels.verdict, 'none') OR hosts.service IS DISTINCT FROM labels.service
           OR hosts.signature IS DISTINCT FROM labels.signature OR hosts.basis IS DISTINCT FROM labels.basis""",
        labels=labels,
    )
    session.execute(
        """UPDATE hosts SET verdict = changed.verdict, service = changed.service, signature = changed.signature,
           role = changed.role, basis = changed.basis, catalog = ?,
           recognised = CASE WHEN changed.verdict <> 'service' THEN NULL
                             WHEN before <> 'service' THEN now()::TIMESTAMP ELSE recognised END
        FROM changed WHERE hosts.host = changed.host""",
        [version],
    )


def requests_to_judge(session: Session, *, everything: bool) -> pa.Table:
    """Return the distinct requests among the events, of hosts in ``changed`` or all, with what is said of them now."""
    only = "" if everything else "SEMI JOIN changed USING (host)"
    return session.table(f"SELECT DISTINCT {', '.join((*REQUEST, *VERDICT))} FROM events {only}")


def replace_event_labels(session: Session, judged: pa.Table, version: str) -> None:
    """Give the events of the judged requests their new judgement; the table ``moved`` names their hosts."""
    session.execute("CREATE OR REPLACE TEMP TABLE moved AS SELECT DISTINCT host FROM judged", judged=judged)
    if not len(judged):
        return
    same = " AND ".join(f"events.{name} IS NOT DISTINCT FROM judged.{name}" for name in REQUEST)
    new = ", ".join(f"{name} = judged.{name}" for name in VERDICT)
    session.execute(f"UPDATE events SET {new}, catalog = ? FROM judged WHERE {same}", [version], judged=judged)


def roll_up_moved(session: Session) -> None:
    """Make the rollup of AI use anew where events moved, and what only the rollup of all traffic knows of it."""
    nameless = session.rows("FROM moved WHERE host IS NULL")
    roll_up_again(session, None if nameless else "moved")
    session.execute("DELETE FROM ai_usage WHERE revealed")
    text = resources.files(__package__).joinpath("reveal.sql").read_text(encoding="utf-8")
    session.execute(f"INSERT INTO ai_usage BY NAME {text}")
    session.execute(_AI_EVENTS)


def _meta(session: Session, key: str) -> str:
    rows = session.rows("SELECT value FROM meta WHERE key = ?", [key])
    return str(rows[0][0]) if rows else ""
