"""Anything may be in a capture: never an exception, every packet counted, time and memory in bounds."""

import random
import struct
import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.capture.build import (
    ACK,
    BEGIN,
    Flow,
    batches,
    block,
    client_hello,
    conversation,
    crypto,
    dns,
    enhanced,
    ether,
    initial,
    interface,
    pcap,
    record,
    section,
    simple,
    tcp,
    tls_records,
    udp,
)
from tests.capture.test_layers import ETHERNET, LINKS

SEEDS = [
    pcap([*ETHERNET.values(), *conversation(Flow(), [tls_records(client_hello("a.example.com"))])]),
    pcap([ether(udp(Flow(), initial(crypto(0, client_hello("q.example.com")))))] * 2),
    pcap(conversation(Flow(dport=80), [b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"])),
    section()
    + interface(resolution=9)
    + enhanced(ether(udp(Flow(dport=53), dns("a.example.com"))))
    + simple(b"x" * 60),
]


def count(data: bytes) -> int:
    read = batches(data)
    for batch in read:
        assert batch.packets == batch.dissected + batch.not_ip + batch.damaged
    return sum(batch.packets for batch in read)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), max_size=30))
def test_flipped_bytes(seed: bytes, changes: list[tuple[int, int]]) -> None:
    data = bytearray(seed)
    for place, value in changes:
        data[place % len(data)] = value
    count(bytes(data))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(SEEDS), st.integers(0, 1 << 20))
def test_cut_anywhere(seed: bytes, place: int) -> None:
    count(seed[: place % len(seed)])


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted({1, *(link for link, _ in LINKS.values()), 147})),
    st.lists(st.binary(max_size=200), max_size=8),
)
def test_random_frames_of_every_link_type(link: int, frames: list[bytes]) -> None:
    assert count(pcap(frames, link=link)) == len(frames)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(list(ETHERNET.values())), st.randoms(use_true_random=False))
def test_headers_with_random_bytes(frame: bytes, rng: random.Random) -> None:
    frames = []
    for _ in range(30):
        broken = bytearray(frame)
        for _ in range(rng.randrange(1, 5)):
            broken[rng.randrange(12, min(len(frame), 90))] = rng.getrandbits(8)
        frames.append(bytes(broken[: rng.randrange(10, len(frame) + 1)]))
    assert count(pcap(frames)) == 30


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 120), st.binary(min_size=1, max_size=60)), max_size=40))
def test_overlapping_segments(pieces: list[tuple[int, bytes]]) -> None:
    count(pcap(ether(tcp(Flow(), 1000 + at, ACK, b"\x16\3\1" + data)) for at, data in pieces))


def took(data: bytes) -> float:
    begin = time.process_time()
    count(data)
    return time.process_time() - begin


def half_hellos(n: int) -> bytes:
    return pcap(ether(tcp(Flow(sport=i % 60_000), i, ACK, b"\x16\3\1\x40\0\1\0\x3f\xf0")) for i in range(n))


def gaps(n: int) -> bytes:
    return pcap(ether(tcp(Flow(), 5000 + 2 * i, ACK, b"GET /")) for i in range(n))


def alternating_blocks(n: int) -> bytes:
    return section() + interface() + b"".join((enhanced(b"x" * 40), simple(b"x"))[i & 1] for i in range(n))


def alternating_sections(n: int) -> bytes:
    both = [section(order) + interface(order=order) + simple(b"x", order) for order in "<>"]
    return b"".join(both[i & 1] for i in range(n // 2))


def interfaces(n: int) -> bytes:
    return section() + interface() * n + enhanced(b"x", number=n - 1)


def empty_records(n: int) -> bytes:
    return pcap([]) + struct.pack("<IIII", 1, 1, 0, 0) * n


def incomplete_initials(n: int) -> bytes:
    packets = (initial(crypto(i % 900, b"\1" * 40), dcid=b"%08d" % i) for i in range(n // 20))
    return pcap(ether(udp(Flow(), packet)) for packet in packets)


def questions(n: int) -> bytes:
    return pcap(ether(udp(Flow(dport=53), dns("x.example.com", ident=i & 0xFFFF))) for i in range(n))


@pytest.mark.parametrize(
    "make",
    [
        half_hellos,
        gaps,
        alternating_blocks,
        alternating_sections,
        interfaces,
        empty_records,
        incomplete_initials,
        questions,
    ],
)
def test_time_grows_with_size_only(make: Callable[[int], bytes]) -> None:
    small, large = make(2_000), make(8_000)
    took(small)
    assert took(large) < 10 * max(took(small), 0.05)


def test_one_giant_block_is_damage() -> None:
    data = section() + interface() + struct.pack("<II", 0x0BAD, 1 << 31) + bytes(1000)
    assert "damaged" in str([problem for batch in batches(data) for problem in batch.problems])


def test_times_beyond_every_calendar() -> None:
    data = section() + interface(resolution=0) + enhanced(ether(udp(Flow(), b"x")), (1 << 64) - 1)
    data += block(1, struct.pack("<HHI", 1, 0, 0) + struct.pack("<HHq", 14, 8, -(1 << 62)))
    data += enhanced(ether(udp(Flow(sport=1), b"x")), BEGIN, number=1)
    assert count(data) == 2
    for batch in batches(data):
        batch.events.to_pylist()


def test_terminal_escapes_stay_data() -> None:
    host = "\x1b]0;pwned\x07.example.com"
    read = batches(pcap(conversation(Flow(), [tls_records(client_hello(host))])) + record(b"", BEGIN))
    assert any(host in batch.events["host"].to_pylist() for batch in read)
