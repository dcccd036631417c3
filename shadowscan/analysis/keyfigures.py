"""Figures to steer by: the trend by week, how soon use is reported, how the views of it were merged."""

from collections.abc import Sequence
from datetime import timedelta
from statistics import median

from shadowscan.analysis.queries import Bounds, ask
from shadowscan.model.report import SightingRow, ToolRow, WeekRow
from shadowscan.store.database import Session

_DAY = timedelta(days=1)


def weeks_of(session: Session, bounds: Bounds) -> tuple[WeekRow, ...]:
    """Return a row a week in which AI was used."""
    return tuple(WeekRow(**row) for row in ask(session, "weeks", bounds))


def sightings_of(session: Session, bounds: Bounds) -> tuple[SightingRow, ...]:
    """Return a row a view."""
    return tuple(SightingRow(**row) for row in ask(session, "sightings", bounds))


def days_to_report(tools: Sequence[ToolRow]) -> float | None:
    """Median over the tools of the days from first use to first report; None if no use has a time."""
    waits = [(tool.reported - tool.first) / _DAY for tool in tools if tool.first and tool.reported]
    return round(max(median(waits), 0.0), 2) if waits else None
