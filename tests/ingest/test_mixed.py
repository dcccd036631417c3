"""One syslog file of several devices: every line gets its own format, and the same events as in a file of its own."""

from collections import Counter
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path

import pyarrow as pa
import pytest

from shadowscan.formats.library import load_library
from shadowscan.ingest.extract import Wanted
from shadowscan.ingest.lines import LineParser
from shadowscan.model.events import EVENT_COLUMN_NAMES
from shadowscan.store.scratch import Scratch

SAMPLES = Path(__file__).parents[2] / "samples" / "formats"
DEVICES = ("squid", "fortinet-fortigate", "paloalto-ngfw", "dnsmasq", "suricata-eve", "bind", "zscaler-zia")
REFERENCE = datetime(2026, 11, 23, tzinfo=UTC).replace(tzinfo=None)
LIBRARY = load_library()
Rows = dict[int, dict[str, object]]


def sample(name: str) -> list[str]:
    lines = (SAMPLES / name / "sample.log").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def parsed(lines: list[str], chunk: int = 10_000) -> tuple[Rows, Counter[str]]:
    """Columns of each event by line, and lines of each format."""
    rows: Rows = {}
    formats: Counter[str] = Counter()
    with Scratch() as scratch:
        parser = LineParser(LIBRARY, scratch, lines[:400], reference=REFERENCE)
        for start in range(0, len(lines), chunk):
            part = lines[start : start + chunk]
            numbers = pa.array(range(start, start + len(part)), pa.int64())
            table = pa.table({"_n": numbers, "_off": numbers, "_line": pa.array(part, pa.string())})
            for row in parser.parse(table, Wanted(EVENT_COLUMN_NAMES)).to_pylist():
                name = parser.formats[row["_f"]].spec.id if row["_f"] >= 0 else "none"
                formats[name] += 1
                rows[row["_n"]] = {key: value for key, value in row.items() if key not in {"_n", "_off", "_f"}}
    return rows, formats


def interleaved() -> list[tuple[str, int, str]]:
    """Lines of all devices in turn: device, number in its own sample, line."""
    columns = [[(name, number, line) for number, line in enumerate(sample(name))] for name in DEVICES]
    return [item for row in zip_longest(*columns) for item in row if item is not None]


@pytest.mark.parametrize("chunk", [10_000, 50])
def test_every_line_of_a_mixed_file_gets_its_own_format(chunk: int) -> None:
    items = interleaved()
    rows, formats = parsed([line for _, _, line in items], chunk)
    assert len(rows) == len(items)
    assert set(DEVICES) <= formats.keys()
    alone = {name: parsed(sample(name))[0] for name in DEVICES}
    different = [
        (name, number)
        for position, (name, number, _) in enumerate(items)
        if alone[name][number]["outcome"] == "event" and rows[position] != alone[name][number]
    ]
    assert different == []


def test_headers_of_a_relay_change_nothing_but_times_that_records_lack() -> None:
    items = interleaved()
    bare, _ = parsed([line for _, _, line in items])
    relayed, _ = parsed([f"<134>Nov  9 10:00:{n % 60:02d} relay{n % 3} {line}" for n, (_, _, line) in enumerate(items)])
    lost = [
        items[position][0]
        for position, row in bare.items()
        if row["outcome"] == "event" and {**relayed[position], "ts": None} != {**row, "ts": None}
    ]
    assert Counter(lost) == Counter()


def test_a_second_format_that_comes_late_is_found() -> None:
    lines = sample("squid") * 20 + sample("fortinet-fortigate")
    rows, formats = parsed(lines)
    assert formats["fortinet-fortigate"] >= 0.9 * len(sample("fortinet-fortigate"))
    assert len(rows) == len(lines)
