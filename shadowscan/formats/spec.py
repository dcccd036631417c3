"""What a format file says, as plain frozen data for run time.

``formats.schema`` holds the pydantic model that checks files people write and publishes the JSON Schema;
the built-in files are checked by it in the tests, so that a scan need not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ReaderSpec:
    """Which reader cuts a record into raw fields, and its options."""

    kind: str
    """split, csv, kv, json, w3c, cef, leef or regex"""
    separator: str = ""
    """Between fields (split, csv, w3c) or between pairs (kv); the reader's own default if empty."""
    assign: str = "="
    """Between a key and its value (kv)."""
    quoted: bool = False
    """split: fields may stand in double quotes or square brackets, separators inside them don't count."""
    fields: tuple[str, ...] = ()
    """Names of the columns in their order (split, csv); empty for self-naming readers."""
    patterns: tuple[str, ...] = ()
    """regex: RE2 patterns with named groups; the first that matches cuts the record."""
    header: str = ""
    """w3c: the directive that names the columns (``#Fields:``, ``#fields``)."""
    minimum: int = 0
    """split, csv: a record with fewer columns is not one of this format."""


@dataclass(frozen=True, slots=True)
class SkipRule:
    """Records of the format that are no network activity (logins, system messages)."""

    when: str
    reason: str


@dataclass(frozen=True, slots=True)
class FormatSpec:
    """One log format: how to recognise a line, cut it, and fill the event columns from the pieces."""

    id: str
    title: str
    vendor: str
    reference: str
    revision: int
    reader: ReaderSpec
    columns: Mapping[str, str]
    """Event column (or ``url``) -> expression over raw fields."""
    detect: tuple[str, ...] = ()
    """RE2 patterns, each of which must be found in the line."""
    exclude: tuple[str, ...] = ()
    """RE2 patterns, none of which may be found in the line."""
    claim: str = ""
    """Condition over raw fields that stands for ``detect`` where a file holds this format alone: its fields are
    extracted anyway, while each pattern is a further search through the line."""
    payload: str = ""
    """RE2 pattern with one group: the record within a line that carries a syslog or relay header."""
    only: str = ""
    """Condition over raw fields that always stands for ``detect`` (inferred tables: an address in its column)."""
    skip: tuple[SkipRule, ...] = ()
    notes: tuple[str, ...] = ()
    """What a reader of the report must know of this source (assumed time zone, missing columns)."""
    null_values: tuple[str, ...] = ("", "-")
    hostless: bool = False
    """A web server's own log: a record with a path is an event though it names no server."""
    origin: str = field(default="built-in", compare=False)
    """``built-in``, ``inferred`` or the path of the user's file."""

    @property
    def label(self) -> str:
        """The id with its revision, as ledger and evidence store it."""
        return f"{self.id}@{self.revision}"


def spec_from_mapping(raw: Mapping[str, Any], *, origin: str = "built-in") -> FormatSpec:
    """Build the run-time form from a format file's (checked) content."""
    reader = dict(raw["reader"])
    for key in ("fields", "patterns"):
        reader[key] = _strings(reader.get(key, ()))
    return FormatSpec(
        id=raw["id"],
        title=raw["title"],
        vendor=raw.get("vendor", ""),
        reference=raw.get("reference", ""),
        revision=int(raw.get("revision", 1)),
        reader=ReaderSpec(**reader),
        columns={name: str(expression) for name, expression in raw["columns"].items()},
        detect=_strings(raw.get("detect", ())),
        exclude=_strings(raw.get("exclude", ())),
        claim=raw.get("claim", ""),
        payload=raw.get("payload", ""),
        only=raw.get("only", ""),
        skip=tuple(SkipRule(rule["when"], rule["reason"]) for rule in raw.get("skip", ())),
        notes=_strings(raw.get("notes", ())),
        null_values=_strings(raw.get("null_values", ("", "-"))),
        hostless=bool(raw.get("hostless", False)),
        origin=origin,
    )


def _strings(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(str(item) for item in value)
