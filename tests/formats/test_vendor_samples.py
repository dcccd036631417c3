"""Each built-in format reads its sample as the vendor's documentation says, and claims no other's lines."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from shadowscan.formats.detect import claims, classify
from shadowscan.formats.library import FormatLibrary, load_library
from shadowscan.ingest.extract import Wanted
from shadowscan.ingest.lines import LineParser
from shadowscan.model.events import EVENT_COLUMN_NAMES
from shadowscan.store.scratch import Scratch

SAMPLES = Path(__file__).parents[2] / "samples" / "formats"
REFERENCE = datetime(2026, 12, 31)  # noqa: DTZ001 - event times are naive UTC
LIBRARY = load_library()
FOLDERS = sorted(path.parent.name for path in SAMPLES.glob("*/expected.ndjson"))
VENDORS = [name for name in FOLDERS if name in {spec.id for spec in LIBRARY}]
DEMANDING = [name for name in VENDORS if not LIBRARY.get(name).reader.header]
HEADERS = [
    "<134>Nov 19 12:30:46 gw-01 ",
    "<134>1 2026-11-19T12:30:46Z gw-01 app 12 - - ",
    "2026-11-19T12:30:46.5Z stdout F ",
]


@pytest.fixture(scope="module")
def scratch() -> Iterator[Scratch]:
    with Scratch() as connection:
        yield connection


def lines(name: str) -> list[str]:
    return (SAMPLES / name / "sample.log").read_text("utf-8").split("\n")[:-1]


def expected(name: str) -> dict[int, dict[str, Any]]:
    text = (SAMPLES / name / "expected.ndjson").read_text("utf-8")
    rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    return {row["line"]: row for row in rows}


def parsed(scratch: Scratch, library: FormatLibrary, texts: list[str]) -> dict[int, dict[str, Any]]:
    parser = LineParser(library, scratch, texts, reference=REFERENCE)
    table = pa.table({"_n": range(1, len(texts) + 1), "_off": range(len(texts)), "_line": texts})
    rows: list[dict[str, Any]] = parser.parse(table, Wanted(EVENT_COLUMN_NAMES)).to_pylist()
    assert sorted(row["_n"] for row in rows) == list(range(1, len(texts) + 1))
    return {row["_n"]: row | {"_format": parser.label(row["_f"])} for row in rows if row["outcome"] == "event"}


def differs(column: str, want: Any, got: Any) -> bool:
    if column == "ts":
        near = timedelta(milliseconds=1 if "." in want else 999)
        return got is None or abs(got.replace(tzinfo=UTC) - datetime.fromisoformat(want)) > near
    return bool(want != got)


@pytest.mark.parametrize("name", VENDORS)
def test_a_sample_is_read_as_documented(name: str, scratch: Scratch) -> None:
    events = parsed(scratch, LIBRARY, lines(name))
    wrong = [
        (number, column, want, events.get(number, {}).get(column))
        for number, row in expected(name).items()
        for column, want in row.items()
        if column in EVENT_COLUMN_NAMES and differs(column, want, events.get(number, {}).get(column))
    ]
    assert wrong == []
    assert set(events) == set(expected(name)), "noise became events"


@pytest.mark.parametrize("name", DEMANDING)
def test_a_sample_is_recognised_as_its_format(name: str) -> None:
    texts = lines(name)
    claimers = [classify(LIBRARY, texts[number - 1]) for number in expected(name)]
    assert {spec and spec.id for spec in claimers} <= {name}


@pytest.mark.parametrize("name", DEMANDING)
@pytest.mark.parametrize("header", HEADERS)
def test_a_header_more_does_not_hide_a_record(name: str, header: str) -> None:
    bare = [lines(name)[number - 1] for number in expected(name)]
    anchored = [text for text in bare if not claims(LIBRARY.get(name), header + text)]
    assert anchored == []


def test_every_format_has_a_sample() -> None:
    # Our own events are no vendor's log: they are made and read back in the tests of their writer.
    assert [spec.id for spec in LIBRARY if spec.id not in FOLDERS and spec.vendor != "shadowscan"] == []
