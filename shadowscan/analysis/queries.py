"""The SQL of the analysis, one file a question, run with the same bounds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import resources
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from shadowscan.analysis.identities import load_names, make_actors
from shadowscan.people import Directory
from shadowscan.store.database import Session
from shadowscan.store.schema import rollup_sql

HALF_HOUR = timedelta(minutes=30)
"""The rollup's grain."""
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - times are UTC without saying so

NOBODY = Directory()
"""No files say who is who."""


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

    def edges(self) -> list[tuple[datetime, datetime]]:
        """Return the stretches of time within the bounds that are cut out of a half hour of the rollup."""
        head, tail = self.since and _up(self.since), self.until and _down(self.until)
        if self.since and self.until and head and tail and head > tail:
            return [(self.since, self.until)]
        cut = [(self.since, head), (tail, self.until)]
        return [(start, end) for start, end in cut if start and end and start < end]


def _down(moment: datetime) -> datetime:
    return moment - (moment - _EPOCH) % HALF_HOUR


def _up(moment: datetime) -> datetime:
    return moment + (_EPOCH - moment) % HALF_HOUR


def ask(
    session: Session, name: str, bounds: Bounds, more: Mapping[str, Any] = MappingProxyType({})
) -> list[dict[str, Any]]:
    """Run ``sql/<name>.sql`` with the bounds and any ``more`` parameters it names; one dict a row."""
    sql = _text(name)
    return session.dicts(sql, bounds.parameters(sql) | dict(more))


def ask_table(session: Session, name: str, bounds: Bounds) -> pa.Table:
    """Run ``sql/<name>.sql`` with the bounds; the rows as an Arrow table, for answers of thousands of rows."""
    sql = _text(name)
    return session.table(sql, bounds.parameters(sql))


def prepare(session: Session, bounds: Bounds, directory: Directory = NOBODY) -> None:
    """Make the temporary tables that the other questions read; ``directory`` says who is who."""
    load_names(session, directory)
    _run(session, "people", bounds)
    session.rows("CREATE OR REPLACE TEMP TABLE edges AS FROM ai_usage LIMIT 0")
    for since, until in bounds.edges():
        cut = {"since": since, "until": until}
        session.rows(rollup_sql("edges", "(FROM events WHERE ts >= $since AND ts < $until)"), cut)
    for name in ("cadence", "placed", "sessions", "visits"):
        _run(session, name, bounds)
    make_actors(session, ask(session, "actors", bounds), directory)


def _run(session: Session, name: str, bounds: Bounds) -> None:
    for statement in _text(name).split(";\n"):
        if statement.strip():
            session.rows(statement, bounds.parameters(statement))


def _text(name: str) -> str:
    return resources.files(__package__).joinpath(f"sql/{name}.sql").read_text(encoding="utf-8")
