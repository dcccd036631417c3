"""Records within what a collector wrapped them in: a member of a JSON object, a column of a CSV export, a header.

Log shippers (Filebeat, Fluentd, Vector, Docker, journald), cloud log services (CloudWatch, GCP, Azure) and SIEM exports
(Splunk, Graylog, LogScale) keep the device's line whole, as text within a record of their own. That line is taken
out and read by its own format; the wrapper's time and host go before it as a syslog header does, so that they serve
where the line states none. One wrapper may hold another (Docker's JSON within Filebeat's).
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from shadowscan.formats.detect import detect
from shadowscan.formats.dictionary import normalised
from shadowscan.formats.headers import HEADER_MARK, header_format
from shadowscan.formats.infer import infer
from shadowscan.formats.library import FormatLibrary
from shadowscan.formats.readers.json import JsonReader
from shadowscan.formats.spec import ReaderSpec
from shadowscan.formats.sqltext import literal
from shadowscan.formats.syslog import header_pattern, peel

MOST_NESTED = 3
"""Envelopes within one another; who needs more?"""
_LOOKED_AT = 100
_SHORTEST = 16
"""Characters of a text that may be a record."""
_MOSTLY = 0.5
"""Share of the sample's lines that must have the member, and of its texts that a format must claim."""
MEMBERS = (
    "event.original",
    "log.original",
    "_raw",
    "result._raw",
    "@rawstring",
    "full_message",
    "textPayload",
    "SyslogMessage",
    "@message",
    "rawlog",
    "raw_log",
    "rawEvent",
    "raw_event",
    "raw_message",
    "RawData",
    "raw",
    "message",
    "Message",
    "MESSAGE",
    "jsonPayload.message",
    "properties.msg",
    "properties.message",
    "fields.message",
    "log",
    "msg",
    "event",
    "line",
    "body",
    "body.stringValue",
    "data",
    "payload",
    "text",
    "short_message",
)
"""Where wrappers keep the record, the surest first."""
_TIMES = (
    "@timestamp",
    "timestamp",
    "_time",
    "result._time",
    "time",
    "TimeGenerated",
    "__REALTIME_TIMESTAMP",
    "date",
    "ts",
    "receiveTimestamp",
)
_HOSTS = (
    "host.name",
    "host.hostname",
    "hostname",
    "host",
    "result.host",
    "_HOSTNAME",
    "Computer",
    "HostName",
    "source",
)
_OWN_HEADER = frozenset(["rfc5424", "rfc5424-short", "rfc3164", "iso"])
"""Forms of header that state the device's time: the wrapper's is of no use."""
_HEADER = r"""regexp_replace(_line, {}, '')"""


@dataclass(frozen=True, slots=True)
class Envelope:
    """How a record is taken out."""

    name: str
    """What held it, in words."""
    record: str
    """SQL over ``_line``: the record, NULL in lines without one."""
    time: str = ""
    """SQL over ``_line``: the wrapper's time as text; "" where it isn't needed."""
    host: str = ""
    title: str = ""
    """The line that names the columns of a CSV export."""

    @property
    def sql(self) -> str:
        """Expression over ``_line``: the record, behind a header of the wrapper's time and host where it needs one."""
        record = f"trim(translate({self.record}, chr(10) || chr(13), '  '))"
        if self.time:
            stamp = f"strftime(make_timestamp(epoch_us(any_time({self.time}))), '%Y-%m-%dT%H:%M:%S.%fZ')"
            host = f"nullif(regexp_extract({self.host or 'NULL'}, '^[\\w.:-]+'), '')"
            record = f"coalesce({stamp} || ' ' || coalesce({host}, '-') || ' ', '') || {record}"
        return f"coalesce({record}, _line)"


Open = Callable[[Envelope, Sequence[str]], list[str]]
"""Takes the records of some lines out of their envelope."""


def envelopes(
    library: FormatLibrary, lines: Sequence[str], opened: Open, most: int = MOST_NESTED
) -> tuple[Envelope, ...]:
    """Return what a sample's records are wrapped in, from without to within.

    Nothing if the lines have a format as they are.
    """
    texts = [line for line in lines if line.strip()][:_LOOKED_AT]
    if not texts or not most or header_format(library, texts):
        return ()
    for envelope, reader in _possible(texts):
        records = [text for text in opened(envelope, texts) if text.strip()]
        if within := envelopes(library, records, opened, most - 1):
            return (envelope, *within)
        likely = _claimed(library, records) or (reader == "json" and _understood_better(records, texts))
        if likely and not _read_as(library, texts, reader):
            return (envelope,)
    return ()


