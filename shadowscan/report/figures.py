"""Numbers and times as a reader sees them, the same in every locale; what the logs can't support is a dash."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from itertools import pairwise

from shadowscan.model.report import Span

NONE = "\u2013"
"""Stands for a figure the inputs can't support; never 0."""
_UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def count(value: int | None) -> str:
    """12,345."""
    return NONE if value is None else f"{value:,}"


def plural(number: int, one: str, many: str = "") -> str:
    """``1 tool``, ``12,345 tools``; ``many`` where an s is not enough."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def size(value: int | None) -> str:
    """Bytes in decimal units with three significant digits: ``999 B``, ``1.23 MB``."""
    if value is None:
        return NONE
    scaled, unit = float(value), 0
    while round(scaled, _decimals(scaled)) >= 1000 and unit + 1 < len(_UNITS):
        scaled, unit = scaled / 1000, unit + 1
    digits = _decimals(scaled) if unit else 0
    return f"{scaled:,.{digits}f} {_UNITS[unit]}"


def _decimals(value: float) -> int:
    """Decimals that leave three significant digits after rounding."""
    if value >= 99.95:
        return 0
    return 1 if value >= 9.995 else 2


def share(part: int | None, whole: int | None) -> str:
    """Part of a whole in per cent; a small part never reads 0 %, a large one never 100 %."""
    if part is None or not whole:
        return NONE
    percent = 100 * part / whole
    if percent == 0 or percent >= 100:
        return f"{percent:.0f} %"
    if percent < 0.01:
        return "<0.01 %"
    if percent < 1:
        return f"{percent:.2f} %"
    return ">99 %" if percent >= 99.5 else f"{percent:.0f} %"


def utc(moment: datetime) -> datetime:
    """The moment in UTC; one without a zone is UTC already."""
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def minute(moment: datetime | None) -> str:
    """``2026-11-02 08:14``."""
    return NONE if moment is None else utc(moment).isoformat(sep=" ", timespec="minutes").removesuffix("+00:00")


def day(moment: date | None, *, year: bool) -> str:
    """``2 Nov``, with the year ``2 Nov 2026``."""
    if moment is None:
        return NONE
    at = _day_of(moment)
    text = f"{at.day} {_MONTHS[at.month - 1]}"
    return f"{text} {at.year}" if year else text


def _day_of(moment: date) -> date:
    """The day in UTC of a moment or day."""
    return utc(moment).date() if isinstance(moment, datetime) else moment


def days(first: date | None, last: date | None, *, year: bool) -> str:
    """``2\u201315 Nov``, ``28 Oct \u2013 3 Nov``, ``5 Nov``: from the first to the last day, both included."""
    if first is None or last is None:
        return day(first or last, year=year)
    a, b = _day_of(first), _day_of(last)
    if a == b:
        return day(b, year=year)
    if (a.year, a.month) == (b.year, b.month):
        return f"{a.day}\u2013{day(b, year=year)}"
    return f"{day(a, year=year and a.year != b.year)} \u2013 {day(b, year=year)}"


def days_between(span: Span) -> str:
    """``2\u20138 Nov``: whole days."""
    return days(*(datetime.combine(at, time()) for at in (span.first, span.last)), year=False)


def resample(values: Sequence[int], width: int) -> tuple[float, ...]:
    """At most ``width`` values: means of neighbouring ones, so that a bucket's length does not tell."""
    if len(values) <= width:
        return tuple(values)
    edges = [len(values) * i // width for i in range(width + 1)]
    return tuple(sum(values[a:b]) / (b - a) for a, b in pairwise(edges))
