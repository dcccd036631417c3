"""What people decided on findings: rows are only added, so the history of each stays."""

from collections import defaultdict
from dataclasses import dataclass

from shadowscan.model.finding import Decision, Status
from shadowscan.store.database import Session


@dataclass(frozen=True, slots=True)
class Decided:
    """A finding that was decided on, as it was then, with all decisions, the latest last."""

    finding_id: str
    kind: str
    title: str
    decisions: tuple[Decision, ...]


def decide(session: Session, *, finding_id: str, kind: str, title: str, decision: Decision) -> None:
    """Add a decision."""
    session.execute(
        "INSERT INTO finding_decisions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            finding_id,
            decision.status.value,
            decision.at,
            decision.by,
            decision.why,
            decision.until,
            kind,
            title,
        ],
    )


def decided(session: Session) -> dict[str, Decided]:
    """Return every finding that was ever decided on, by its id."""
    rows = session.rows(
        "SELECT finding_id, kind, title, status, decided, decided_by, why, until"
        " FROM finding_decisions ORDER BY decided, rowid"
    )
    grouped: dict[str, list[tuple[str, str, Decision]]] = defaultdict(list)
    for finding_id, kind, title, status, at, by, why, until in rows:
        decision = Decision(status=Status(status), at=at, by=by, why=why, until=until)
        grouped[finding_id].append((kind, title, decision))
    return {
        finding_id: Decided(finding_id, found[-1][0], found[-1][1], tuple(one[2] for one in found))
        for finding_id, found in grouped.items()
    }
