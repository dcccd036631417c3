"""Long fuzzing of every parser (``make fuzz``): random bytes, and sound messages with some of their bytes changed."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shadowscan.capture.batch import CaptureLimits
from shadowscan.capture.cursor import DamagedError, NotIpError
from shadowscan.capture.dns import NotDnsError, parse_message
from shadowscan.capture.http import NotHttpError, body_facts, chunk_head, may_be_request, parse_request, parse_response
from shadowscan.capture.layers import Layers
from shadowscan.capture.preface import proxy_preface
from shadowscan.capture.quic import CryptoStream, client_keys, gather, initials, unprotect
from shadowscan.capture.socks import NeedMoreError, NotSocksError, parse_socks
from shadowscan.capture.tls import NotAHelloError, hello_of_records, ja4, parse_hello
from tests.capture.build import (
    Flow,
    batches,
    client_hello,
    conversation,
    crypto,
    dns,
    enhanced,
    ether,
    initial,
    interface,
    pcap,
    section,
    simple,
    tls_records,
    udp,
)
from tests.capture.test_layers import ETHERNET, LINKS

pytestmark = pytest.mark.soak
_HELLO = client_hello("a.example.com", ech=True)
_QUERY = dns("a.example.com")
_LINKS = [1, 147, *(link for link, _ in LINKS.values())]


def read_hello(data: bytes) -> None:
    ja4(parse_hello(hello_of_records(data).hello), "t")


def read_bare_hello(data: bytes) -> None:
    ja4(parse_hello(data), "q")


def read_quic(data: bytes) -> None:
    for packet in initials(data):
        unprotect(data, packet, client_keys(packet.version, packet.dcid))


def read_frames(data: bytes) -> None:
    stream = CryptoStream()
    gather(data, stream)
    assert len(stream.contiguous()) <= 1 << 16


def read_http(data: bytes) -> None:
    may_be_request(data)
    request = parse_request(data)
    body_facts(request, data)


def read_layers(data: bytes) -> None:
    layers = Layers(CaptureLimits())
    link = _LINKS[data[0] % len(_LINKS)] if data else 1
    segment = layers.dissect(link, data[1:], len(data))
    if segment is not None:
        assert 0 <= segment.captured <= segment.length
        assert segment.payload + segment.captured <= len(segment.detached or data[1:])


def read_capture_whole(data: bytes) -> None:
    for batch in batches(data):
        assert batch.packets == batch.dissected + batch.not_ip + batch.damaged
        batch.events.to_pylist()


TARGETS: dict[str, tuple[Callable[[bytes], object], list[bytes]]] = {
    "dns": (
        parse_message,
        [dns("a.example.com"), dns("a.example.com", answers=["192.0.2.1", "2001:db8::1"], alias="b")],
    ),
    "tls": (read_hello, [tls_records(_HELLO), tls_records(_HELLO, 20)]),
    "hello": (read_bare_hello, [_HELLO]),
    "quic": (read_quic, [initial(crypto(0, _HELLO)), initial(b"", version=0x6B3343CF)]),
    "frames": (read_frames, [crypto(0, _HELLO), b"\2\1\2\3\4\5" + crypto(9, b"x") + b"\0\0\1"]),
    "request": (
        read_http,
        [b'POST /a HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data\r\n\r\nfilename="x"\r\n'],
    ),
    "chunks": (chunk_head, [b"5;a=b\r\nhello\r\n", b"0\r\nA: b\r\n\r\n", b"0\r\n\r\n"]),
    "response": (parse_response, [b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"]),
    "socks": (parse_socks, [b"\5\1\0\5\1\0\3\1a\0\1", b"\4\1\0\1\0\0\0\1a\0b\0"]),
    "preface": (proxy_preface, [b"PROXY TCP4 a b 1 2\r\n", b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c"]),
    "layers": (
        read_layers,
        [b"\0" + frame for frame in ETHERNET.values()] + [b"\2" + frame for _, frame in LINKS.values()],
    ),
    "capture": (
        read_capture_whole,
        [
            pcap(ETHERNET.values()),
            pcap([ether(udp(Flow(), initial(crypto(0, _HELLO))))]),
            pcap(conversation(Flow(dport=80), [b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", tls_records(_HELLO, 20)])),
            pcap(
                conversation(
                    Flow(dport=80),
                    [b"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"],
                )
            ),
            pcap(conversation(Flow(dport=443), [b"\x15\3\1\0\2\1\0" + tls_records(_HELLO)])),
            pcap(conversation(Flow(dport=53), [len(_QUERY).to_bytes(2, "big") + _QUERY] * 3)),
        ],
    ),
    "pcapng": (
        read_capture_whole,
        [
            section(order)
            + interface(order=order, resolution=9, snaplen=80)
            + b"".join(enhanced(frame, order=order) + simple(frame, order) for frame in ETHERNET.values())
            for order in "<>"
        ],
    ),
}
_REFUSALS = (NotDnsError, NotAHelloError, NotHttpError, NotSocksError, NeedMoreError, NotIpError, DamagedError)


@st.composite
def changed(draw: st.DrawFn, seeds: list[bytes]) -> bytes:
    data = bytearray(draw(st.sampled_from(seeds)))
    for place, value in draw(st.lists(st.tuples(st.integers(0, 1 << 16), st.binary(max_size=4)), max_size=12)):
        at = place % (len(data) + 1)
        data[at : at + len(value)] = value
    return bytes(data[: draw(st.integers(0, len(data)))]) if draw(st.booleans()) else bytes(data)


@pytest.mark.parametrize("name", TARGETS)
def test_fuzz(name: str) -> None:
    target, seeds = TARGETS[name]
    examples = 200 if name in ("capture", "pcapng") else 2_000

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(changed(seeds) | st.binary(max_size=400))
    def run(data: bytes) -> None:
        try:
            target(data)
        except _REFUSALS:
            return

    run()
