"""Measures reading one large capture beside other tools: ``python -m benchmarks.capture FILE [--only NAME ...]``.

Whole processes with their output written, in turns, so that a busy machine slows all of them alike; of each the runs
with the least wall time and the least CPU time count. Who isn't installed is named and left out. FILE is any capture;
the first contestant (a loop over the record headers in plain Python) says how fast the machine is at the time.
"""

import argparse
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Run, run, warm

_LOOP = """
import struct, sys
data = open(sys.argv[1], 'rb').read()
unpack, at, count = struct.Struct('<I').unpack_from, 24, 0
while at + 16 <= len(data):
    at += 16 + unpack(data, at + 8)[0]
    count += 1
print(count)
"""
_READ = """
import sys, pyarrow.parquet
from shadowscan.capture import read_capture
packets, writer = 0, None
with open(sys.argv[1], 'rb', buffering=0) as stream:
    for batch in read_capture(stream, sys.argv[1]):
        writer = writer or pyarrow.parquet.ParquetWriter(sys.argv[2], batch.events.schema)
        writer.write_table(batch.events)
        packets += batch.packets
writer.close()
print(packets, file=sys.stderr)
"""
_FIELDS = (
    "frame.time_epoch", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "tcp.srcport", "tcp.dstport", "udp.srcport",
    "udp.dstport", "tls.handshake.extensions_server_name", "dns.qry.name", "http.host", "http.request.uri",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Contestant:
    """One tool and how it is asked for names, requests and flows."""

    name: str
    command: list[str]


def contestants(capture: Path, scratch: Path) -> list[Contestant]:
    """Return the tools of this comparison, installed or not."""
    python, cli = sys.executable, str(Path(sys.executable).with_name("shadowscan"))
    fields = [part for field in _FIELDS for part in ("-e", field)]
    return [
        Contestant("loop over record headers, plain Python", [python, "-c", _LOOP, str(capture)]),
        Contestant("shadowscan.capture, events to Parquet", [python, "-c", _READ, str(capture), str(scratch / "p")]),
        Contestant("shadowscan parse", [cli, "parse", str(capture), "--output", "ndjson"]),
        Contestant("suricata", ["suricata", "-r", str(capture), "-l", str(scratch), "-k", "none", "-S", "/dev/null"]),
        Contestant("tshark", ["tshark", "-n", "-r", str(capture), "-T", "fields", *fields]),
    ]


def row(contestant: Contestant, runs: list[Run]) -> str:
    """Return a line of the table."""
    if not runs:
        return f"| {contestant.name} | not installed | | | |"
    bad = next((one for one in runs if one.exit_code), None)
    failed = f" (exit code {bad.exit_code}: {bad.last_words[-80:]})" if bad else ""
    wall, cpu = min(one.wall_s for one in runs), min(one.cpu_s for one in runs)
    memory = max(one.peak_bytes for one in runs) / 1e6
    return f"| {contestant.name}{failed} | {wall:.2f} | {cpu:.2f} | {memory:.0f} |"


def main() -> int:
    """Read the command line, measure, print the table."""
    parser = argparse.ArgumentParser(description="Measure reading a capture beside other tools.")
    parser.add_argument("capture", type=Path)
    parser.add_argument("--repeat", type=int, default=3, help="turns (default: 3)")
    parser.add_argument(
        "--only", nargs="+", default=[""], metavar="NAME", help="tools whose name has this in it: parse suricata"
    )
    options = parser.parse_args()
    warm(options.capture)
    size, load = options.capture.stat().st_size, os.getloadavg()[0]
    print(f"{options.capture.name}: {size / 1e6:.0f} MB; {os.cpu_count()} processors, load {load:.1f}\n")
    print("| tool | wall s | CPU s | peak MB |\n| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as scratch:
        everyone = contestants(options.capture, Path(scratch))
        tools = [tool for tool in everyone if any(name in tool.name for name in options.only)]
        there = [tool for tool in tools if shutil.which(tool.command[0])]
        runs = [{tool.name: run(tool.command) for tool in there} for _ in range(options.repeat)]
        for tool in tools:
            print(row(tool, [turn[tool.name] for turn in runs if tool.name in turn]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
