"""Which macro reads a field's time, decided on the values of the sample."""

import re
from collections import Counter
from collections.abc import Sequence

from shadowscan.formats.sqltext import identifier, literal

_EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?$|\d{13}(?:\.\d+)?$|\d{16}$|\d{19}$")
_ISO = re.compile(r"\d{4}[-/.]\d\d[-/.]\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)? ?(?:[A-Z]{1,4}|[+-]\d\d(?::?\d\d)?)?$")
_ISO_UNZONED = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?$")
_MONTH_FIRST = re.compile(r"[A-Z][a-z]{2} {1,2}\d{1,2} \d{4} \d\d:\d\d:\d\d$")
_CLF = re.compile(r"\d{1,2}/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}$")
_CTIME = re.compile(r"[A-Z][a-z]{2} [A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d \d{4}$")
_NUMERIC_DATE = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d\d)[ ,T:]+\d{1,2}:\d\d(:\d\d)?( [AP]M)?")
_SYSLOG = re.compile(r"[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d$")
_EXACT = (
    (re.compile(r"\d{4}/\d\d/\d\d:\d\d:\d\d:\d\d$"), "time_as({}, '%Y/%m/%d:%H:%M:%S')"),
    (re.compile(r"\d{1,2}[A-Z][a-z]{2}\d{4} \d\d:\d\d:\d\d$"), "time_as({}, '%d%b%Y %H:%M:%S')"),
    (re.compile(r"\d{1,2}-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d\.\d{1,3}$"), "time_as({}, '%d-%b-%Y %H:%M:%S.%g')"),
    (re.compile(r"\d{1,2}/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d\.\d{1,3}$"), "time_as({}, '%d/%b/%Y:%H:%M:%S.%g')"),
)
_ANY = re.compile(r"(?:[A-Z][a-z]{2}[a-z]*,? .*|\[?\d{1,2}[-/. ]?(?:\d\d|[A-Z][a-z]{2})[-/. ]?\d{2,4}.*)\d\d:\d\d:\d\d")
STAMPS = (
    r"\b(1\d{9}\.\d{3,9})\b",
    r"(\d{4}[-/]\d\d[-/]\d\d[T :]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)",
    r"(\d{1,2}[/.-](?:\d\d|[A-Z][a-z]{2})[/.-]\d{4}[ :]\d\d:\d\d:\d\d(?:\.\d+)?(?: [AP]M| [+-]\d{4})?)",
    r"([A-Z][a-z]{2} {1,2}\d{1,2} \d{4} \d\d:\d\d:\d\d)",
)
"""Times within a text, each pattern with the time as its one group."""
MOST_DAYS_BEFORE_MONTH = 12


def layout(text: str, *, day_first: bool = True) -> str:
    """Return the SQL template (``{}`` for the field) that reads a time written like ``text``; "" if it is none."""
    if _EPOCH.match(text):
        return "epoch_time({})"
    if _ISO.match(text):
        return "iso_time({})"
    if found := next((style for pattern, style in _EXACT if pattern.match(text)), ""):
        return found
    if _MONTH_FIRST.match(text):
        return "time_as({}, '%b %d %Y %H:%M:%S')"
    if _CLF.match(text):
        return "time_as({}, '%d/%b/%Y:%H:%M:%S %z')"
    if _CTIME.match(text):
        return "time_as({}, '%a %b %d %H:%M:%S %Y')"
    if numeric := _NUMERIC_DATE.match(text):
        return _numeric(text, numeric, day_first=day_first)
    if _SYSLOG.match(text):
        return "syslog_time({})"
    return "any_time({})" if len(text) <= 64 and _ANY.match(text) else ""


def is_time(text: str) -> bool:
    """Tell whether the text is a date with a time of day, in a layout that can be read."""
    return layout(text) != ""


def _numeric(text: str, match: re.Match[str], *, day_first: bool) -> str:
    separator = text[len(match[1])]
    day, month = ("%d", "%m") if day_first else ("%m", "%d")
    year = "%Y" if len(match[3]) == 4 else "%y"
    gap = (
        ":"
        if text[match.end(3)] == ":"
        else ", "
        if ", " in text[: match.end()]
        else "T"
        if "T" in text[: match.end()]
        else " "
    )
    clock = ("%I" if match[5] else "%H") + ":%M" + (":%S" if match[4] else "") + (" %p" if match[5] else "")
    first, second = (day, month)
    pattern = f"{first}{separator}{second}{separator}{year}{gap}{clock}"
    subject = "{}" if match.end() == len(text) else r"regexp_extract({}, '^[\d/.-]+[ ,T:]+[\d:]+(?: [AP]M)?')"
    return f"time_as({subject}, {literal(pattern)})"


def day_comes_first(values: Sequence[str]) -> bool:
    """Settle 05/02/2025: a number above 12 decides; AM or PM tells the American order; else the day comes first."""
    matches = [
        match
        for value in values
        if (match := _NUMERIC_DATE.match(value) or re.match(r"(\d{1,2})[-/.](\d{1,2})[-/.]()()()", value))
    ]
    if any(int(match[1]) > MOST_DAYS_BEFORE_MONTH for match in matches):
        return True
    if any(int(match[2]) > MOST_DAYS_BEFORE_MONTH for match in matches):
        return False
    return not any(match[5] for match in matches)


def time_expression(name: str, values: Sequence[str]) -> str:
    """Return the expression that reads field ``name`` as a time; "" where its values are no times."""
    if not values:
        return f"any_time({identifier(name)})"
    day_first = day_comes_first(values)
    layouts = Counter(layout(value.strip(), day_first=day_first) for value in values)
    known = [template for template, _ in layouts.most_common(4) if template]
    if not known or layouts[""] > len(values) / 2:
        return ""
    parts = [template.format(identifier(name)) for template in dict.fromkeys([*known, "any_time({})"])]
    return f"coalesce({', '.join(parts)})"


def are_zones(values: Sequence[str]) -> bool:
    """Tell whether all values are offsets from UTC, as a time may end with."""
    return bool(values) and all(re.fullmatch(r"[+-]\d\d:?\d\d|Z", value) for value in values)


def zoned_expression(name: str, values: Sequence[str], zone: str) -> str:
    """Return the expression for ISO times whose zone stands in a column of its own; "" where they aren't such."""
    bare = bool(values) and all(_ISO_UNZONED.match(value) for value in values)
    return f"iso_time({identifier(name)} || coalesce({identifier(zone)}, ''))" if bare else ""


def joined_expression(
    date: str, clock: str, zone: str, dates: Sequence[str], clocks: Sequence[str], zones: Sequence[str]
) -> str:
    """Return the expression for a time that stands in two columns, or three with the zone."""
    text = f"{identifier(date)} || ' ' || {identifier(clock)}"
    if not dates and not clocks:
        return f"any_time({text})"
    sample = [f"{day} {hour}" for day, hour in zip(dates, clocks, strict=False)]
    if zone and are_zones(zones):
        text += f" || coalesce({identifier(zone)}, '')"
    template = next((found for value in sample if (found := layout(value, day_first=day_comes_first(sample)))), "")
    return template.replace("{}", f"({text})") if template else f"any_time({text})"
