"""The named fields of a sample, with their values record by record."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from shadowscan.formats.infer.values import NULLS, is_null

MAX_FIELDS = 600
LONGEST_VALUE = 2000


@dataclass(frozen=True)
class Field:
    """One raw field of the sample."""

    name: str
    """As the reader knows it."""
    title: str
    """As its producer calls it: the name, or the label that another field gives (CEF ``cs1Label``)."""
    values: tuple[str | None, ...]
    """One a record; None where the record lacks the field or says it has no value."""

    @cached_property
    def present(self) -> tuple[str, ...]:
        """The values there are."""
        return tuple(value for value in self.values if value is not None)


def fields_of(records: Sequence[Mapping[str, str]], titles: Mapping[str, str] | None = None) -> list[Field]:
    """Turn records (name -> text) into fields, in the order of first appearance."""
    names = list(dict.fromkeys(name for record in records for name in record))[:MAX_FIELDS]
    return [
        Field(name, (titles or {}).get(name, name), tuple(_clean(record.get(name)) for record in records))
        for name in names
    ]


def _clean(value: str | None) -> str | None:
    return None if value is None or is_null(value) else value.strip()[:LONGEST_VALUE]


def null_words(records: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
    """Words for "no value" that occur in the records, beside the empty text and "-"."""
    found = {value for record in records for value in record.values() if value.strip().lower() in NULLS}
    return ("", "-", *sorted(found - {"", "-"})[:6])
