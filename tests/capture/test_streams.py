"""TCP: however the bytes are cut, ordered and repeated, the same facts come out once."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.capture.build import (
    ACK,
    BEGIN,
    CLIENT,
    PSH,
    SYN,
    Flow,
    batches,
    client_hello,
    conversation,
    dns,
    ether,
    events,
    hosts,
    pcap,
    record,
    tcp,
    tls_records,
)

HELLO = tls_records(client_hello("chat.example.com", pad=1800))
REQUEST = b"POST /api/chat HTTP/1.1\r\nHost: llm.example.com:11434\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = (
    b"POST /api/upload HTTP/1.1\r\nHost: llm.example.com\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"1b;x=y\r\nGET /no HTTP/1.1\r\nHost: n\r\n\r\n5\r\nhello\r\n0\r\nSum: 1\r\n\r\n"
)
WEB = Flow(dport=11_434)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    marks = sorted({0, len(data), *(place % len(data) for place in places)})
    return [data[a:b] for a, b in pairwise(marks)]


def shuffled(flow: Flow, pieces: list[bytes], rng: random.Random, isn: int) -> list[bytes]:
    """The connection's frames, data segments in any order, some of them twice."""
    frames = conversation(flow, pieces, isn=isn)
    segments = frames[3:] + rng.sample(frames[3:], len(frames[3:]) // 3)
    rng.shuffle(segments)
    return frames[:3] + segments


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 2000), max_size=6), st.randoms(use_true_random=False), st.sampled_from([1, 0xFFFFFFF0]))
def test_client_hello_in_any_segments(places: list[int], rng: random.Random, isn: int) -> None:
    frames = shuffled(Flow(), cut(HELLO, places), rng, isn)
    (event,) = events(pcap(frames), "tls")
    assert (event["host"], event["host_basis"], event["src_ip"]) == ("chat.example.com", "sni", CLIENT)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 300), max_size=8), st.randoms(use_true_random=False))
def test_requests_in_any_segments(places: list[int], rng: random.Random) -> None:
    stream = REQUEST + CHUNKED + b"GET /api/tags?q=1 HTTP/1.1\r\nHost: llm.example.com\r\n\r\n"
    found = events(pcap(shuffled(WEB, cut(stream, places), rng, 77)), "http")
    assert sorted(map(str, (event["url_path"] for event in found))) == ["/api/chat", "/api/tags", "/api/upload"]


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 300), st.integers(1, 40))
def test_hello_over_several_records(size: int, segment: int) -> None:
    data = tls_records(client_hello("many.example.com"), size)
    frames = conversation(Flow(), [data[at : at + segment] for at in range(0, len(data), segment)])
    assert hosts(pcap(frames), "tls") == ["many.example.com"]


def test_hello_without_the_handshake_and_out_of_order() -> None:
    parts = [HELLO[:700], HELLO[700:1400], HELLO[1400:]]
    frames = conversation(Flow(), parts)[3:]
    assert hosts(pcap([frames[1], frames[2], frames[0]]), "tls") == ["chat.example.com"]


@pytest.mark.parametrize("before", ["15 0301 0002 0100", "14 0303 0001 01"], ids=["alert", "change of ciphers"])
def test_hello_behind_another_record(before: str) -> None:
    assert hosts(pcap(conversation(Flow(), [bytes.fromhex(before) + HELLO])), "tls") == ["chat.example.com"]


@pytest.mark.parametrize("port", [443, 8443, 25, 61_000])
def test_hello_in_mid_stream_on_any_port(port: int) -> None:
    flow = Flow(dport=port)
    frames = [ether(tcp(flow, 50, ACK, b"STARTTLS\r\n")), ether(tcp(flow, 60, ACK, HELLO))]
    assert hosts(pcap(frames), "tls") == ["chat.example.com"]


def test_hello_is_found_in_a_chunk_of_its_own() -> None:
    frames = conversation(Flow(), [HELLO[:700]]) + [ether(tcp(Flow(sport=1), 1, ACK, bytes(60_000)))] * 20
    frames.append(conversation(Flow(), [HELLO[:700], HELLO[700:]])[-1])
    assert len(batches(pcap(frames), chunk_bytes=1)) > 2
    assert hosts(pcap(frames), "tls", chunk_bytes=1) == ["chat.example.com"]


def test_second_hello_after_retry_request_is_no_second_fact() -> None:
    assert hosts(pcap(conversation(Flow(), [HELLO, HELLO])), "tls") == ["chat.example.com"]


def test_new_connection_on_the_same_ports() -> None:
    other = tls_records(client_hello("other.example.com"))
    frames = conversation(Flow(), [HELLO], isn=1000) + conversation(Flow(), [other], isn=3_000_000_000)
    assert hosts(pcap(frames), "tls") == ["chat.example.com", "other.example.com"]


def test_hello_cut_by_the_snap_length_keeps_a_whole_name() -> None:
    frame = conversation(Flow(), [HELLO])[-1]
    data = pcap([]) + record(frame[:250], BEGIN, length=len(frame))
    (event,) = events(data, "tls")
    assert event["host"] == "chat.example.com"
    assert '"cut":true' in str(event["detail"])
    assert hosts(pcap([]) + record(frame[:160], BEGIN, length=len(frame)), "tls") == [None]


