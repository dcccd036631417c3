"""Whether a database holds names or pseudonyms, and who was told whose a pseudonym is."""

from datetime import UTC, datetime
from typing import Any

from shadowscan.errors import DatabaseError
from shadowscan.store.database import Session

_CLEAR = ""


def mode_of(session: Session) -> str:
    """Return the mode of the pseudonyms in the database; empty: names in clear."""
    rows = session.rows("SELECT value FROM meta WHERE key = 'pseudonyms'")
    return str(rows[0][0]) if rows else _CLEAR


def claim_mode(session: Session, mode: str) -> None:
    """Let the database be written in a mode from now on; DatabaseError if it holds another."""
    if session.rows("SELECT 1 FROM ledger LIMIT 1"):
        require_mode(session, mode)
    session.execute("INSERT OR REPLACE INTO meta VALUES ('pseudonyms', ?)", [mode])


def require_mode(session: Session, mode: str) -> None:
    """Raise DatabaseError unless the database is of this mode: names and pseudonyms are never mixed."""
    held = mode_of(session)
    if held == mode:
        return
    if not held:
        raise DatabaseError(
            "the database holds names in clear", reason="they would mix with pseudonyms", hint="use another --db"
        )
    if not mode:
        hint = "give --pseudonymise and --key-file as for its first scan, or use another --db"
        raise DatabaseError("the database holds pseudonyms", reason="names in clear would mix with them", hint=hint)
    raise DatabaseError(
        "the database holds pseudonyms of another kind",
        reason="made with another key" if held.partition(":")[2] != mode.partition(":")[2] else "for other columns",
        hint="give the key and the options of its first scan",
    )


def write_reveal(session: Session, token: str, by: str, why: str, *, found: bool) -> None:
    """Record that somebody asked whose a pseudonym is."""
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    session.execute("INSERT INTO reveals VALUES (?, ?, ?, ?, ?)", [now, by, token, why, found])


def reveals(session: Session) -> list[dict[str, Any]]:
    """Return what was asked, the latest first."""
    return session.dicts("SELECT * FROM reveals ORDER BY asked DESC, token")
