"""AI use by department, and how sure it is who it was."""

from shadowscan.analysis.queries import Bounds, ask
from shadowscan.model.report import DepartmentRow, KnownBy
from shadowscan.people import Directory
from shadowscan.store.database import Session

_CONFIDENCE = {
    "record": "certain",
    "lease": "high",
    "lease-and-user": "high",
    "people-file": "high",
    "only-user": "medium",
    "near": "low",
}
"""See docs/people.md; nobody is named by the other ways."""


def departments_of(session: Session, directory: Directory, bounds: Bounds) -> tuple[DepartmentRow, ...]:
    """Return a row a department, most unapproved requests first; none without a people file."""
    if directory.people is None:
        return ()
    rows = ask(session, "departments", bounds)
    members = directory.members()
    return tuple(DepartmentRow(people=members.get(row["department"]), **row) for row in rows)


def known_by(session: Session, bounds: Bounds) -> tuple[KnownBy, ...]:
    """Return by what people were told, the commonest first."""
    return tuple(
        KnownBy(confidence=_CONFIDENCE.get(row["how"], "nobody named"), **row)
        for row in ask(session, "known_by", bounds)
    )
