"""The SQL of the analysis, one file a question, run with the same bounds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from types import MappingProxyType
from typing import Any

from shadowscan.store.database import Session


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a report is limited to; None: no limit."""

    since: datetime | None = None
    until: datetime | None = None
    service: str | None = None
    person: str | None = None

    def parameters(self, sql: str) -> dict[str, Any]:
        """Return the values for the parameters that a statement names."""
        values = {"since": self.since, "until": self.until, "service": self.service, "person": self.person}
        return {name: value for name, value in values.items() if f"${name}" in sql}


def ask(
    session: Session, name: str, bounds: Bounds, more: Mapping[str, Any] = MappingProxyType({})
) -> list[dict[str, Any]]:
    """Run ``sql/<name>.sql`` with the bounds and any ``more`` parameters it names; one dict a row."""
    sql = _text(name)
    return session.dicts(sql, bounds.parameters(sql) | dict(more))


def prepare(session: Session, bounds: Bounds) -> None:
    """Make the temporary tables that the other questions read."""
    for name in ("people", "placed", "visits", "actors"):
        for statement in _text(name).split(";\n"):
            if statement.strip():
                session.rows(statement, bounds.parameters(statement))


def _text(name: str) -> str:
    return resources.files(__package__).joinpath(f"sql/{name}.sql").read_text(encoding="utf-8")
