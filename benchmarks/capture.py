"""Measures reading one large capture beside other tools: ``python -m benchmarks.capture FILE [--repeat N]``.

Whole processes with their output written. Who isn't installed is named and left out. FILE is any capture; the first
contestant (a loop over the record headers in plain Python) says how fast the machine is at the time.
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
        Contestant("suricata", ["suricata", "-r", str(capture), "-l", str(scratch), "-k", "none"]),
        Contestant("tshark", ["tshark", "-n", "-r", str(capture), "-T", "fields", *fields]),
    ]


def best(contestant: Contestant, repeat: int) -> Run | None:
    """Return the run with the least wall time; None if the tool isn't there."""
    if shutil.which(contestant.command[0]) is None:
        return None
    return min((run(contestant.command) for _ in range(repeat)), key=lambda one: one.wall_s)


def row(contestant: Contestant, measured: Run | None) -> str:
    """Return a line of the table."""
    if measured is None:
        return f"| {contestant.name} | not installed | | | |"
    failed = f" (exit code {measured.exit_code}: {measured.last_words[-80:]})" if measured.exit_code else ""
    memory = measured.peak_bytes / 1e6
    return f"| {contestant.name}{failed} | {measured.wall_s:.2f} | {measured.cpu_s:.2f} | {memory:.0f} |"


def main() -> int:
    """Read the command line, measure, print the table."""
    parser = argparse.ArgumentParser(description="Measure reading a capture beside other tools.")
    parser.add_argument("capture", type=Path)
    parser.add_argument("--repeat", type=int, default=3, help="runs of each; the best counts (default: 3)")
    options = parser.parse_args()
    warm(options.capture)
    size, load = options.capture.stat().st_size, os.getloadavg()[0]
    print(f"{options.capture.name}: {size / 1e6:.0f} MB; {os.cpu_count()} processors, load {load:.1f}\n")
    print("| tool | wall s | CPU s | peak MB |\n| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as scratch:
        for contestant in contestants(options.capture, Path(scratch)):
            print(row(contestant, best(contestant, options.repeat)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
