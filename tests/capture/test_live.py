"""Live capture: the same events as from a file, whatever the stretches; over the loopback interface where allowed."""

import io
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowscan.capture import CaptureBatch, CaptureLimits
from shadowscan.capture.feed import Feed
from shadowscan.capture.front import read_records
from shadowscan.capture.live import LIVE_LIMITS, Bounds, capture_live
from shadowscan.capture.pcapfiles import PcapFiles
from shadowscan.capture.records import Records
from shadowscan.errors import SourceError
from tests.capture.build import Event, Flow, client_hello, conversation, dns, ether, events, pcap, tls_records, udp
from tests.commandline import COMMAND, ROOT, shadowscan

TRAFFIC = [
    ether(udp(Flow(dst="10.0.0.53", dport=53), dns("api.example.com"))),
    ether(udp(Flow(dst="10.0.0.53", dport=53).back(), dns("api.example.com", answers=["192.0.2.10"]))),
    *conversation(Flow(sport=40_001), [b"a" * 700, b"b" * 900]),
    *conversation(Flow(sport=40_002), [tls_records(client_hello("chat.example.com")), *[b"c" * 1000] * 20]),
    *conversation(Flow(sport=40_003, dport=80), [b"GET /v1 HTTP/1.1\r\nHost: llm.example.com\r\n\r\n"]),
]


def records(step: int = 1000) -> Records:
    with Feed(io.BytesIO(pcap(TRAFFIC, step=step)), 1 << 20) as feed:
        return next(read_records(feed, "test", CaptureLimits()))


def stretches(whole: Records, cuts: list[int]) -> list[Records | None]:
    bounds = sorted({0, len(whole), *(cut % len(whole) for cut in cuts)})
    parts = list[Records | None]()
    for begin, end in pairwise(bounds):
        columns = {name: getattr(whole, name)[begin:end] for name in ("data", "captured", "length", "link", "place")}
        parts += [replace(whole, ts=whole.ts[begin:end], first=whole.first + begin, **columns), None]
    return parts


class Played:
    """An interface whose packets are known; stops the capture, or breaks, after the last one."""

    def __init__(self, parts: list[Records | None], stopped: threading.Event, failure: SourceError | None = None):
        self._parts, self._stopped, self._failure = iter(parts), stopped, failure

    def read(self, patience_s: float) -> Records | None:
        for part in self._parts:
            return part
        if self._failure:
            raise self._failure
        self._stopped.set()
        return None


def played(parts: list[Records | None], bounds: Bounds | None = None, **limits: int) -> list[Event]:
    stopped = threading.Event()
    ring = Played(parts, stopped)
    live = capture_live(ring, stopped, bounds=bounds or Bounds(), limits=replace(LIVE_LIMITS, **limits))
    return rows(live)


def rows(live: Iterator[CaptureBatch]) -> list[Event]:
    found = [row for batch in live for row in batch.events.to_pylist()]
    return [{name: value for name, value in row.items() if value is not None} for row in found]


def sums(found: list[Event]) -> Counter[object]:
    """Bytes and packets of each flow, all its events together."""
    total: Counter[object] = Counter()
    for event in found:
        if event["kind"] == "flow":
            for name in ("bytes_out", "bytes_in", "packets_out", "packets_in"):
                total[event["src_port"], name] += int(str(event[name]))
    return total


def facts(found: list[Event]) -> list[tuple[object, ...]]:
    return sorted((str(e["kind"]), str(e.get("host")), e["packet"]) for e in found if e["kind"] != "flow")


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 100), max_size=6), st.sampled_from([1000, 700_000, 9_000_000]), st.integers(1, 20))
def test_stretches_and_reports_in_between_add_up_to_the_file(cuts: list[int], step: int, active_s: int) -> None:
    of_file = events(pcap(TRAFFIC, step=step))
    without_silence = [part for part in stretches(records(step), cuts) if part is not None]
    live = played([*without_silence], active_s=active_s)
    assert sums(live) == sums(of_file)
    assert facts(live) == facts(of_file)


def test_a_long_flow_is_reported_while_it_goes_on_and_keeps_its_name() -> None:
    found = played([part for part in stretches(records(9_000_000), [14, 21, 29]) if part])
    parts = [event for event in found if event["kind"] == "flow" and event["src_port"] == 40_002]
    assert len(parts) >= 3
    assert {flow["host"] for flow in parts} == {"chat.example.com"}
    assert len({flow["flow_id"] for flow in parts}) == 1
    assert "ongoing" in str(parts[0]["detail"])
    assert "ongoing" not in str(parts[-1]["detail"])
    times = [str(flow["ts"]) for flow in parts]
    assert times == sorted(set(times))


