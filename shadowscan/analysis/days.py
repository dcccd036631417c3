"""AI use over the days of the period."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from shadowscan.model.report import DayRow


def trends_of(days: Sequence[Mapping[str, Any]]) -> dict[str, tuple[int, ...]]:
    """Return uses per day of every service, over the same days for all."""
    if not days:
        return {}
    first: date = min(row["day"] for row in days)
    length = (max(row["day"] for row in days) - first).days + 1
    trends: dict[str, list[int]] = defaultdict(lambda: [0] * length)
    for row in days:
        trends[row["service"]][(row["day"] - first).days] += row["uses"]
    return {service: tuple(uses) for service, uses in trends.items()}


def days_of(rows: Sequence[Mapping[str, Any]]) -> tuple[DayRow, ...]:
    """Return a row a day without holes, uses by verdict."""
    counts: dict[date, list[int]] = {}
    for row in rows:
        counts.setdefault(row["day"], [0, 0])[0 if row["approved"] else 1] += row["uses"]
    if not counts:
        return ()
    first, last = min(counts), max(counts)
    span = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return tuple(DayRow(day=day, approved=counts.get(day, [0, 0])[0], other=counts.get(day, [0, 0])[1]) for day in span)
