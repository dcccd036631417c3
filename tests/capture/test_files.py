"""Capture files of every shape: what is in them is found, what is broken is counted and named."""

import io
import struct
import subprocess
import sys

import pytest

from shadowscan.capture import is_capture, read_capture
from shadowscan.errors import SourceError
from shadowscan.model.events import EVENT_COLUMN_NAMES
from tests.capture.build import (
    BEGIN,
    RESOLVER,
    Flow,
    batches,
    block,
    dns,
    enhanced,
    ether,
    events,
    hosts,
    interface,
    pcap,
    record,
    section,
    simple,
    udp,
)

ASK = Flow(dst=RESOLVER, dport=53)
FRAME = ether(udp(ASK, dns("chat.example.com")))


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("nano", [False, True])
def test_pcap_of_each_byte_order_and_resolution(order: str, nano: bool) -> None:
    data = pcap([FRAME], order=order, nano=nano)
    assert is_capture(data[:12])
    (event,) = events(data, "dns")
    assert event["host"] == "chat.example.com"
    assert str(event["ts"]) == "2023-11-14 22:13:20"
    assert (event["packet"], event["offset"]) == (1, 24)


def test_modified_pcap_has_longer_record_headers() -> None:
    head = struct.pack("<IHHiIII", 0xA1B2CD34, 2, 4, 0, 0, 65_535, 1)
    entry = struct.pack("<IIII", BEGIN // 1_000_000, 0, len(FRAME), len(FRAME)) + bytes(8) + FRAME
    assert hosts(head + entry + entry, "dns") == ["chat.example.com"]


@pytest.mark.parametrize("order", ["<", ">"])
def test_pcapng_with_every_packet_block(order: str) -> None:
    frames = [ether(udp(ASK, dns(f"{name}.example.com", ident=n))) for n, name in enumerate(("a", "b", "c"))]
    head = struct.pack(order + "HHIIII", 0, 0, BEGIN >> 32, BEGIN & 0xFFFFFFFF, len(frames[2]), len(frames[2]))
    data = section(order) + interface(order=order) + enhanced(frames[0], order=order) + simple(frames[1], order)
    data += block(4, b"\0\0\0\0", order) + block(2, head + frames[2], order)
    assert is_capture(data[:12])
    assert hosts(data, "dns") == ["a.example.com", "b.example.com", "c.example.com"]
    assert ["ts" in event for event in events(data, "dns")] == [True, False, True]


def test_pcapng_sections_bring_their_own_interfaces_and_order() -> None:
    raw = udp(ASK, dns("raw.example.com", ident=1))
    data = section() + interface(1) + interface(101) + enhanced(raw, number=1) + enhanced(FRAME)
    data += section(">") + interface(101, ">") + enhanced(udp(ASK, dns("big.example.com", ident=2)), order=">")
    assert sorted(map(str, hosts(data, "dns"))) == ["big.example.com", "chat.example.com", "raw.example.com"]


@pytest.mark.parametrize(
    ("resolution", "stamp"),
    [
        (6, BEGIN),
        (9, BEGIN * 1000),
        (3, BEGIN // 1000),
        (0x80 | 10, (BEGIN // 1_000_000) << 10),
        (0, BEGIN // 1_000_000),
    ],
)
def test_pcapng_time_resolution(resolution: int, stamp: int) -> None:
    data = section() + interface(resolution=resolution) + enhanced(FRAME, stamp)
    (event,) = events(data, "dns")
    assert str(event["ts"]) == "2023-11-14 22:13:20"


def test_undeclared_interface_is_a_damaged_packet() -> None:
    batch, *_ = batches(section() + interface() + enhanced(FRAME, number=3) + enhanced(FRAME))
    assert (batch.packets, batch.dissected, batch.damaged) == (2, 1, 1)


@pytest.mark.parametrize("cut", [1, 20, len(FRAME) + 10])
def test_cut_off_pcap_counts_up_to_the_cut(cut: int) -> None:
    read = batches(pcap([FRAME] * 3)[:-cut])
    assert sum(batch.packets for batch in read) == 3
    assert sum(batch.damaged for batch in read) == 1
    (problem,) = [problem for batch in read for problem in batch.problems]
    assert "cut off" in problem.message
    assert "after packet 2" in problem.reason


def test_impossible_length_ends_the_reading_with_a_problem() -> None:
    data = pcap([FRAME] * 2) + struct.pack("<IIII", 1, 1, 1 << 30, 1 << 30) + bytes(100)
    read = batches(data)
    assert sum(batch.dissected for batch in read) == 2
    assert "damaged" in str([problem for batch in read for problem in batch.problems])


def test_broken_pcapng_block_length() -> None:
    read = batches(section() + interface() + enhanced(FRAME) + struct.pack("<II", 6, 3) + bytes(40))
    assert sum(batch.dissected for batch in read) == 1
    assert "block length" in str([problem for batch in read for problem in batch.problems])


def test_snaplen_cut_packet_keeps_its_wire_volume() -> None:
    long = ether(udp(Flow(dport=5000), b"x" * 1000))
    data = pcap([]) + record(long[:60], BEGIN, length=len(long))
    (flow,) = events(data, "flow")
    assert flow["bytes_out"] == 1028


def test_kinds_of_packets_are_counted_apart() -> None:
    arp = b"\xff" * 12 + b"\x08\x06" + bytes(28)
    short = FRAME[:20]
    icmp = ether(b"\x45\0\0\x1c\0\0\0\0\x40\1\0\0\x0a\1\2\3\x0a\0\0\x35" + bytes(8))
    batch, *_ = batches(pcap([FRAME, arp, short, icmp]))
    assert (batch.packets, batch.dissected, batch.not_ip, batch.damaged) == (4, 2, 1, 1)


def test_columns_are_the_event_columns_plus_packet_and_offset() -> None:
    for batch in batches(pcap([FRAME])):
        assert tuple(batch.events.column_names) == (*EVENT_COLUMN_NAMES, "packet", "offset")


@pytest.mark.parametrize("data", [b"", b"\xd4\xc3\xb2\xa1", b"plain text that is no capture"])
def test_no_capture_is_a_problem_not_a_crash(data: bytes) -> None:
    assert [problem.message for batch in batches(data) for problem in batch.problems] == ["not a capture file"]


def test_small_buffers_give_the_same_events() -> None:
    frames = [ether(udp(ASK, dns(f"n{n}.example.com", ident=n) + bytes(1000))) for n in range(2000)]
    whole, pieces = events(pcap(frames)), events(pcap(frames), chunk_bytes=1)
    assert len(batches(pcap(frames), chunk_bytes=1)) > 3
    assert sorted(map(str, whole)) == sorted(map(str, pieces))


class _Failing(io.BytesIO):
    def readinto(self, buffer: object) -> int:
        assert isinstance(buffer, memoryview)
        got = self.read(len(buffer))
        if not got:
            raise SourceError("truncated gzip", where="test.pcap.gz")
        buffer[: len(got)] = got
        return len(got)


def test_failing_source_raises_after_what_was_readable() -> None:
    names = list[str]()

    def read() -> None:
        for batch in read_capture(_Failing(pcap([FRAME] * 2)[:-3]), "test"):
            names.extend(batch.events["host"].to_pylist())

    with pytest.raises(SourceError, match="truncated gzip"):
        read()
    assert "chat.example.com" in names


def test_is_capture_imports_nothing_heavy() -> None:
    code = "import sys, shadowscan.capture; print({'numpy', 'pyarrow', 'scapy', 'cryptography'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "set()"
