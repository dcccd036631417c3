"""Flows: sums, client side, names, times; against a slow reference that keeps one dictionary."""

import json
import random
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.capture.build import (
    ACK,
    BEGIN,
    CLIENT,
    FIN,
    RESOLVER,
    RST,
    SERVER,
    SYN,
    Flow,
    batches,
    client_hello,
    conversation,
    dns,
    ether,
    events,
    pcap,
    record,
    tcp,
    tls_records,
    udp,
)

HOSTS = ["10.0.0.1", "10.0.0.2", "192.0.2.1", "2001:db8::1", "2001:db8::2"]


def traffic(rng: random.Random, packets: int) -> list[bytes]:
    frames = []
    for _ in range(packets):
        family = HOSTS[:3] if rng.random() < 0.6 else HOSTS[3:]
        flow = Flow(rng.choice(family), rng.choice([53, 443, 1111]), rng.choice(family), rng.choice([80, 443, 1111]))
        payload = rng.randbytes(rng.randrange(1400))
        frames.append(udp(flow, payload) if rng.random() < 0.5 else tcp(flow, rng.getrandbits(32), ACK, payload))
    return frames


def reference(frames: list[bytes]) -> dict[tuple[object, ...], list[int]]:
    """Bytes and packets by protocol and both ends, straight from the headers."""
    sums: dict[tuple[object, ...], list[int]] = defaultdict(lambda: [0, 0])
    for frame in frames:
        four = frame[0] >> 4 == 4
        proto, head = (frame[9], 20) if four else (frame[6], 40)
        src, dst = (frame[12:16], frame[16:20]) if four else (frame[8:24], frame[24:40])
        ends = (src, frame[head : head + 2]), (dst, frame[head + 2 : head + 4])
        entry = sums[proto, min(ends), max(ends)]
        entry[0] += len(frame)
        entry[1] += 1
    return sums


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1 << 32), st.integers(1, 400))
def test_sums_agree_with_a_dictionary(seed: int, packets: int) -> None:
    frames = traffic(random.Random(seed), packets)
    found = events(pcap(map(ether, frames)), "flow", chunk_bytes=1)
    want = sorted(reference(frames).values())
    assert sorted([int(str(e["bytes_out"])) + int(str(e["bytes_in"])),
                   int(str(e["packets_out"])) + int(str(e["packets_in"]))] for e in found) == want  # fmt: skip
    assert len({event["flow_id"] for event in found}) == len(found)


def test_directions_times_and_first_packet() -> None:
    frames = conversation(Flow(), [b"a" * 100, b"b" * 50])
    frames.append(ether(tcp(Flow().back(), 5001, ACK, bytes(1000))))
    (flow,) = events(pcap([ether(udp(Flow(dport=9), b"")), *frames], step=500_000), "flow")[1:]
    assert (flow["src_ip"], flow["src_port"], flow["dst_ip"], flow["dst_port"]) == (CLIENT, 40_000, SERVER, 443)
    assert (flow["bytes_out"], flow["bytes_in"]) == (40 + 40 + 140 + 90, 40 + 1040)
    assert (flow["packets_out"], flow["packets_in"]) == (4, 2)
    assert (flow["packet"], flow["duration_s"]) == (2, 2.5)


@pytest.mark.parametrize("first", [tcp(Flow().back(), 1, SYN | ACK), tcp(Flow().back(), 1, ACK, b"x")])
def test_client_side_when_the_server_is_seen_first(first: bytes) -> None:
    (flow,) = events(pcap([ether(first)]), "flow")
    assert (flow["src_ip"], flow["dst_port"]) == (CLIENT, 443)


def test_client_side_by_its_hello() -> None:
    talk = Flow(sport=800, dport=50_000)
    hello = tcp(talk, 1, ACK, tls_records(client_hello("a.example.com")))
    (flow,) = events(pcap([ether(tcp(talk.back(), 9, ACK, b"x")), ether(hello)]), "flow")
    assert (flow["src_port"], flow["dst_port"]) == (800, 50_000)


def test_idle_flows_end_and_begin_anew() -> None:
    frame = ether(udp(Flow(dport=9), b"x"))
    data = pcap([]) + b"".join(record(frame, BEGIN + second * 1_000_000) for second in (0, 299, 598, 1000, 1001))
    found = events(data, "flow")
    assert [event["packets_out"] for event in found] == [3, 2]
    assert events(data, "flow", chunk_bytes=1) == found


def test_too_many_flows_are_closed_early_and_reported() -> None:
    frames = [ether(udp(Flow(sport=port, dport=9), bytes(1000))) for port in range(1, 3000)]
    read = batches(pcap(frames), flows=100, chunk_bytes=1)
    assert "flows closed before their end" in str([problem for batch in read for problem in batch.problems])
    assert sum(batch.events.num_rows for batch in read) == 2999


