"""Cells cut over a whole chunk at once are those that the readers' SQL cuts line by line."""

from collections.abc import Iterator

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowscan.formats.compile import CompiledFormat, CutPlan
from shadowscan.formats.spec import spec_from_mapping
from shadowscan.ingest.cut import Aside, cut
from shadowscan.store.scratch import Scratch
from tests.linetable import as_lines

READERS = [
    {"kind": "split"},
    {"kind": "split", "separator": "\t"},
    {"kind": "csv"},
    {"kind": "csv", "separator": ";"},
    {"kind": "w3c"},
    {"kind": "w3c", "separator": "\t"},
]
NAMES = ("c1", "c2", "c4")
PIECES = ["a", "bc", "é", " ", "  ", "     ", "\t", ",", ";", '"', '""', '","', '" "', "\x1f", "\u00a0", "-", "x y"]
WRAPPED = st.lists(st.text("ab,; é", max_size=5), min_size=1, max_size=5).map(
    lambda cells: ",".join(f'"{cell}"' for cell in cells)
)
LINES = st.lists(st.lists(st.sampled_from(PIECES), max_size=9).map("".join) | WRAPPED, max_size=12)


@pytest.fixture(scope="module")
def scratch() -> Iterator[Scratch]:
    with Scratch(threads=1) as opened:
        yield opened


def compiled(reader: dict[str, str]) -> CompiledFormat:
    columns = {"user": "c1", "src_host": "c2", "vendor_app": "c4"}
    spec = spec_from_mapping({"id": "x", "title": "x", "reader": reader, "columns": columns, "null_values": []})
    return CompiledFormat(spec, NAMES if reader["kind"] == "w3c" else ())


def table(lines: list[str]) -> pa.Table:
    return as_lines(lines)


def both(lines: pa.Table, plan: CutPlan | None) -> tuple[pa.Table, list[int]]:
    """Return the lines that could be cut, and the numbers of the others."""
    assert plan is not None
    aside = Aside()
    ready = cut(lines, plan, aside).read_all()
    return ready, [number for batch in aside.left for number in batch["_n"].to_pylist()]


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: "-".join(map(repr, reader.values())))
@settings(deadline=None, max_examples=60)
@given(lines=LINES)
def test_both_ways_give_the_same(scratch: Scratch, reader: dict[str, str], lines: list[str]) -> None:
    form = compiled(reader)
    columns = ("user", "src_host", "vendor_app")
    whole = table(lines)
    by_sql = scratch.query(whole, lambda name: form.query(name, columns))
    ready, left = both(whole, form.cutting(columns))
    assert sorted([*ready["_n"].to_pylist(), *left]) == list(range(len(lines)))
    at_once = scratch.query(ready, lambda name: form.query(name, columns, cut=True))
    rows = {row["_n"]: row for row in by_sql.to_pylist()}
    assert {row["_n"]: row for row in at_once.to_pylist()} == {n: rows[n] for n in ready["_n"].to_pylist()}


@pytest.mark.parametrize(
    ("reader", "line"),
    [
        ({"kind": "split"}, "1793577600.022   1292 10.0.0.1 TCP_MISS/200"),
        ({"kind": "csv"}, "a,,b c,"),
        ({"kind": "csv"}, '"a","","b,c"," d "'),
        ({"kind": "csv"}, 'a,"b,c",d,'),
        ({"kind": "w3c"}, '2026-01-01 12:00:00 "Mozilla/5.0 (X11)" -'),
    ],
)
def test_ordinary_lines_need_no_closer_look(reader: dict[str, str], line: str) -> None:
    ready, left = both(table([line] * 3), compiled(reader).cutting(("user",)))
    assert (len(ready), left) == (3, [])
