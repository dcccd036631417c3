"""Feeds: the files one device keeps writing, taken together, and the hours in which each should have data but hasn't.

A feed is a folder and a format: rotated files, daily exports and re-exports of one device are one feed. Whether an hour
without data is a gap is judged by the feed's own rhythm: an hour of the day is usual, on workdays or at weekends, if
the feed has data then on at least three quarters of the other such days, three or more. So nights and weekends of an
office proxy are no gaps, and three hours without data in a busy firewall's log are one.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any

from shadowscan.analysis.queries import Bounds, ask
from shadowscan.store.database import Session

HOUR = timedelta(hours=1)
USUAL = 0.75
"""Share of the other days with data in an hour that makes the hour usual."""
FEWEST_DAYS = 3
"""Other days needed to know a rhythm."""
LEAST_GAP = 3
"""Usual hours in a row without data that make a gap."""


@dataclass(frozen=True)
class Feed:
    """What one device wrote, and when."""

    name: str
    format: str
    hours: frozenset[datetime]
    """Hours with data, by their beginning."""
    events: int

    @cached_property
    def first(self) -> datetime:
        """Its first hour with data."""
        return min(self.hours)

    @cached_property
    def last(self) -> datetime:
        """Its last hour with data."""
        return max(self.hours)

    def missing(self, end: datetime) -> list[datetime]:
        """Return the usual hours without data, from its first hour up to ``end``, in order."""
        return [hour for hour in _hours(self.first, end) if hour not in self.hours and self._usual(hour)]

    def _usual(self, hour: datetime) -> bool:
        kind = _is_weekend(hour.date())
        others = self._days[kind] - (self.first.date() <= hour.date() <= self.last.date())
        return others >= FEWEST_DAYS and self._with_data[kind, hour.time()] >= USUAL * others

    @cached_property
    def _with_data(self) -> Counter[tuple[bool, time]]:
        """Days with data by their kind and hour of the day."""
        return Counter((_is_weekend(hour.date()), hour.time()) for hour in self.hours)

    @cached_property
    def _days(self) -> Counter[bool]:
        """Workdays (False) and days of weekends (True) from its first to its last hour."""
        first = self.first.date()
        length = (self.last.date() - first).days + 1
        return Counter(_is_weekend(first + timedelta(days=number)) for number in range(length))


@dataclass(frozen=True, slots=True)
class Pause:
    """A run of usual hours without data; unusual hours between them (a night) don't end it."""

    first: datetime
    last: datetime
    """The last hour without data."""
    hours: int


def feeds_of(session: Session, bounds: Bounds) -> tuple[Feed, ...]:
    """Return every feed with data in the bounds, by name."""
    grouped: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in ask(session, "feed_hours", bounds):
        grouped[_folder(row["path"]), row["format"]].append(row)
    return tuple(_feed(folder, fmt, rows) for (folder, fmt), rows in sorted(grouped.items()))


def end_of(feeds: Iterable[Feed]) -> datetime | None:
    """Return the last hour in which any feed has data."""
    return max((feed.last for feed in feeds), default=None)


def pauses(feed: Feed) -> list[Pause]:
    """Return the gaps between the feed's first and last hour with data."""
    return _pauses(feed, feed.missing(feed.last))


def silence(feed: Feed, end: datetime) -> Pause | None:
    """Return how long the feed has been silent up to ``end`` (when other feeds still have data); None: it is not."""
    missing = [hour for hour in feed.missing(end) if hour > feed.last]
    return Pause(missing[0], missing[-1], len(missing)) if missing else None


def _pauses(feed: Feed, missing: Sequence[datetime]) -> list[Pause]:
    """Runs of missing hours with no hour of data between them."""
    marked = sorted([(hour, True) for hour in missing] + [(hour, False) for hour in feed.hours])
    runs = ([hour for hour, _ in run] for gap, run in groupby(marked, key=lambda item: item[1]) if gap)
    return [Pause(run[0], run[-1], len(run)) for run in runs if len(run) >= LEAST_GAP]


def _feed(folder: str, fmt: str, rows: Sequence[Mapping[str, Any]]) -> Feed:
    hours = frozenset(hour for row in rows for hour in row["hours"])
    name = f"{fmt} in {folder}" if folder else fmt
    return Feed(name, fmt, hours, sum(row["events"] for row in rows))


def _folder(path: str) -> str:
    """The folder of a file, or of the archive it is in."""
    folder = str(PurePosixPath(path.split("!", maxsplit=1)[0]).parent)
    return "" if folder == "." else folder


def _hours(first: datetime, last: datetime) -> Iterator[datetime]:
    hour = datetime.combine(first.date(), time(first.hour))
    while hour <= last:
        yield hour
        hour += HOUR


def _is_weekend(day: date) -> bool:
    return day.weekday() >= 5
