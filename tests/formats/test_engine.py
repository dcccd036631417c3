"""What the engine promises over all formats: who claims a line, that only what is asked for differs, nothing lost."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from shadowscan.formats.detect import detect
from shadowscan.formats.library import load_library
from shadowscan.ingest.extract import Wanted
from shadowscan.ingest.lines import LineParser
from shadowscan.model.events import EVENT_COLUMN_NAMES
from shadowscan.store.scratch import Scratch

SAMPLES = Path(__file__).parents[2] / "samples" / "formats"
LIBRARY = load_library()
REFERENCE = datetime(2026, 12, 31)  # noqa: DTZ001 - times of events are UTC without saying so
VENDORS = sorted(
    path.parent.name for path in SAMPLES.glob("*/sample.log") if path.parent.name in {s.id for s in LIBRARY}
)
GENERAL = sorted(path.parent.name for path in SAMPLES.glob("generic-*/sample.log"))
ONE_A_READER = {LIBRARY.get(name).reader.kind: name for name in VENDORS}
EVERYTHING = Wanted(EVENT_COLUMN_NAMES)
FEW = ("ts", "kind", "host", "user", "src_ip", "action", "bytes_out")


@pytest.fixture(scope="module")
def scratch() -> Iterator[Scratch]:
    with Scratch() as opened:
        yield opened


def lines(name: str) -> list[str]:
    return (SAMPLES / name / "sample.log").read_text("utf-8", "replace").split("\n")[:-1]


def parse(scratch: Scratch, texts: list[str], wanted: Wanted = EVERYTHING) -> list[dict[str, Any]]:
    """One row a line, in line order, with the name of the format in ``_f``."""
    parser = LineParser(LIBRARY, scratch, texts[:400], reference=REFERENCE)
    table = pa.table({"_n": range(1, len(texts) + 1), "_off": range(len(texts)), "_line": texts})
    batches = pa.Table.from_batches(table.to_batches(max_chunksize=512), table.schema)
    rows: list[dict[str, Any]] = parser.parse(batches, wanted).sort_by("_n").to_pylist()
    for row in rows:
        row["_f"] = parser.formats[row["_f"]].spec.id if row["_f"] >= 0 else None
    return rows


@pytest.mark.parametrize("name", VENDORS)
def test_no_other_format_claims_a_line_of_a_sample(name: str) -> None:
    """The confusion matrix has nothing beside its diagonal."""
    claimers = {candidate.spec.id for candidate in detect(LIBRARY, lines(name))}
    assert claimers <= {name}
    assert claimers or LIBRARY.get(name).reader.header


@pytest.mark.parametrize("name", GENERAL)
def test_no_vendors_format_claims_a_line_of_nobodys(name: str, scratch: Scratch) -> None:
    assert detect(LIBRARY, lines(name)) == []
    assert {row["_f"] for row in parse(scratch, lines(name)) if row["outcome"] == "event"} == {name}


@pytest.mark.parametrize("kind", sorted(ONE_A_READER))
def test_a_column_is_the_same_whatever_else_is_asked_for(kind: str, scratch: Scratch) -> None:
    texts = lines(ONE_A_READER[kind])
    everything = parse(scratch, texts)
    dice = random.Random(kind)
    for columns in (FEW, tuple(dice.sample(EVENT_COLUMN_NAMES, 5)), (dice.choice(EVENT_COLUMN_NAMES),), ()):
        alone = parse(scratch, texts, Wanted(columns))
        assert [row["outcome"] for row in alone] == [row["outcome"] for row in everything]
        assert [[row[name] for name in columns] for row in alone] == [
            [row[name] for name in columns] for row in everything
        ]


def test_all_readers_are_met() -> None:
    assert set(ONE_A_READER) >= {"split", "csv", "kv", "json", "w3c", "cef", "leef", "regex"}


@pytest.mark.parametrize("seed", range(3))
def test_each_line_of_a_mixed_file_is_read_as_its_own_format(seed: int, scratch: Scratch) -> None:
    """A syslog server's file, large enough for all cores: each line once, none as another's, garbage named."""
    dice = random.Random(seed)
    names = dice.sample([name for name in VENDORS if not LIBRARY.get(name).reader.header], 4)
    alone = {
        name: [(text, row) for text, row in zip(lines(name), parse(scratch, lines(name)), strict=True)]
        for name in names
    }
    sound = [(text, name, row) for name, pairs in alone.items() for text, row in pairs if row["outcome"] == "event"]
    picked = dice.choices(sound, k=4000)
    for place in dice.sample(range(len(picked)), 5):
        picked[place] = ("--- mark ---", "", {"outcome": "rejected"})
    rows = parse(scratch, [text for text, *_ in picked])
    assert [row["_n"] for row in rows] == list(range(1, len(picked) + 1))
    for row, (text, name, expected) in zip(rows, picked, strict=True):
        assert row["outcome"].split(":")[0] == expected["outcome"], text
        if name:
            assert (row["_f"], row["host"], row["ts"]) == (name, expected["host"], expected["ts"]), text


def test_broken_lines_anywhere_in_a_large_file_cost_only_themselves(scratch: Scratch) -> None:
    texts = lines("squid") * 400
    broken = random.Random(1).sample(range(len(texts)), 7)
    for place in broken:
        texts[place] = f"1793600000.1 torn {place}"
    outcomes = Counter(row["outcome"].split(":")[0] for row in parse(scratch, texts, Wanted(("host",))))
    already = sum(row["outcome"].startswith("rejected") for row in parse(scratch, lines("squid")))
    assert outcomes.total() == len(texts)
    assert 7 <= outcomes["rejected"] <= already * 400 + 7
    rejected = {row["_n"] - 1 for row in parse(scratch, texts, Wanted(("host",))) if row["outcome"] != "event"}
    assert set(broken) <= rejected


W3C_FILES = {
    "names that only the dictionary knows": [
        "#Version: 1.5",
        "#Fields: date time action protocol src-ip dst-ip src-port dst-port size path",
        "2025-03-04 10:00:00 DROP TCP 10.1.2.3 192.0.2.7 50111 443 52 SEND",
    ],
    "blanks in the directive, tabs in the rows": [
        "#Version: 1.0",
        "#Fields: date time sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status r-ip r-port sc-filter-result",
        "2025-03-04\t10:00:00\t392\t10.1.2.3\tGET\tchat.example.com\t/ask\t403\t192.0.2.7\t443\tDENIED",
    ],
}


@pytest.mark.parametrize("name", W3C_FILES)
def test_any_w3c_header_is_understood(name: str, scratch: Scratch) -> None:
    *_, event = parse(scratch, W3C_FILES[name])
    expected = {
        "ts": datetime(2025, 3, 4, 10),  # noqa: DTZ001 - event times are UTC without a zone
        "src_ip": "10.1.2.3",
        "dst_ip": "192.0.2.7",
        "dst_port": 443,
        "action": "blocked",
        "url_path": "/ask" if "tabs" in name else None,
    }
    assert {column: event[column] for column in expected} == expected
