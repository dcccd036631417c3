"""What is read out of DNS, TLS, QUIC and HTTP."""

import json
import struct
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowscan.capture.dns import NotDnsError, parse_message
from shadowscan.capture.tls import ja4, parse_hello
from tests.capture.build import (
    ACK,
    CLIENT,
    PSH,
    RESOLVER,
    SERVER,
    Event,
    Flow,
    client_hello,
    conversation,
    crypto,
    dns,
    dns_name,
    ether,
    events,
    hosts,
    initial,
    pcap,
    tcp,
    tls_records,
    udp,
)

ASK = Flow(dst=RESOLVER, dport=53)
QUIC = Flow(dport=443)
WEB = Flow(dport=8080)


def detail(event: Event) -> dict[str, object]:
    parsed: dict[str, object] = json.loads(str(event["detail"]))
    return parsed


def lookup(question: bytes, *answers: bytes) -> list[Event]:
    frames = [udp(ASK, question), *(udp(ASK.back(), answer) for answer in answers)]
    return events(pcap([ether(frame) for frame in frames]), "dns")


def test_question_and_answer_are_one_event() -> None:
    (event,) = lookup(
        dns("chat.example.com"), dns("chat.example.com", answers=["192.0.2.10", "2001:db8::5"], alias="cdn.example.net")
    )
    assert (event["host"], event["src_ip"], event["dst_port"]) == ("chat.example.com", CLIENT, 53)
    assert event["answers"] == "192.0.2.10,2001:db8::5"
    assert detail(event) == {"qtype": "A", "rcode": 0, "cnames": ["cdn.example.net"]}


def test_question_asked_twice_and_never_answered() -> None:
    frames = [ether(udp(ASK, dns("slow.example.com")))] * 3
    (event,) = events(pcap(frames), "dns")
    assert detail(event) == {"qtype": "A", "asked": 3}


def test_answer_without_question_belongs_to_the_client() -> None:
    answer = ether(udp(ASK.back(), dns("chat.example.com", answers=["192.0.2.10"])))
    (event,) = events(pcap([answer]), "dns")
    assert (event["src_ip"], event["host"]) == (CLIENT, "chat.example.com")


def test_https_record_with_ech() -> None:
    parameters = struct.pack(">HH", 1, 3) + b"\2h2" + struct.pack(">HH", 5, 4) + b"\0\2\0\0"
    data = struct.pack(">H", 1) + b"\0" + parameters
    answer = struct.pack(">HHHHHH", 7, 0x8180, 1, 1, 0, 0) + dns_name("e.example.com") + struct.pack(">HH", 65, 1)
    answer += b"\xc0\x0c" + struct.pack(">HHIH", 65, 1, 60, len(data)) + data
    (event,) = lookup(dns("e.example.com", kind=65), answer)
    assert detail(event) == {"qtype": "HTTPS", "rcode": 0, "ech": True}


@pytest.mark.parametrize("port", [443, 8443, 5443])
def test_plain_dns_on_a_strange_port(port: int) -> None:
    assert hosts(pcap([ether(udp(Flow(dport=port), dns("odd.example.com")))]), "dns") == ["odd.example.com"]


@pytest.mark.parametrize("port", [5353, 5355, 137])
def test_neighbours_names_are_no_lookups(port: int) -> None:
    assert hosts(pcap([ether(udp(Flow(dport=port), dns("printer.local")))]), "dns") == []


def test_names_that_loop_or_never_end() -> None:
    head = struct.pack(">HHHHHH", 1, 0x100, 1, 0, 0, 0)
    for name in (b"\xc0\x0c", b"\x01a\xc0\x0c", b"\x3f" * 300, b"\x40a"):
        with pytest.raises(NotDnsError):
            parse_message(head + name + b"\0\1\0\1")


def test_names_with_controls_are_written_as_master_files_do() -> None:
    message = struct.pack(">HHHHHH", 1, 0x100, 1, 0, 0, 0) + b"\x05\x1b[31m\x03com\0" + b"\0\1\0\1"
    assert parse_message(message).questions == (("\\027[31m.com", 1),)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_dns_parser_takes_anything(data: bytes) -> None:
    for message in (data, dns("a.example.com", answers=["192.0.2.1"])[:40] + data):
        try:
            parse_message(message)
        except NotDnsError:
            continue


