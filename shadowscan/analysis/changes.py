"""What changed: the latest part of the data against the equally long part before it, from the data itself."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from shadowscan.analysis.context import Context
from shadowscan.analysis.queries import Bounds, ask, prepare
from shadowscan.model.report import Changes, Span, UseChange
from shadowscan.store.database import Session

FACTOR = 2.0
"""Use that is this many times more or less is told."""
LEAST = 50
"""Requests (or lookups) of the busier part, below which more or less is not told."""
_WEEK = 7
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Parts:
    """The two parts compared, in whole days; each ends where the next begins."""

    earlier: date
    recent: date
    end: date


def parts_of(session: Session, bounds: Bounds) -> Parts | None:
    """Return what to compare; None where the data does not reach back far enough.

    With a lower bound, the period against the one before it; without, the later half of the days against the earlier
    one, in whole weeks where there are any.
    """
    first, last = session.rows("SELECT min(day), max(day) FROM usage")[0]
    if first is None:
        return None
    end = min(last + _DAY, _day_after(bounds.until)) if bounds.until else last + _DAY
    if bounds.since is None:
        length = (end - first).days // 2
        length -= length % _WEEK if length >= _WEEK else 0
    else:
        length = (end - bounds.since.date()).days
    recent = end - timedelta(days=length)
    earlier = recent - timedelta(days=length)
    return Parts(earlier, recent, end) if length > 0 and first <= earlier else None


def keep_earlier_use(session: Session, context: Context, bounds: Bounds, parts: Parts | None) -> None:
    """Make the table ``earlier_use`` where the bounds leave the earlier part out; before ``prepare`` of the bounds."""
    if parts and bounds.since:
        earlier = replace(bounds, since=_midnight(parts.earlier), until=_midnight(parts.recent))
        prepare(session, earlier, context.directory)
        session.execute("CREATE OR REPLACE TEMP TABLE earlier_use AS FROM visits")
    else:
        session.execute("DROP TABLE IF EXISTS earlier_use")


def changes_of(session: Session, context: Context, bounds: Bounds, parts: Parts | None) -> Changes | None:
    """Return what differs between the two parts; None where nobody used AI, or there is nothing to compare with."""
    if parts is None:
        return None
    before = "earlier_use" if bounds.since else f"(FROM visits WHERE day < DATE '{parts.recent}')"
    session.execute(
        f"CREATE OR REPLACE TEMP VIEW compared AS SELECT FALSE AS recent, * FROM {before} WHERE day >= DATE"
        f" '{parts.earlier}' UNION ALL SELECT TRUE, * FROM visits WHERE day >= DATE '{parts.recent}'"
    )
    rows = ask(session, "changed_tools", bounds, {"earlier": parts.earlier})
    (people,) = ask(session, "changed_people", bounds)
    if not rows:
        return None
    return Changes(
        earlier=Span(first=parts.earlier, last=parts.recent - _DAY),
        recent=Span(first=parts.recent, last=parts.end - _DAY),
        **people,
        tools=tuple(change for row in rows if (change := _change(row, context))),
    )


def _change(row: Mapping[str, Any], context: Context) -> UseChange | None:
    before, now = row["before"], row["now"]
    if not before:
        what = "back in use" if row["known"] else "new"
    elif not now:
        what = "no longer used"
    elif max(before, now) < LEAST or 1 / FACTOR < now / before < FACTOR:
        return None
    else:
        what = "more use" if now > before else "less use"
    names = ("service", "before", "now", "people_before", "people")
    return UseChange(
        what=what, name=context.catalog.service(row["service"]).name, **{name: row[name] for name in names}
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _day_after(moment: datetime) -> date:
    """The first day that lies wholly outside the upper bound."""
    return moment.date() if moment.time() == time() else moment.date() + _DAY
