"""Readers against the writers of their own formats: quotes, escapes and separators within values."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowscan.formats.compile import CompiledFormat
from shadowscan.formats.spec import spec_from_mapping
from shadowscan.ingest.extract import Wanted, extract
from shadowscan.store.scratch import Scratch
from tests.linetable import as_lines

FIELDS = ("one", "two", "three")
COLUMNS = {"src_host": "one", "user": "two", "vendor_app": "three", "host": "'server.example.com'"}
HOSTILE = "abcXYZ019 =,;|\"'\\[]{}<>:/?&%#@-_.é😀"
"""Everything that separates, quotes or escapes somewhere."""
few = settings(max_examples=15, deadline=None)


def value(without: str = "", *, blank_edges: bool = False) -> st.SearchStrategy[str]:
    """A value that is no stand-in for "nothing"; without characters that the format can't carry."""
    texts = st.text(sorted(set(HOSTILE) - set(without)), min_size=1, max_size=12)
    return texts.filter(lambda text: text != "-" and (blank_edges or text == text.strip()))


def rows(values: st.SearchStrategy[str]) -> st.SearchStrategy[list[tuple[str, str, str]]]:
    return st.lists(st.tuples(values, values, values), min_size=1, max_size=20)


@pytest.fixture(scope="module")
def scratch() -> Iterator[Scratch]:
    with Scratch() as opened:
        yield opened


def read(scratch: Scratch, reader: Mapping[str, Any], texts: list[str]) -> list[tuple[str | None, ...]]:
    """The three fields of each record."""
    spec = spec_from_mapping({"id": "x", "title": "x", "reader": reader, "columns": COLUMNS})
    chunk = as_lines(texts)
    names = ("src_host", "user", "vendor_app")
    found = extract(scratch, CompiledFormat(spec), chunk, Wanted(names)).sort_by("_n").to_pylist()
    return [tuple(row[name] for name in names) for row in found]


@few
@given(records=rows(value(blank_edges=False)), separator=st.sampled_from(",;|\t"))
def test_csv_as_rfc_4180_writes_it(scratch: Scratch, records: list[tuple[str, str, str]], separator: str) -> None:
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL):
        buffer = io.StringIO()
        csv.writer(buffer, delimiter=separator, quoting=quoting, lineterminator="\n").writerows(records)
        texts = buffer.getvalue().split("\n")[:-1]
        assert read(scratch, {"kind": "csv", "separator": separator, "fields": FIELDS}, texts) == records


@few
@given(records=rows(value()))
def test_json_as_any_library_writes_it(scratch: Scratch, records: list[tuple[str, str, str]]) -> None:
    for layout in ({"ensure_ascii": True}, {"ensure_ascii": False, "separators": (",", ":")}):
        texts = [json.dumps(dict(zip(FIELDS, record, strict=True)), **layout) for record in records]
        assert read(scratch, {"kind": "json"}, texts) == records


@few
@given(records=rows(value('"\\')))
def test_quoted_pairs(scratch: Scratch, records: list[tuple[str, str, str]]) -> None:
    texts = [" ".join(f'{name}="{text}"' for name, text in zip(FIELDS, record, strict=True)) for record in records]
    assert read(scratch, {"kind": "kv", "separator": " "}, texts) == records


@few
@given(records=rows(value(" \"'=,")))
def test_bare_pairs(scratch: Scratch, records: list[tuple[str, str, str]]) -> None:
    for separator in (" ", ","):
        texts = [
            separator.join(f"{name}={text}" for name, text in zip(FIELDS, record, strict=True)) for record in records
        ]
        assert read(scratch, {"kind": "kv", "separator": separator}, texts) == records


@few
@given(records=rows(value("=")))
def test_cef(scratch: Scratch, records: list[tuple[str, str, str]]) -> None:
    """Blanks need no escape, equals signs and backslashes do."""
    texts = [
        "CEF:0|Example|Gate|1|100|Web|3|"
        + " ".join(f"{name}={text.replace(chr(92), chr(92) * 2)}" for name, text in zip(FIELDS, record, strict=True))
        for record in records
    ]
    assert read(scratch, {"kind": "cef"}, texts) == records


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"a\=b", "a=b"),
        (r"a\\b", "a\\b"),
        ("https://h.example/?a=b&c=d", "https://h.example/?a=b&c=d"),
        ("with blanks and more", "with blanks and more"),
    ],
)
def test_cef_escapes(scratch: Scratch, written: str, meant: str) -> None:
    text = f"CEF:0|Example|Gate|1|100|Web|3|one={written} two=x three=y"
    assert read(scratch, {"kind": "cef"}, [text]) == [(meant, "x", "y")]


@few
@given(
    records=rows(value("|^").filter(lambda text: "#011" not in text)),
    form=st.sampled_from(["1.0", "2.0", "2.0|^", "2.0|x5E", "#011"]),
)
def test_leef(scratch: Scratch, records: list[tuple[str, str, str]], form: str) -> None:
    """Tabs, a stated delimiter (as a character and in hex), and the tab as rsyslog writes it (so never in a value)."""
    version, _, stated = ("1.0", "", "") if form == "#011" else form.partition("|")
    delimiter = "#011" if form == "#011" else "^" if stated else "\t"
    head = f"LEEF:{version}|Example|Gate|1|web|" + (f"{stated}|" if stated else "|" if version == "2.0" else "")
    texts = [
        head + delimiter.join(f"{name}={text}" for name, text in zip(FIELDS, record, strict=True)) for record in records
    ]
    assert read(scratch, {"kind": "leef"}, texts) == records


@few
@given(records=rows(value('"\\[]')))
def test_split_with_quotes(scratch: Scratch, records: list[tuple[str, str, str]]) -> None:
    texts = [f'"{one}" [{two}] "{three}"' for one, two, three in records]
    assert read(scratch, {"kind": "split", "quoted": True, "fields": FIELDS}, texts) == records


@few
@given(records=rows(value(" ")), width=st.integers(1, 7))
def test_split_by_runs_of_blanks(scratch: Scratch, records: list[tuple[str, str, str]], width: int) -> None:
    texts = [(" " * width).join(record) for record in records]
    assert read(scratch, {"kind": "split", "fields": FIELDS}, texts) == records


@few
@given(records=rows(value('"\\')))
def test_patterns(scratch: Scratch, records: list[tuple[str, str, str]]) -> None:
    pattern = r'^(?P<one>[^"]*)" to "(?P<two>[^"]*)" by "(?P<three>[^"]*)$'
    texts = [f'{one}" to "{two}" by "{three}' for one, two, three in records]
    assert read(scratch, {"kind": "regex", "patterns": [pattern]}, texts) == records
