"""The CSV reader agrees with RFC 4180 as Python's csv module writes it, whatever is quoted."""

import csv
import io
from collections.abc import Iterator

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowscan.formats.readers import reader_for
from shadowscan.formats.spec import ReaderSpec
from shadowscan.store.scratch import Scratch

WIDTH = 4
CELLS = st.text(alphabet='ab ",;\té\\', max_size=6).map(str.strip)
ROWS = st.lists(st.lists(CELLS, min_size=WIDTH, max_size=WIDTH), min_size=1, max_size=30)
QUOTING = (csv.QUOTE_MINIMAL, csv.QUOTE_ALL)


@pytest.fixture(scope="module")
def scratch() -> Iterator[Scratch]:
    with Scratch() as connection:
        yield connection


def written(row: list[str], separator: str, quoting: int) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=separator, quoting=quoting, lineterminator="").writerow(row)  # type: ignore[arg-type]
    return text.getvalue()


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@settings(max_examples=60, deadline=None)
@given(rows=ROWS)
def test_cells_come_back_as_they_were_written(rows: list[list[str]], separator: str, scratch: Scratch) -> None:
    reader = reader_for(ReaderSpec(kind="csv", separator=separator))
    names = [f"c{number}" for number in range(1, WIDTH + 1)]
    lines = [written(row, separator, quoting) for row in rows for quoting in QUOTING]
    table = pa.table({"_n": range(len(lines)), "_p": lines})
    cells = ", ".join(f"{reader.field(name)} AS {name}" for name in names)
    got = scratch.query(
        table, lambda name: f"SELECT _n, {cells} FROM (SELECT *, {reader.prepare(names)} AS _r FROM {name}) ORDER BY _n"
    ).to_pylist()
    want = [row for row in rows for _ in QUOTING]
    assert [[record[name].strip() for name in names] for record in got] == want
