"""One line of a log together with what it says."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from samples.world import Visit

Fields = dict[str, Any]
"""Event column -> value, only what the line itself states; names of ``shadowscan.model.events``."""


@dataclass(frozen=True, slots=True)
class Record:
    """A line without its terminator."""

    text: str
    fields: Fields | None = None
    """None where the line is no event: a header, a comment, noise."""
    visits: tuple[Visit, ...] = ()
    """The visits behind the line, for the truth."""


def iso(moment: datetime, *, whole_seconds: bool = False) -> str:
    """Return a UTC time as ISO 8601, with milliseconds or cut to the second as the log does it."""
    moment = moment.astimezone(UTC)
    if whole_seconds:
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def header(*lines: str) -> list[Record]:
    """Return lines that are no events."""
    return [Record(line) for line in lines]


def verdict(visit: Visit) -> str:
    """Return the action column's word."""
    return "blocked" if visit.blocked else "allowed"


def request_fields(visit: Visit, moment: str) -> Fields:
    """Return what nearly every web log states of a request."""
    fields: Fields = {
        "ts": moment,
        "kind": "http",
        "src_ip": visit.person.ip,
        "host": visit.site.host,
        "url_path": visit.path,
        "method": visit.method,
        "status": visit.status,
        "action": verdict(visit),
    }
    return fields | ({"url_query": visit.query} if visit.query else {})


def filled(fields: Fields) -> Fields:
    """Return the fields without empty values: an input that can't fill a column leaves it out."""
    return {name: value for name, value in fields.items() if value not in ("", None)}


def quoted(values: Iterable[object]) -> str:
    """Return one CSV record with every value in double quotes."""
    return ",".join('"' + str(value).replace('"', '""') + '"' for value in values)