def test_silence_ends_idle_flows() -> None:
    stopped = threading.Event()
    live = capture_live(Played(stretches(records(), []), stopped), stopped, bounds=Bounds())
    counts = [len(batch.events) for batch in live]
    assert counts[-1] == 0  # all were reported when the clock said so, long after these packets


def test_packet_bound_is_exact() -> None:
    assert sum(int(str(e["packets_out"])) + int(str(e["packets_in"])) for e in
               played(stretches(records(), [3, 9]), Bounds(packets=5)) if e["kind"] == "flow") == 5  # fmt: skip


def test_a_lost_interface_costs_nothing_that_was_read() -> None:
    stopped, found = threading.Event(), 0
    live = capture_live(
        Played(stretches(records(), [4]), stopped, SourceError("interface lost")), stopped, bounds=Bounds()
    )
    with pytest.raises(SourceError, match="lost"):  # noqa: PT012 - every batch before it counts
        for batch in live:
            found += sum(int(row["packets_out"] or 0) + int(row["packets_in"] or 0) for row in batch.events.to_pylist())
    assert found == len(TRAFFIC)


def test_pcap_files_together_hold_every_packet(tmp_path: Path) -> None:
    stopped = threading.Event()
    files = PcapFiles(tmp_path, 1, file_bytes=3000)
    live = capture_live(Played(stretches(records(), list(range(50))), stopped), stopped, bounds=Bounds(), files=files)
    next(live)
    assert [path.name[0] for path in tmp_path.iterdir()] == ["."]  # not to be read before it is whole
    list(live)
    written = sorted(tmp_path.iterdir())
    assert len(written) > 5
    frames = [path.read_bytes()[24:] for path in written]
    assert b"".join(frames) == pcap(TRAFFIC)[24:]


def test_only_the_newest_files_are_kept_and_hidden_ones_of_the_dead_come_to_light(tmp_path: Path) -> None:
    left = tmp_path / ".capture-20200101T000000.000000Z.pcap"
    left.write_bytes(pcap(TRAFFIC)[:-7])
    stopped = threading.Event()
    files = PcapFiles(tmp_path, 1, file_bytes=3000, keep=3)
    assert (tmp_path / left.name[1:]).exists()
    list(capture_live(Played(stretches(records(), list(range(50))), stopped), stopped, bounds=Bounds(), files=files))
    assert len(list(tmp_path.iterdir())) == 3
    assert not (tmp_path / left.name[1:]).exists()


def test_no_such_interface_names_those_there_are() -> None:
    ran = shadowscan("capture", "-i", "nosuch0")
    assert ran.code == 2
    assert "no such interface: nosuch0" in ran.err
    assert "lo" in ran.err


def test_what_right_is_needed() -> None:
    command = [*COMMAND, "capture", "-i", "lo", "--seconds", "0"]
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("setpriv is needed to lose a right of root")
        command = ["setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw", *command]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert ran.returncode == 3
    assert "CAP_NET_RAW" in ran.stderr
    assert "setcap cap_net_raw+ep" in ran.stderr


def may_capture() -> bool:
    try:
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0).close()
    except (OSError, AttributeError):
        return False
    return True


@pytest.mark.skipif(not may_capture(), reason="needs CAP_NET_RAW")
def test_loopback_into_the_database_through_a_spool(tmp_path: Path) -> None:
    spool, port = tmp_path / "spool", 40_000 + os.getpid() % 20_000
    command = [*COMMAND, "capture", "-i", "lo", "--spool", str(spool), "--filter", f"udp port {port}"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT) as capture:
        assert capture.stderr is not None
        assert "capturing on lo" in capture.stderr.readline()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for number in range(500):
                sender.sendto(dns(f"n{number % 7}.example.com", ident=number), ("127.0.0.1", port))
                if number % 100 == 0:
                    time.sleep(0.15)
        capture.send_signal(signal.SIGTERM)
        said = capture.stderr.read()
    assert capture.returncode == 0, said
    assert "500 packets (0 not IP, 0 damaged, 0 lost)" in said
    lines = [json.loads(line) for path in spool.iterdir() for line in path.read_text().splitlines()]
    assert sum(line["packets_out"] for line in lines if line["kind"] == "flow") == 500
    assert len([line for line in lines if line["kind"] == "dns"]) == 500
    for _ in range(2):
        ran = shadowscan("scan", spool, "--db", tmp_path / "s.duckdb", "--output", "json", "--no-progress")
        assert ran.json()["totals"]["events"] == len(lines)
