"""What a format file may hold: the model that checks files people write and gives their JSON Schema."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shadowscan.errors import UsageError
from shadowscan.formats.readers.pattern import groups
from shadowscan.formats.spec import FormatSpec, spec_from_mapping
from shadowscan.formats.sqltext import names_in
from shadowscan.model.events import EVENT_COLUMN_NAMES
from shadowscan.yamlfile import line_of, load_yaml, located

SCHEMA_FILE = Path(__file__).with_name("format.schema.json")
RECORD = "_record"
MOST_COLUMNS = 2000
DERIVED = ("flow_id",)
"""Event columns that no log line gives."""
Target = StrEnum("Target", [name for name in (*EVENT_COLUMN_NAMES, "url", "device") if name not in DERIVED])  # type: ignore[misc]
"""What an expression may fill: an event column, ``url`` (host, port, path and query are taken from it), ``device``."""

Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Line = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")]
Pattern = Annotated[str, Field(min_length=1, max_length=4000)]
Expression = Annotated[str, Field(min_length=1, max_length=4000)]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ReaderFile(_Strict):
    """How a record is cut into raw fields."""

    kind: Literal["split", "csv", "kv", "json", "w3c", "cef", "leef", "regex"] = Field(
        description="split: between blanks or one separator; csv; kv: key=value; json: one object a record; w3c: the "
        "file's own header names the columns (Zeek too); cef; leef; regex: patterns with named groups"
    )
    separator: str = Field("", max_length=8, description="between fields, or between pairs; the reader's own if empty")
    assign: str = Field("=", min_length=1, max_length=2, description="kv: between key and value")
    quoted: bool = Field(False, description="split: fields may stand in double quotes or square brackets")
    fields: list[Name] = Field([], max_length=MOST_COLUMNS, description="split, csv: names of the columns in order")
    patterns: list[Pattern] | Pattern = Field([], description="regex: RE2 with named groups; the first that fits cuts")
    header: str = Field("", max_length=40, description="w3c: the directive that names the columns, as #Fields:")
    minimum: int = Field(0, ge=0, le=MOST_COLUMNS, description="split, csv: a record has at least so many columns")


class SkipFile(_Strict):
    """Records that are no network activity."""

    when: Expression = Field(description="condition over raw fields")
    reason: Line = Field(description="told with the count of lines skipped")


class FormatFile(_Strict):
    """One log format: how its lines are recognised, cut, and turned into event columns."""

    id: Id = Field(description="lower case, words joined by hyphens: vendor-product-kind")
    title: Line = Field(description="product and log, for people")
    vendor: str = Field("", max_length=100)
    reference: str = Field("", max_length=400, description="the vendor's page that describes the log")
    revision: int = Field(1, ge=1, description="raised with every change; stored with each event")
    reader: ReaderFile
    columns: dict[Target, Expression] = Field(
        min_length=1, description="event column (or url) -> SQL expression over raw fields"
    )
    detect: list[Pattern] | Pattern = Field([], description="RE2; each must be found in a line of this format")
    exclude: list[Pattern] | Pattern = Field([], description="RE2; none may be found in a line of this format")
    claim: str = Field(
        "", max_length=4000, description="condition that stands for detect where a file holds one format"
    )
    payload: str = Field("", max_length=4000, description="RE2 with one group: the record behind a syslog header")
    only: str = Field("", max_length=4000, description="condition that always stands for detect")
    skip: list[SkipFile] = Field([], description="records that are no network activity")
    notes: list[Line] | Line = Field([], description="what a reader of the report must know of this source")
    null_values: list[str] = Field(["", "-"], description="words for no value")
    hostless: bool = Field(False, description="a web server's own log: a path is enough for an event")


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a well-formed file."""

    place: tuple[int | str, ...]
    message: str
    reason: str
    hint: str = ""


def checked_format(path: Path) -> FormatSpec:
    """Read a format file that a user wrote; UsageError with file:line, what was found and what is allowed."""
    raw = load_yaml(path)
    try:
        FormatFile.model_validate(raw)
    except ValidationError as error:
        raise _explained(path, error) from error
    spec = spec_from_mapping(raw, origin=str(path))
    for flaw in flaws(spec):
        where = f"{path}:{line_of(path, flaw.place)}"
        raise UsageError(flaw.message, reason=flaw.reason, where=where, hint=flaw.hint)
    return spec


def _explained(path: Path, error: ValidationError) -> UsageError:
    """Name a column that doesn't exist as such, with the nearest that do."""
    for problem in error.errors():
        if problem["loc"][:1] == ("columns",) and problem["loc"][-1:] == ("[key]",):
            return _unknown_column(path, str(problem["loc"][1]))
    return located("format", path, error)