def test_lost_segment_does_not_hide_what_follows() -> None:
    frames = conversation(WEB, [b"x" * 10, REQUEST, REQUEST.replace(b"chat", b"tags")])
    del frames[3]
    assert len(events(pcap(frames), "http")) == 2


def test_unfinished_request_is_none() -> None:
    assert events(pcap(conversation(WEB, [b"GET / HTTP/1.1\r\nHost: a.example.com\r\n"])), "http") == []


def test_requests_follow_each_other_across_skipped_bodies() -> None:
    head = b"PUT /upload HTTP/1.1\r\nHost: a.example.com\r\nContent-Length: 100000\r\n\r\n"
    body = [bytes(1000)] * 100
    frames = conversation(WEB, [head, *body, b"GET /next HTTP/1.1\r\nHost: a.example.com\r\n\r\n"])
    assert [event["url_path"] for event in events(pcap(frames), "http")] == ["/upload", "/next"]


def test_connect_then_hello() -> None:
    ask = b"CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com:443\r\n\r\n"
    flow = Flow(dport=3128)
    reply = ether(tcp(flow.back(), 5001, ACK | PSH, b"HTTP/1.1 200 Connection established\r\n\r\n"))
    frames = conversation(flow, [ask, HELLO])
    found = events(pcap([*frames[:4], reply, *frames[4:]]))
    (proxy,) = [event for event in found if event["kind"] == "proxy"]
    assert (proxy["method"], proxy["host"], proxy["status"]) == ("CONNECT", "api.example.com", 200)
    assert '"port":443' in str(proxy["detail"])
    assert [event["host"] for event in found if event["kind"] == "tls"] == ["chat.example.com"]
    (volume,) = [event for event in found if event["kind"] == "flow"]
    assert (volume["host"], volume["host_basis"]) == ("api.example.com", "url")


SOCKS = {
    "5 name": ([b"\5\1\0", b"\5\1\0\3\x0fapi.example.com\x01\xbb"], "api.example.com"),
    "5 ipv4": ([b"\5\2\0\2", b"\5\1\0\1\xcb\0\x71\7\x01\xbb"], "203.0.113.7"),
    "5 ipv6": ([b"\5\1\0", b"\5\1\0\4\x20\x01\x0d\xb8" + bytes(11) + b"\7\x01\xbb"], "2001:db8::7"),
    "5 password": ([b"\5\1\2", b"\1\1u\1p", b"\5\1\0\1\xcb\0\x71\7\x01\xbb"], "203.0.113.7"),
    "5 greeting lost": ([b"\5\1\0\1\xcb\0\x71\7\x01\xbb"], "203.0.113.7"),
    "5 greeting lost, name": ([b"\5\1\0\3\x0fapi.example.com\x01\xbb"], "api.example.com"),
    "4": ([b"\4\1\x01\xbb\xcb\0\x71\7me\0"], "203.0.113.7"),
    "4a": ([b"\4\1\x01\xbb\0\0\0\1me\0api.example.com\0"], "api.example.com"),
}


@pytest.mark.parametrize(("talk", "host"), SOCKS.values(), ids=SOCKS)
def test_socks_then_hello(talk: list[bytes], host: str) -> None:
    frames = pcap(conversation(Flow(dport=1080), [*talk, HELLO]))
    assert hosts(frames, "proxy") == [host]
    assert hosts(frames, "tls") == ["chat.example.com"]


@pytest.mark.parametrize("preface", [b"PROXY TCP4 203.0.113.1 192.0.2.1 5 443\r\n",
                                     b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" + bytes(12)])  # fmt: skip
def test_hello_behind_a_load_balancers_preface(preface: bytes) -> None:
    assert hosts(pcap(conversation(Flow(), [preface + HELLO])), "tls") == ["chat.example.com"]
    assert hosts(pcap(conversation(Flow(), [preface, HELLO])[3:]), "tls") == ["chat.example.com"]


def test_dns_over_tcp_with_several_messages() -> None:
    messages = [dns(f"n{n}.example.com", ident=n) for n in range(5)]
    stream = b"".join(len(message).to_bytes(2, "big") + message for message in messages)
    pieces = [stream[at : at + 7] for at in range(0, len(stream), 7)]
    assert len(hosts(pcap(conversation(Flow(dport=53), pieces)), "dns")) == 5


def test_half_open_streams_are_given_up_and_reported() -> None:
    frames = []
    for port in range(2000, 2400):
        frames += conversation(Flow(sport=port), [HELLO[:1000]])
    read = batches(pcap(frames), streams_bytes=50_000)
    assert "TCP streams given up" in str([problem for batch in read for problem in batch.problems])
    assert len(hosts(pcap(frames), "tls", streams_bytes=50_000)) == 400


def test_byte_by_byte_is_not_quadratic() -> None:
    head = b"GET / HTTP/1.1\r\nHost: a.example.com\r\nX: " + b"a" * 30_000 + b"\r\n\r\n"
    frames = conversation(WEB, [head[at : at + 1] for at in range(len(head))])
    assert hosts(pcap(frames), "http") == ["a.example.com"]


def test_syn_with_data() -> None:
    frames = [ether(tcp(WEB, 999, SYN, REQUEST))]
    assert hosts(pcap(frames), "http") == ["llm.example.com"]
