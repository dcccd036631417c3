"""Formats out of samples whose records name each value: JSON, CEF, LEEF."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from shadowscan.formats.infer.assign import administrative, assign, has_target
from shadowscan.formats.infer.fields import fields_of, null_words
from shadowscan.formats.infer.shapes import LONGEST_LINE, json_record
from shadowscan.formats.spec import FormatSpec, ReaderSpec

_CEF_KEY = re.compile(r"(?:\||\s)([A-Za-z_][\w.\-\[\]]*)=")
_LEEF_DELIMITER = re.compile(r"2\.0\|(?:[^|]*\|){4}(x[0-9A-Fa-f]{2}|0x[0-9A-Fa-f]{2}|[^|=\w])\|")
_LEEF_LOOSE_KEY = re.compile(r"(?:\||\s)([A-Za-z_][\w.\-\[\]]*)=")
_LABEL = re.compile(r"(.+)Label$")
Record = dict[str, str]


def json_format(lines: Sequence[str]) -> FormatSpec | None:
    """One JSON object a line, behind whatever header."""
    return named(
        [json_record(line) for line in lines],
        FormatSpec(
            id="generic-json",
            title="JSON with known field names",
            vendor="",
            reference="",
            revision=1,
            reader=ReaderSpec("json"),
            columns={},
            detect=(r'\{\s*"[^"]*"\s*:',),
            payload=r"(\{.*\})",
            origin="inferred",
        ),
    )


def cef_format(lines: Sequence[str]) -> FormatSpec | None:
    """ArcSight CEF of a device nobody described."""
    records = [_cef_record(line[:LONGEST_LINE]) for line in lines]
    return named(
        records,
        FormatSpec(
            id="generic-cef",
            title="Common Event Format with its standard keys",
            vendor="",
            reference="https://www.microfocus.com/documentation/arcsight/",
            revision=1,
            reader=ReaderSpec("cef"),
            columns={},
            detect=(r"CEF:\s?\d+\||(?:^|[\s:])\d\|(?:[^|]*\|){6}",),
            origin="inferred",
        ),
        titles=_labels(records),
    )


def leef_format(lines: Sequence[str]) -> FormatSpec | None:
    """IBM LEEF of a device nobody described."""
    return named(
        [_leef_record(line[:LONGEST_LINE]) for line in lines],
        FormatSpec(
            id="generic-leef",
            title="Log Event Extended Format with its standard keys",
            vendor="",
            reference="https://www.ibm.com/docs/en/dsm?topic=overview-leef-event-components",
            revision=1,
            reader=ReaderSpec("leef"),
            columns={},
            detect=(r"LEEF:\s?[12]\.0|(?:^|[\s:])[12]\.0\|(?:[^|]*\|){4}",),
            payload=r"((?:LEEF:\s?[12]|\b[12])\.0\|.*)$",
            origin="inferred",
        ),
    )


def named(records: Sequence[Record], draft: FormatSpec, titles: Mapping[str, str] | None = None) -> FormatSpec | None:
    """Fill the draft's columns from the records' fields; None where these name no destination."""
    fields = fields_of(records, titles)
    columns = assign(fields)
    # A web server's own log may name paths only.
    served = {"src_ip", "method", "url_path"} <= columns.keys()
    if not has_target(columns) and not served:
        return None
    skip, nulls = administrative(fields), null_words(records)
    return replace(draft, columns=columns, skip=skip, null_values=nulls, hostless=served)


def _cef_record(line: str) -> Record:
    header = line.split("|", 7)[:7]
    start = len("|".join(header))
    record: Record = {"name": header[5].strip()} if len(header) > 5 else {}
    keys = list(_CEF_KEY.finditer(line, start))
    for match, following in zip(keys, [*keys[1:], None], strict=False):
        value = line[match.end() : following.start() if following else len(line)]
        record.setdefault(match[1], re.sub(r"\\([=|\\])", r"\1", value.strip()))
    return record


def _labels(records: Sequence[Record]) -> dict[str, str]:
    """CEF's custom fields: what ``cs1Label`` says is what ``cs1`` is called, where all records agree."""
    seen: dict[str, Counter[str]] = {}
    for record in records:
        for name, value in record.items():
            if (label := _LABEL.match(name)) and value:
                seen.setdefault(label[1], Counter())[value] += 1
    return {name: next(iter(labels)) for name, labels in seen.items() if len(labels) == 1}


def _leef_record(line: str) -> Record:
    found = re.search(r"(?:LEEF:\s?[12]|\b[12])\.0\|", line)
    text = line[found.start() :] if found else line
    stated = _LEEF_DELIMITER.search(text)
    text = text.replace("#011", "\t")
    if stated:
        text = text.replace(_delimiter(stated[1]), "\t")
    if "\t" not in text:
        return _cef_like(text)
    record: Record = {}
    for match in re.finditer(r"[\t|]\s*([A-Za-z_][\w.\-\[\]]*)=([^\t]*)", text):
        record.setdefault(match[1], match[2])
    return record


def _delimiter(stated: str) -> str:
    return chr(int(stated[-2:], 16)) if stated.startswith(("x", "0x")) else stated


def _cef_like(text: str) -> Record:
    record: Record = {}
    keys = list(_LEEF_LOOSE_KEY.finditer(text))
    for match, following in zip(keys, [*keys[1:], None], strict=False):
        value = text[match.end() : following.start() if following else len(text)]
        record.setdefault(match[1], value.strip().rstrip("|"))
    return record