def test_hello_facts() -> None:
    frames = conversation(QUIC, [tls_records(client_hello("Chat.Example.com.", ech=True))])
    (event,) = events(pcap(frames), "tls")
    assert (event["host"], event["host_basis"]) == ("chat.example.com", "sni-outer")
    assert detail(event)["alpn"] == ["h2", "http/1.1"]
    assert detail(event)["ech"] is True


def test_ja4_by_hand() -> None:
    """The parts as the JA4 description gives them: 3 ciphers and 4 extensions without GREASE, ALPN h2, TLS 1.3."""
    hello = parse_hello(client_hello("chat.example.com"))
    # sha256("1301,1302,c02f") and sha256("000d,002b_0403,0804"), first 12 hex digits
    assert ja4(hello, "t") == "t13d0304h2_" + digest("1301,1302,c02f") + "_" + digest("000d,002b_0403,0804")
    assert ja4(parse_hello(client_hello(None, alpn=())), "q").startswith("q13i030200_")


def digest(text: str) -> str:
    from hashlib import sha256

    return sha256(text.encode()).hexdigest()[:12]


@pytest.mark.parametrize(
    ("hello", "carrier"),
    [
        (client_hello("dns.example.com", alpn=["dot"]), "tls"),
        (client_hello("dns.google"), "https"),
        (client_hello("chat.example.com"), None),
    ],
)
def test_encrypted_dns_is_marked(hello: bytes, carrier: str | None) -> None:
    (event,) = events(pcap(conversation(QUIC, [tls_records(hello)])), "tls")
    assert detail(event).get("dns_over") == carrier


HELLO = client_hello("quic.example.com", alpn=["h3"], pad=600)


def datagrams(*payloads: bytes, flow: Flow = QUIC) -> bytes:
    return pcap([ether(udp(flow, payload)) for payload in payloads])


@pytest.mark.parametrize("version", [1, 0x6B3343CF, 0xFF00001D, 0xFF00001B])
def test_quic_versions(version: int) -> None:
    (event,) = events(datagrams(initial(crypto(0, HELLO), version=version)), "quic")
    assert (event["host"], event["host_basis"], event["proto"]) == ("quic.example.com", "sni", "udp")
    assert detail(event)["quic"] == hex(version)
    assert str(detail(event)["ja4"]).startswith("q13d")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 600), min_size=1, max_size=8), st.randoms(use_true_random=False), st.integers(1, 3))
def test_crypto_frames_scattered_over_packets(places: list[int], rng: object, packets: int) -> None:
    marks = sorted({0, len(HELLO), *places})
    frames = [crypto(a, HELLO[a:b]) for a, b in pairwise(marks)]
    rng.shuffle(frames)  # type: ignore[attr-defined]
    sent = [initial(b"\1\0\0".join(frames[n::packets]), number=n) for n in range(packets)]
    assert hosts(datagrams(*sent), "quic") == ["quic.example.com"]


def test_one_connection_id_on_two_flows() -> None:
    data = pcap([ether(udp(Flow(sport=port), initial(crypto(0, HELLO)))) for port in (1111, 2222)])
    assert [event["src_port"] for event in events(data, "quic")] == [1111, 2222]


def test_coalesced_with_zero_rtt_before() -> None:
    early = b"\xd3\0\0\0\1\x08" + bytes(8) + b"\1\x99" + b"\x40\x40" + bytes(64)
    assert hosts(datagrams(early + initial(crypto(0, HELLO))), "quic") == ["quic.example.com"]


def test_second_initial_after_retry() -> None:
    first = initial(crypto(0, HELLO[:300]))
    again = initial(crypto(0, HELLO), dcid=b"retryid!")
    assert hosts(datagrams(first, again), "quic") == ["quic.example.com"]


def test_initials_to_the_servers_chosen_id_keep_their_first_keys() -> None:
    first = initial(crypto(0, HELLO[:300]))
    second = initial(crypto(300, HELLO[300:]), dcid=b"chosen!!", secret_id=b"\1\2\3\4\5\6\7\x08", number=1)
    assert hosts(datagrams(first, second), "quic") == ["quic.example.com"]


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=1400), st.integers(0, 1199), st.integers(0, 255))
def test_quic_takes_anything(noise: bytes, place: int, value: int) -> None:
    broken = bytearray(initial(crypto(0, HELLO)))
    broken[place] = value
    head = b"\xc3\0\0\0\1"
    assert set(hosts(datagrams(head + noise, bytes(broken), bytes(broken[:place])), "quic")) <= {"quic.example.com"}


