"""Lines a second of each reader, and of a file of several formats: ``python -m benchmarks.readers``.

Writes ``benchmarks/READERS.md``. Lines are the samples' own, repeated; they come from memory, so that only parsing
is measured. Two ways: the few columns that a scan computes for every line, and all columns (``shadowscan parse``).
"""

import argparse
import os
import platform
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path

import pyarrow as pa

from shadowscan.formats.compile import EVENT
from shadowscan.formats.detect import SAMPLE_LINES
from shadowscan.formats.library import FormatLibrary, load_library
from shadowscan.ingest.extract import Wanted
from shadowscan.ingest.label import FIRST_PASS
from shadowscan.ingest.lines import LineParser
from shadowscan.model.events import EVENT_COLUMN_NAMES
from shadowscan.store.scratch import Scratch

ROOT = Path(__file__).parents[1]
TARGET = Path(__file__).with_name("READERS.md")
LINES = 200_000
CHUNK = 100_000
READERS = {
    "split": "squid",
    "csv": "zscaler-zia",
    "kv": "fortinet-fortigate",
    "json": "suricata-eve",
    "w3c": "w3c-elff",
    "cef": "fortinet-fortigate-cef",
    "leef": "paloalto-ngfw-leef",
    "regex": "cisco-asa",
}
MIXED = ("squid", "fortinet-fortigate", "cisco-asa", "paloalto-ngfw", "dnsmasq", "suricata-eve", "bind", "sonicwall")
SCAN, PARSE = Wanted(FIRST_PASS, by_value=True), Wanted(EVENT_COLUMN_NAMES)


@dataclass(frozen=True, slots=True)
class Figure:
    """What one run gave."""

    name: str
    formats: str
    way: str
    lines: int
    events: int
    wall_s: float
    cpu_s: float


def sample(name: str) -> list[str]:
    """Return the lines of a format's sample."""
    return (ROOT / "samples" / "formats" / name / "sample.log").read_text(encoding="utf-8").splitlines()


def mixed_lines(count: int) -> list[str]:
    """Return lines of several devices in one syslog file, each behind the header of its relay."""
    devices = [cycle([line for line in sample(name) if not line.startswith("#")]) for name in MIXED]
    lines = (
        f"<134>Nov  9 10:{number // 60 % 60:02d}:{number % 60:02d} device{number % len(MIXED)} {next(device)}"
        for number, device in enumerate(cycle(devices))
    )
    return list(islice(lines, count))


def repeated(name: str, count: int) -> list[str]:
    """Return a sample's lines over and over; a header stays where it is, at the top."""
    lines = sample(name)
    header = [line for line in lines if line.startswith("#")]
    return header + list(islice(cycle([line for line in lines if not line.startswith("#")]), count))


def tables(lines: Sequence[str]) -> Iterator[pa.Table]:
    """Cut lines into chunks as ingestion does."""
    for start in range(0, len(lines), CHUNK):
        part = lines[start : start + CHUNK]
        numbers = pa.array(range(start, start + len(part)), pa.int64())
        table = pa.table({"_n": numbers, "_off": numbers, "_line": pa.array(part, pa.string())})
        yield pa.Table.from_batches(table.to_batches(max_chunksize=4096), table.schema)


def measure(name: str, formats: str, lines: Sequence[str], library: FormatLibrary, wanted: Wanted) -> Figure:
    """Parse the lines once, after their tables are made."""
    chunks = list(tables(lines))
    reference = datetime.now(UTC).replace(tzinfo=None)
    events = 0
    with Scratch(threads=2) as scratch:
        wall, cpu = time.perf_counter(), time.process_time()
        parser = LineParser(library, scratch, lines[:SAMPLE_LINES], reference=reference)
        for chunk in chunks:
            events += parser.parse(chunk, wanted)["outcome"].to_pylist().count(EVENT)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return Figure(name, formats, "scan" if wanted is SCAN else "parse", len(lines), events, wall, cpu)


def figures(count: int, only: Sequence[str]) -> Iterator[Figure]:
    """Measure every reader both ways, then the mixed file."""
    library = load_library()
    for way in (SCAN, PARSE):
        for kind, name in READERS.items():
            if kind in only:
                yield measure(kind, name, repeated(name, count), library, way)
        if "mixed" in only:
            yield measure("mixed", f"{len(MIXED)} formats", mixed_lines(count), library, way)


def report(found: Sequence[Figure]) -> str:
    """Return the page."""
    lines = [
        "# Readers",
        "",
        f"Written by `python -m benchmarks.readers`: {LINES:,} lines each, {os.cpu_count()} cores",
        f"({platform.machine()}), Python {platform.python_version()}. Lines a second by the clock, and by the CPU",
        "time spent (twice as many would pass on two idle cores). scan: the columns computed for every line;",
        "parse: all columns.",
        "",
        "| reader | format | way | events | lines/s | lines per CPU-second |",
        "| --- | --- | --- | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {f.name} | {f.formats} | {f.way} | {f.events / f.lines:.0%} | {f.lines / f.wall_s:,.0f} | "
        f"{f.lines / f.cpu_s:,.0f} |"
        for f in found
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Read the command line, measure, write the page."""
    parser = argparse.ArgumentParser(description="Measure the readers.")
    parser.add_argument("--lines", type=int, default=LINES)
    parser.add_argument("--only", default=",".join([*READERS, "mixed"]))
    options = parser.parse_args()
    found = []
    for figure in figures(options.lines, options.only.split(",")):
        print(f"{figure.name:6} {figure.way:6} {figure.lines / figure.wall_s:10,.0f} lines/s", flush=True)
        found.append(figure)
    if options.lines == LINES:
        TARGET.write_text(report(found), encoding="utf-8")


if __name__ == "__main__":
    main()
