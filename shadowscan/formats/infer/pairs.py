"""Formats out of samples of key=value and key: value records, in whatever way they separate and quote."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from shadowscan.formats.infer.keyed import Record, named
from shadowscan.formats.infer.preamble import around
from shadowscan.formats.infer.shapes import LONGEST_LINE
from shadowscan.formats.spec import FormatSpec, ReaderSpec
from shadowscan.formats.sqltext import identifier, renamed

DIALECTS = tuple(
    ReaderSpec("kv", separator=separator, assign=assign)
    for separator, assign in (
        (" ", "="),
        ("\t", "="),
        (", ", "="),
        ("; ", "="),
        (";", "="),
        ("|", "="),
        (", ", ":"),
        ("; ", ":"),
        ("\t", ":"),
        (" ", ":"),
    )
)
LOOSE = ReaderSpec("kv", separator="  ", assign="=")
"""Between blanks, bare values hold blanks themselves: ``user=Jo Doe dst=192.0.2.1``."""
_KEY = r"[A-Za-z_@:][\w.\-/()@:]{0,80}?"
_SPACED_KEY = r"[A-Za-z_][\w.\-/()@ ]{0,60}?"
_QUOTED = r'"(?:[^"\\]|\\.)*(?:"|$)'
_SPOILT = re.compile(r"[\s,;|]\w+=")
_FLAG_BEFORE = re.compile(r"(?:0x)?[0-9A-Fa-f.:]*|[A-Z]{1,8}")
_STRAY = re.compile(r"(?:^|\s)[\w.-]+=([^\s\"']+) +(?![\w.-]+=)[^\s=]+ ")


def kv_format(lines: Sequence[str]) -> FormatSpec | None:
    """The dialect that cuts most of the lines best; lines of other dialects are left to further formats."""
    texts = [line[:LONGEST_LINE] for line in lines]
    dialects = [max(DIALECTS, key=lambda reader: _cleanness(reader, line)) for line in texts]
    best = max(DIALECTS, key=dialects.count)
    members = [line for line, dialect in zip(texts, dialects, strict=True) if dialect == best]
    reader = LOOSE if best.separator == " " and best.assign == "=" and _is_wordy(members) else best
    draft = _draft(reader)
    payloads = [match[1] if draft.payload and (match := re.search(draft.payload, line)) else line for line in members]
    records = [kv_record(reader, payload) for payload in payloads]
    ragged = {name for record in records for name, value in record.items() if value.endswith((",", ";"))}
    spec = named([{name: value.rstrip(",;") for name, value in record.items()} for record in records], draft)
    if spec is None:
        return None
    # Where blanks and commas both stand between pairs, a comma is left at the end of some values.
    trimmed = {name: f"rtrim({identifier(name)}, ',;')" for name in ragged}
    columns = {column: renamed(expression, trimmed) for column, expression in spec.columns.items()}
    return replace(spec, columns=around(members, columns))


def kv_record(reader: ReaderSpec, line: str) -> Record:
    """Cut a line as the reader does: the first value of a key wins."""
    record: Record = {}
    for match in _pairs(reader).finditer(reader.separator[0] + line):
        record.setdefault(match[1], _unquoted(match[2].strip()))
    return record


def _draft(reader: ReaderSpec) -> FormatSpec:
    return FormatSpec(
        id="generic-kv",
        title="key=value pairs with known field names",
        vendor="",
        reference="",
        revision=1,
        reader=reader,
        columns={},
        detect=(_mark(reader),),
        exclude=(r"CEF:\s?\d|LEEF:\s?\d",),
        payload=_first_pair(reader),
        origin="inferred",
    )


def _mark(reader: ReaderSpec) -> str:
    """Two pairs with this dialect's separator between them."""
    separator, assign = re.escape(reader.separator[0]), re.escape(reader.assign)
    gap = "[ ]*" if len(reader.separator) > 1 else ""
    key = r"[A-Za-z_][\w./()-]*" if separator != ", " else r"[A-Za-z_][\w ./()-]*"
    return rf"""[\w)]{assign} ?(?:"[^"]*"+|'[^']*'|[^"{separator}]*){separator}{gap}{key}{assign}"""


def _first_pair(reader: ReaderSpec) -> str:
    """What stands before the first pair is cut off, where it doesn't end with this dialect's separator."""
    if reader.separator.startswith(" "):
        return ""
    separator, assign = re.escape(reader.separator[0]), re.escape(reader.assign)
    return rf"""([A-Za-z_][\w./()-]*{assign}\s*(?:"[^"]*"|[^{separator}{assign}]*){separator}.*)$"""


@lru_cache(maxsize=32)
def _pairs(reader: ReaderSpec) -> re.Pattern[str]:
    separator, assign = re.escape(reader.separator[0]), re.escape(reader.assign)
    key = _KEY if reader.separator.isspace() or reader.assign == "=" else _SPACED_KEY
    if len(reader.separator) > 1:
        ending = r"[A-Za-z_][\w.-]*" if reader.separator.isspace() else r"[A-Za-z_][\w .-]*"
        value = rf"({_QUOTED}|.*?)(?={separator}[ ]*{ending}{assign}|[{separator}\]\s]*$)"
        return re.compile(rf"{separator}[ ]*({key}){assign}{_gap(reader)}{value}")
    value = rf"""(""[^"{separator}][^"]*""|{_QUOTED}|'[^']*'|[^{separator}]*)"""
    return re.compile(f"{separator}({key}){assign}{_gap(reader)}{value}")


def _gap(reader: ReaderSpec) -> str:
    return r"\s*" if reader.assign == ":" else ""


def _unquoted(value: str) -> str:
    if value.startswith('""') and len(value) > 4:
        return value[2:-2]
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value


def _cleanness(reader: ReaderSpec, line: str) -> float:
    """Score a dialect by the pairs it finds, less those whose values show that it cuts at the wrong place."""
    values = [match[2] for match in _pairs(reader).finditer(reader.separator[0] + line)]
    bare = [value for value in values if not value.startswith('"')]
    # A comma left at a value's end can be cut off; a further pair within a value is lost.
    ragged = sum(1 for value in bare if value.endswith((",", ";")))
    spoilt = sum(1 for value in bare if value.endswith("|") or _SPOILT.search(value))
    return len(values) - 0.5 * ragged - 2.0 * spoilt


def _is_wordy(lines: Sequence[str]) -> bool:
    """Tell whether words behind bare values mostly go on with them (``Jo Doe``) and are no flags (``ID=0 DF``)."""
    heads = [match[1] for line in lines for match in _STRAY.finditer(line)]
    flags = sum(_FLAG_BEFORE.fullmatch(head) is not None for head in heads)
    return len(heads) > 3 * flags