def _understood_better(records: Sequence[str], texts: Sequence[str]) -> bool:
    """Tell whether the general readers make something of the records, and nothing of what holds them."""
    return infer(texts) is None and infer(records) is not None


def _possible(texts: Sequence[str]) -> Iterator[tuple[Envelope, str]]:
    """Yield envelopes that the lines may be, and the reader of formats that such lines could have instead."""
    if objects := [found for text in texts if isinstance(found := _object(text), dict)]:
        if len(objects) >= _MOSTLY * len(texts):
            yield from ((envelope, "json") for envelope in _members(objects))
    elif (column := _column(texts)) is not None:
        yield column, "csv"
    elif all(peel(text)[0] for text in texts) and any(peel(text)[1].startswith(HEADER_MARK) for text in texts):
        yield Envelope("syslog header", _HEADER.format(literal(f"^(?:{header_pattern()})"))), "w3c"


def _claimed(library: FormatLibrary, records: Sequence[str]) -> bool:
    if header_format(library, records):
        return True
    return sum(candidate.share for candidate in detect(library, records)) >= _MOSTLY


def _read_as(library: FormatLibrary, texts: Sequence[str], reader: str) -> bool:
    """Tell whether the lines as they are have a format of this reader: not one that only sees the record in them."""
    return any(candidate.spec.reader.kind == reader for candidate in detect(library, texts))


def _object(text: str) -> Any:
    start = text.find("{")
    if start < 0:
        return None
    try:
        return json.loads(text[start:])
    except (ValueError, RecursionError):
        return None


def _members(objects: Sequence[dict[str, Any]]) -> Iterator[Envelope]:
    time, host = (_present(objects, names) for names in (_TIMES, _HOSTS))
    for name in MEMBERS:
        values = [value for one in objects if isinstance(value := _value(one, name), str) and len(value) >= _SHORTEST]
        if len(values) >= _MOSTLY * len(objects):
            wanted = [name, *time, *host]
            reader = JsonReader(ReaderSpec("json"))
            found = reader.prepare(wanted).replace("_p", "regexp_extract(_line, '\\{.*\\}')")
            parts = {one: (reader.field(one) or "NULL").replace("_r", f"({found})") for one in wanted}
            stated = sum(peel(value)[0] in _OWN_HEADER for value in values) * 2 > len(values)
            yield Envelope(
                f"JSON member {name}",
                parts[name],
                parts[time[0]] if time and not stated else "",
                parts[host[0]] if host and not stated else "",
            )


def _present(objects: Sequence[dict[str, Any]], names: Iterable[str]) -> list[str]:
    """Return the first of the names under which most objects have a plain value."""
    for name in names:
        if sum(isinstance(_value(one, name), str | int | float) for one in objects) >= _MOSTLY * len(objects):
            return [name]
    return []


def _value(content: Any, name: str) -> Any:
    """Return the value at a path; a key that itself holds the dots counts too."""
    if isinstance(content, dict) and name in content:
        return content[name]
    for part in name.split("."):
        content = content.get(part) if isinstance(content, dict) else None
    return content


def _column(texts: Sequence[str]) -> Envelope | None:
    """Return the column of a CSV export, named by its first line, that holds the record."""
    for separator in ",;\t":
        names = next(csv.reader(texts[:1], delimiter=separator), [])
        known = [normalised(name) for name in names]
        for member in map(normalised, MEMBERS):
            if len(names) > 1 and member in known:
                time, host = (_named(known, wanted) for wanted in (_TIMES, _HOSTS))
                places = (known.index(member), time, host)
                record, stamp, device = ("" if place is None else _cell(place, separator) for place in places)
                return Envelope(f"column {names[known.index(member)]}", record, stamp, device, title=texts[0])
    return None


def _named(known: Sequence[str], wanted: Iterable[str]) -> int | None:
    return next((known.index(name) for name in map(normalised, wanted) if name in known), None)


def _cell(place: int, separator: str) -> str:
    """Return SQL for a cell (0-based) of a line, its quotes taken off; NULL where it is empty."""
    cell = rf'(?:"(?:[^"]|"")*"|[^{separator}"]*)'
    found = f"regexp_extract(_line, {literal(rf'^(?:{cell}{separator}){{{place}}}({cell})')}, 1)"
    return (
        f"CASE WHEN starts_with({found}, '\"') THEN replace({found}[2:-2], '\"\"', '\"') ELSE nullif({found}, '') END"
    )