def lookup(name: str, *addresses: str, client: str = CLIENT) -> list[bytes]:
    ask = Flow(client, 5353 + len(name), RESOLVER, 53)
    return [ether(udp(ask, dns(name))), ether(udp(ask.back(), dns(name, answers=addresses)))]


def test_flow_named_by_what_its_client_looked_up() -> None:
    flow = ether(tcp(Flow(), 1, ACK, b"?"))
    other = ether(tcp(Flow(src="10.9.9.9"), 1, ACK, b"?"))
    frames = [*lookup("old.example.com", SERVER), *lookup("chat.example.com", SERVER), flow, other]
    found = [event for event in events(pcap(frames, step=1_000_000), "flow") if event["dst_port"] == 443]
    assert [(event.get("host"), event.get("host_basis")) for event in found] == [
        ("chat.example.com", "dns-answer"), (None, None),
    ]  # fmt: skip
    assert json.loads(str(found[0]["detail"]))["answer_age_s"] == 1.0


def test_answers_after_the_flow_do_not_name_it() -> None:
    frames = [ether(tcp(Flow(), 1, ACK, b"?")), *lookup("late.example.com", SERVER)]
    (flow,) = [event for event in events(pcap(frames), "flow") if event["dst_port"] == 443]
    assert "host" not in flow


def test_flow_named_by_the_servers_other_flows_if_they_agree() -> None:
    def hello(port: int, host: str) -> list[bytes]:
        return conversation(Flow(sport=port), [tls_records(client_hello(host))])

    silent = ether(tcp(Flow(src="10.9.9.9"), 1, ACK, b"?"))
    for names, basis in ((["a.example.com"] * 2, "server"), (["a.example.com", "b.example.com"], None)):
        frames = [frame for n, name in enumerate(names) for frame in hello(1000 + n, name)]
        (flow,) = [event for event in events(pcap([*frames, silent]), "flow") if event["src_ip"] == "10.9.9.9"]
        assert flow.get("host_basis") == basis


def test_a_proxy_is_not_named_after_what_it_was_asked_for() -> None:
    ask = b"CONNECT api.example.com:443 HTTP/1.1\r\n\r\n"
    frames = conversation(Flow(dport=3128), [ask, tls_records(client_hello("api.example.com"))])
    frames.append(ether(tcp(Flow(src="10.9.9.9", dport=3128), 1, ACK, b"?")))
    (other,) = [event for event in events(pcap(frames), "flow") if event["src_ip"] == "10.9.9.9"]
    assert "host" not in other


@pytest.mark.parametrize("chunk", [1, 8 << 20])
def test_bursts_tell_an_upload_from_chatter(chunk: int) -> None:
    flow, data, seq, ts = Flow(), pcap([]), 1, BEGIN
    for size, pause in ((100, 0.1), (200, 5), (60_000, 0.2), (60_000, 30), (50, 0)):
        data += record(ether(tcp(flow, seq, ACK, bytes(size))), ts)
        filler = [record(ether(udp(Flow(sport=1, dport=9), bytes(60_000))), ts) for _ in range(10)]
        data += b"".join(filler)
        seq, ts = seq + size, ts + int(pause * 1_000_000)
    (found,) = [event for event in events(data, "flow", chunk_bytes=chunk) if event["dst_port"] == 443]
    detail = json.loads(str(found["detail"]))
    assert (detail["bursts"], detail["burst_max"], detail["payload_out"]) == (3, 120_000, 120_350)


@pytest.mark.parametrize(("ends", "flows"), [((FIN, FIN), 2), ((FIN, 0), 1), ((RST, 0), 2)])
def test_a_connection_that_was_closed_has_ended_soon(ends: tuple[int, int], flows: int) -> None:
    """Closed by both sides, or reset: after a few seconds its 5-tuple is another flow, long before the idle time."""
    again = conversation(Flow(), [b"x" * 100])
    closing = [ether(tcp(Flow(), 2000, ACK | ends[0])), ether(tcp(Flow().back(), 6000, ACK | ends[1]))]
    others = [ether(udp(Flow(sport=9000, dport=9001), bytes(1200)))] * 200
    data = pcap([*again, *closing, *others, *again], step=200_000)
    limits = {"chunk_bytes": 1, "record_bytes": 4096}
    assert [event["dst_port"] for event in events(data, "flow", **limits)].count(443) == flows
    assert sum(batch.packets for batch in batches(data, **limits)) == len(again) * 2 + 202