def _unknown_column(path: Path, name: str) -> UsageError:
    import difflib

    known = [target.value for target in Target]
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
    return UsageError(
        f"unknown event column {name!r}",
        reason=f"columns are {', '.join(known)}",
        where=f"{path}:{line_of(path, ('columns', name))}",
        hint=f"did you mean {' or '.join(near)}?" if near else "see docs/formats.md",
    )


def flaws(spec: FormatSpec) -> Iterator[Flaw]:
    """Everything wrong with a format beyond its shape: patterns, expressions, fields that don't exist."""
    yield from _reader_flaws(spec)
    yield from _pattern_flaws(spec)
    for place, text in expressions(spec):
        yield from _expression_flaws(spec, place, text)


def expressions(spec: FormatSpec) -> Iterator[tuple[tuple[int | str, ...], str]]:
    """All expressions of a format with their places in the file."""
    yield from ((("columns", name), text) for name, text in spec.columns.items())
    yield from ((("skip", number, "when"), rule.when) for number, rule in enumerate(spec.skip))
    yield from (((name,), text) for name, text in (("claim", spec.claim), ("only", spec.only)) if text)


def _reader_flaws(spec: FormatSpec) -> Iterator[Flaw]:
    reader = spec.reader
    if reader.kind == "regex" and not any(groups(pattern) for pattern in reader.patterns):
        yield Flaw(("reader",), "a regex reader needs patterns with named groups", "there is no (?P<name>...)")
    if reader.kind == "w3c" and not reader.header:
        yield Flaw(("reader",), "a w3c reader needs a header", "no directive names the columns", "header: '#Fields:'")
    if reader.kind != "w3c" and not (spec.detect or spec.only):
        yield Flaw((), "no detect patterns", "every line of every file would be taken as of this format")
    if "" in reader.fields or len(set(reader.fields)) < len(reader.fields):
        twice = next((name for name in reader.fields if reader.fields.count(name) > 1), "")
        yield Flaw(("reader", "fields"), f"field {twice!r} stands twice", "each needs a name of its own")


def _pattern_flaws(spec: FormatSpec) -> Iterator[Flaw]:
    listed = [(("detect", number), text) for number, text in enumerate(spec.detect)]
    listed += [(("exclude", number), text) for number, text in enumerate(spec.exclude)]
    for place, text in [*listed, *(((("payload",), spec.payload),) if spec.payload else ())]:
        yield from _pattern_flaw(place, text)
    for number, text in enumerate(spec.reader.patterns):
        yield from _pattern_flaw(("reader", "patterns", number), text)
    if spec.payload and not _group_count(spec.payload):
        yield Flaw(("payload",), "payload needs a group", "the group is the record within the line", "put it in (...)")


def _group_count(pattern: str) -> int:
    try:
        return re.compile(pattern).groups
    except re.error:
        return 1


def _pattern_flaw(place: tuple[int | str, ...], pattern: str) -> Iterator[Flaw]:
    """Patterns run in RE2 (SQL) and, on the sample, in Python: both must take them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    name = str(place[0]) if place[0] != "reader" else "reader.patterns"
    try:
        pc.match_substring_regex(pa.array([""]), pattern)
    except pa.ArrowInvalid as error:
        reason = str(error).removeprefix("Invalid regular expression: ")
        hint = "RE2 has no look-around and no back references"
        yield Flaw(place, f"{name}: not an RE2 pattern: {pattern!r}", reason, hint)
        return
    try:
        re.compile(pattern)
    except re.error as error:
        yield Flaw(place, f"{name}: not a pattern: {pattern!r}", str(error))


def _expression_flaws(spec: FormatSpec, place: tuple[int | str, ...], text: str) -> Iterator[Flaw]:
    from shadowscan.formats.sandbox import ExpressionError, check_expression

    label = ".".join(str(step) for step in place)
    try:
        check_expression(text)
    except ExpressionError as error:
        yield Flaw(place, f"wrong expression in {label}: {text!r}", str(error))
        return
    known = _fields(spec)
    unknown = [name for name in names_in(text) if known and name not in known and not _numbered(spec, name)]
    if unknown:
        named = ", ".join(sorted(known - {RECORD}))
        yield Flaw(place, f"unknown field {unknown[0]!r} in {label}", f"the reader names {named}")


def _fields(spec: FormatSpec) -> set[str]:
    """Fields that the file itself names; empty where records name their own."""
    if spec.reader.kind == "regex":
        return {RECORD, *(name for pattern in spec.reader.patterns for name in groups(pattern))}
    return {RECORD, *spec.reader.fields} if spec.reader.kind in {"split", "csv"} else set()


def _numbered(spec: FormatSpec, name: str) -> bool:
    """Tell whether a name is a column's generic one: c1, c2 ..."""
    return spec.reader.kind in {"split", "csv"} and name[:1] == "c" and name[1:].isdigit()


def json_schema() -> str:
    """Return the JSON Schema of format files, as published in ``format.schema.json``."""
    schema = FormatFile.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(schema, indent=1) + "\n"