def talk(*payloads: bytes, reply: bytes = b"") -> list[Event]:
    frames = conversation(WEB, list(payloads))
    if reply:
        frames.append(ether(tcp(WEB.back(), 5001, ACK | PSH, reply)))
    return events(pcap(frames), "http")


def test_request_and_response() -> None:
    request = (
        b"POST http://user@Api.Example.com:8080/v1/chat?key=1#x HTTP/1.1\r\nHost: other\r\nUser-Agent: sdk/1.0\r\n"
        b"Referer: http://a.example/\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: 37\r\n\r\n"
    )
    body = b'{"model": "llama3.2:3b", "stream":1}\n'
    (event,) = talk(request + body, reply=b"HTTP/1.1 403 Forbidden\r\nContent-Type: Text/HTML; x\r\n\r\n")
    assert {name: event.get(name) for name in ("method", "host", "url_path", "url_query", "status")} == {
        "method": "POST", "host": "api.example.com", "url_path": "/v1/chat", "url_query": "key=1", "status": 403,
    }  # fmt: skip
    assert (event["user_agent"], event["content_type"]) == ("sdk/1.0", "text/html")
    assert detail(event) == {
        "model": "llama3.2:3b", "port": 8080, "content_length": 37, "request_type": "application/json",
    }  # fmt: skip


def test_mcp_method_is_named() -> None:
    body = b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"secret":"x"}}'
    head = b"POST /mcp HTTP/1.1\r\nHost: tools.example.com\r\nContent-Type: application/json\r\n"
    (event,) = talk(head + b"Content-Length: %d\r\n\r\n" % len(body), body)
    assert detail(event)["rpc_method"] == "tools/call"
    assert "secret" not in str(event)


def test_uploaded_file_names_without_content() -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="f"; filename="%s"\r\n'
    part += b"Content-Type: application/pdf\r\n\r\nCONTENT\r\n"
    body = part % b"plan.pdf" + part % b"list.pdf" + b"--b--\r\n"
    head = b"POST /files HTTP/1.1\r\nHost: a.example.com\r\nContent-Type: multipart/form-data; boundary=b\r\n"
    (event,) = talk(head + b"Content-Length: %d\r\n\r\n" % len(body), body[:90], body[90:])
    assert event["file_name"] == "plan.pdf"
    assert detail(event)["files"] == ["plan.pdf", "list.pdf"]
    assert "CONTENT" not in str(event)


@pytest.mark.parametrize(
    "head",
    [
        b"GETT / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/2.0\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n",
    ],
)
def test_what_is_no_request(head: bytes) -> None:
    assert talk(head) == []


def test_answers_go_to_their_own_requests() -> None:
    get = b"GET /%d HTTP/1.1\r\nHost: a.example.com\r\n\r\n"
    frames = conversation(WEB, [get % 1, get % 2])
    for number, status in enumerate((b"100", b"200", b"404")):
        frames.append(ether(tcp(WEB.back(), 5001 + 100 * number, ACK, b"HTTP/1.1 " + status + b" x\r\n\r\n")))
    assert [(event["url_path"], event["status"]) for event in events(pcap(frames), "http")] == [
        ("/1", 200),
        ("/2", 404),
    ]


def test_of_several_lengths_the_last_one_counts() -> None:
    first = b"POST /1 HTTP/1.1\r\nHost: a.example.com\r\nContent-Length: 0\r\nContent-Length: 040\r\n\r\n"
    inside = b"GET /2 HTTP/1.1\r\nHost: a.example.com\r\n\r\n"
    assert len(inside) == 40
    last = inside.replace(b"/2", b"/3")
    assert [event["url_path"] for event in talk(first + inside + last)] == ["/1", "/3"]


def test_endpoints_of_a_request() -> None:
    (event,) = talk(b"GET / HTTP/1.1\r\nHost: [2001:db8::1]:8080\r\n\r\n")
    assert (event["src_ip"], event["dst_ip"], event["host"]) == (CLIENT, SERVER, "2001:db8::1")
