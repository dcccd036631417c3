"""The front half in another process: the same events, whatever happens to it."""

import os
import signal
import sys
from collections.abc import Generator
from pathlib import Path

import pyarrow as pa
import pytest

from shadowscan.capture import CaptureBatch, CaptureLimits, read_capture
from shadowscan.errors import SourceError
from tests.capture.build import Flow, client_hello, conversation, dns, ether, ip, pcap, tls_records, udp

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs memfd_create and /proc")
HERE, AHEAD = 1 << 40, 0


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Conversations, lookups, datagrams in fragments (whole and not), a last record cut off: many buffers of it."""
    frames = []
    for n in range(120):
        ask = Flow(sport=20_000 + n, dst="10.0.0.53", dport=53)
        big = udp(Flow(sport=30_000 + n, dst="192.0.2.7", dport=9_000), bytes(1600))[20:]
        frames += [ether(udp(ask, dns(f"n{n}.example.com", ident=n)))]
        frames += [ether(ip(ask, 17, big[:800], ident=n, fragment=0x2000))]
        frames += [ether(ip(ask, 17, big[800:], ident=n, fragment=100))] if n % 3 else []
        hello = tls_records(client_hello(f"t{n}.example.com"))
        frames += conversation(Flow(sport=40_000 + n), [hello, *[b"c" * 1000] * 8])
    path = tmp_path_factory.mktemp("ahead") / "some.pcap"
    path.write_bytes(pcap(frames)[:-7])
    return path


def reading(path: Path, ahead_bytes: int) -> Generator[CaptureBatch]:
    limits = CaptureLimits(ahead_bytes=ahead_bytes, chunk_bytes=1 << 16, record_bytes=4096, fragments=16)
    with path.open("rb", buffering=0) as stream:
        yield from read_capture(stream, "some.pcap", limits=limits)


def children() -> list[int]:
    tasks = Path("/proc/self/task").glob("*/children")
    return [int(pid) for task in tasks for pid in task.read_text().split()]


def test_same_as_in_one_process(capture: Path) -> None:
    here, ahead = list(reading(capture, HERE)), list(reading(capture, AHEAD))
    assert len(ahead) > 10
    for one, other in zip(here, ahead, strict=True):
        assert one.events.equals(other.events)
        assert one.problems == other.problems
        assert (one.packets, one.damaged, one.bytes_read) == (other.packets, other.damaged, other.bytes_read)
    events = pa.concat_tables([batch.events for batch in ahead])
    assert set(events["host"].to_pylist()) > {f"t{n}.example.com" for n in range(120)}
    assert [problem.message for batch in ahead for problem in batch.problems] == [
        "capture cut off in its last packet",
        "25 IP datagrams given up",
    ]


def test_one_process_does_where_no_other_may_be_started(capture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert sum(batch.packets for batch in reading(capture, AHEAD)) == sum(
        batch.packets for batch in reading(capture, HERE)
    )


def test_a_process_that_is_killed_is_named(capture: Path) -> None:
    before = children()
    batches = reading(capture, AHEAD)
    first = next(batches)
    for pid in set(children()) - set(before):
        os.kill(pid, signal.SIGKILL)
    with pytest.raises(SourceError, match="SIGKILL"):
        list(batches)
    assert first.packets


def test_nothing_is_left_of_a_reading_given_up(capture: Path) -> None:
    before = children()
    batches = reading(capture, AHEAD)
    next(batches)
    assert len(children()) == len(before) + 1
    batches.close()
    assert children() == before
