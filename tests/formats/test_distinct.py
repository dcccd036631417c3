"""Columns computed once per distinct value are those computed line by line."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pyarrow as pa
import pytest

from shadowscan.catalog import load_catalog
from shadowscan.formats.compile import CompiledFormat
from shadowscan.formats.distinct import Cell, divide
from shadowscan.ingest import extract as extracting
from shadowscan.ingest.extract import extract
from shadowscan.ingest.label import HIT, Labeller
from shadowscan.ingest.values import Values
from shadowscan.store.scratch import Scratch
from tests.formats.test_cut import LIBRARY, NATIVE, SAMPLES, mutated
from tests.linetable import as_lines

URLS = [
    "https://chat.example.com/v1/chat/completions?x=http://other.example/",
    "http://user:pw@Example.COM.:8080/a",
    "http://192.0.2.1",
    "http://[2001:db8::1]:443/x",
    "https://",
    "https:///x",
    "http://a.example?x=/",
    "http://a.example#/",
    "HTTP://UPPER.example/",
    "ftp://f.example/x",
    "example.com:443",
    "/only/a/path",
    "error:transaction-end-before-headers/x",
    "-",
    "http://a.example//b@c::d",
]


@pytest.fixture(scope="module")
def scratch() -> Iterator[Scratch]:
    with Scratch() as opened:
        yield opened


@pytest.fixture(scope="module")
def labeller() -> Labeller:
    return Labeller(load_catalog())


def plain(table: pa.Table) -> list[dict[str, object]]:
    """Return rows in the order of lines; a hit that doesn't apply is none."""
    rows: list[dict[str, object]] = table.sort_by("_n").to_pylist()
    return [{name: (value or False) if name.startswith(HIT) else value for name, value in row.items()} for row in rows]


@pytest.mark.parametrize("name", NATIVE)
def test_by_value_and_by_line_agree(
    name: str, scratch: Scratch, labeller: Labeller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extracting, "MANY", 1)
    spec = LIBRARY.get(name)
    dice = random.Random(spec.id)
    sample = (SAMPLES / spec.id / "sample.log").read_text(encoding="utf-8").splitlines()
    urls = [line.replace("https://", url, 1) for line in sample if "https://" in line for url in URLS][:60]
    lines = [*sample, "", *urls, *(mutated(dice, dice.choice(sample)) for _ in range(60))]
    compiled = CompiledFormat(spec)
    values = Values(scratch)
    # The second part meets values that the first has left behind.
    for part in (lines[: len(lines) // 2], lines):
        table = as_lines(part, latest=datetime(2026, 11, 24))  # noqa: DTZ001 - UTC
        found = extract(scratch, compiled, table, labeller.first_pass, values)
        expected = extract(scratch, compiled, table, replace(labeller.first_pass, by_value=False))
        assert plain(found) == plain(expected)


@pytest.mark.parametrize("url", URLS)
def test_the_beginning_of_a_url_tells_what_the_whole_tells(url: str, scratch: Scratch, labeller: Labeller) -> None:
    squid = CompiledFormat(LIBRARY.get("squid"))
    line = f"1793577600.022 12 192.0.2.7 TCP_MISS/200 34770 GET {url} - HIER_DIRECT/198.51.100.29 text/html"
    table = as_lines([line] * 3, latest=datetime(2026, 11, 24))  # noqa: DTZ001 - UTC
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(extracting, "MANY", 1)
        found = extract(scratch, squid, table, labeller.first_pass, Values(scratch))
    assert plain(found) == plain(extract(scratch, squid, table, labeller.first_pass))


def test_only_what_hands_a_url_on_is_read_by_its_beginning(labeller: Labeller) -> None:
    squid = LIBRARY.get("squid")

    def cells_of_host(url: str) -> object:
        compiled = CompiledFormat(replace(squid, columns={**squid.columns, "url": url}))
        division = divide(compiled, labeller.first_pass.columns, labeller.first_pass.extras)
        return division and next(group.cells for group in division.groups if "host" in group.columns)

    assert cells_of_host("url") == (Cell("url", start_only=True),)
    assert cells_of_host("CASE WHEN NOT starts_with(url, 'error:') THEN url END") == (Cell("url", start_only=True),)
    assert cells_of_host("CASE WHEN NOT starts_with(url, 'http://x/y') THEN url END") is None
    assert cells_of_host("CASE WHEN NOT ends_with(url, '.png') THEN url END") is None
    assert cells_of_host("reverse(url)") is None
