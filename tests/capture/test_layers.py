"""The flow inside every kind of wrapping, found by the fast path or by the careful one."""

import random
import struct
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.capture.build import (
    ACK,
    CLIENT,
    CLIENT6,
    RESOLVER,
    SERVER,
    SERVER6,
    Flow,
    batches,
    dns,
    ether,
    events,
    hosts,
    ip,
    pcap,
    record,
    tcp,
    udp,
)

ASK = Flow(dst=RESOLVER, dport=53)
ASK6 = Flow(CLIENT6, 40_000, SERVER6, 53)
INNER = udp(ASK, dns("in.example.com"))
INNER6 = udp(ASK6, dns("in.example.com"))
FRAME = ether(INNER)
OUTER = Flow("198.51.100.1", 50_000, "198.51.100.2", 0)


def outer_udp(port: int, payload: bytes) -> bytes:
    return ether(udp(OUTER._replace(dport=port), payload))


def gre(kind: int, payload: bytes, flags: int = 0, extra: bytes = b"") -> bytes:
    return ether(ip(OUTER, 47, struct.pack(">HH", flags, kind) + extra + payload))


ETHERNET = {
    "plain": FRAME,
    "ipv6": ether(INNER6),
    "vlan": ether(INNER, b"\x81\0\0\x05"),
    "qinq": ether(INNER, b"\x88\xa8\0\x05", b"\x81\0\0\x06"),
    "three tags": ether(INNER, b"\x91\0\0\x05", b"\x81\0\0\x06", b"\x81\0\0\x07"),
    "pppoe": FRAME[:12] + b"\x88\x64\x11\0\0\x01" + struct.pack(">H", len(INNER) + 2) + b"\0\x21" + INNER,
    "pppoe ipv6": FRAME[:12] + b"\x88\x64\x11\0\0\x01" + struct.pack(">H", len(INNER6) + 2) + b"\0\x57" + INNER6,
    "mpls": FRAME[:12] + b"\x88\x47\0\x01\0\x40\0\x02\x01\x40" + INNER,
    "mpls pseudowire": FRAME[:12] + b"\x88\x47\0\x02\x01\x40\0\0\0\0" + FRAME,
    "llc snap": FRAME[:12] + struct.pack(">H", len(INNER) + 8) + b"\xaa\xaa\3\0\0\0\x08\0" + INNER,
    "backbone": FRAME[:12] + b"\x88\xe7\0\0\0\1" + FRAME,
    "nsh": FRAME[:12] + b"\x89\x4f\0\x06\x01\x01\0\0\1\xff" + bytes(16) + INNER,
    "ipip": ether(ip(OUTER, 4, INNER)),
    "6in4": ether(ip(OUTER, 41, INNER6)),
    "4in6": ether(ip(Flow(CLIENT6, 0, SERVER6, 0), 4, INNER)),
    "gre": gre(0x0800, INNER),
    "gre key and sequence": gre(0x0800, INNER, 0x3000, bytes(8)),
    "gre ethernet": gre(0x6558, FRAME),
    "gre version 1": gre(0x880B, b"\xff\x03\0\x21" + INNER, 0x3081, bytes(12)),
    "erspan 1": gre(0x88BE, FRAME),
    "erspan 2": gre(0x88BE, b"\x10\0\0\0\0\0\0\0" + FRAME, 0x1000, bytes(4)),
    "erspan 3": gre(0x22EB, b"\x20" + bytes(11) + FRAME, 0x1000, bytes(4)),
    "vxlan": outer_udp(4789, b"\x08\0\0\0\0\0\1\0" + FRAME),
    "vxlan in vxlan": outer_udp(4789, b"\x08\0\0\0\0\0\1\0" + outer_udp(8472, b"\x08\0\0\0\0\0\1\0" + FRAME)),
    "vxlan-gpe": outer_udp(4790, b"\x0c\0\0\1\0\0\1\0" + INNER),
    "geneve": outer_udp(6081, b"\x01\0\x65\x58\0\0\1\0" + bytes(4) + FRAME),
    "gtp": outer_udp(2152, b"\x30\xff" + struct.pack(">HI", len(INNER), 1) + INNER),
    "gtp extension": outer_udp(2152, b"\x34\xff\0\0\0\0\0\1" + b"\0\0\0\x85" + b"\1\0\0\0" + INNER),
    "teredo": outer_udp(3544, INNER6),
    "teredo with origin": outer_udp(3544, b"\0\0" + bytes(6) + INNER6),
    "gre in udp": outer_udp(4754, b"\0\0\x08\0" + INNER),
    "mpls in udp": outer_udp(6635, b"\0\0\x11\x40" + INNER),
    "l2tp": outer_udp(1701, b"\0\x02\0\1\0\1" + b"\xff\x03\0\x21" + INNER),
    "lisp": outer_udp(4341, bytes(8) + INNER),
    "tzsp": outer_udp(37008, b"\1\0\0\1\x01" + FRAME),
    "ip options": ether(ip(ASK, 17, INNER[20:], options=b"\x94\4\0\0")),
    "authentication header": ether(ip(ASK, 51, b"\x11\x04\0\0" + bytes(20) + INNER[20:])),
    "hop by hop": ether(ip(ASK6, 0, b"\x3c\0\x01\4\0\0\0\0" + b"\x11\0\x01\4\0\0\0\0" + INNER6[40:])),
    "etherip": ether(ip(OUTER, 97, b"\x30\0" + FRAME)),
}


@pytest.mark.parametrize("frame", ETHERNET.values(), ids=ETHERNET)
def test_inner_flow_and_name(frame: bytes) -> None:
    found = events(pcap([frame]))
    assert [event["host"] for event in found if event["kind"] == "dns"] == ["in.example.com"]
    (flow,) = [event for event in found if event["kind"] == "flow"]
    assert flow["src_ip"] in (CLIENT, CLIENT6)
    assert flow["bytes_out"] in (len(INNER), len(INNER6), len(INNER) + 4, len(INNER) + 24, len(INNER6) + 16)


SNAP = b"\xaa\xaa\3\0\0\0\x08\0"
LINKS: dict[str, tuple[int, bytes]] = {
    "null": (0, b"\2\0\0\0" + INNER),
    "null ipv6": (0, b"\x1e\0\0\0" + INNER6),
    "loop": (108, b"\0\0\0\2" + INNER),
    "raw": (101, INNER),
    "raw openbsd": (14, INNER6),
    "ipv4": (228, INNER),
    "ipv6": (229, INNER6),
    "sll": (113, bytes(14) + b"\x08\0" + INNER),
    "sll vlan": (113, bytes(14) + b"\x81\0\0\5\x08\0" + INNER),
    "sll2": (276, b"\x86\xdd" + bytes(18) + INNER6),
    "ppp": (9, b"\xff\x03\0\x21" + INNER),
    "ppp compressed": (9, b"\x21" + INNER),
    "ppp hdlc": (50, b"\xff\x03\0\x57" + INNER6),
    "cisco hdlc": (104, b"\x0f\0\x08\0" + INNER),
    "frame relay": (107, b"\x18\x41\x03\xcc" + INNER),
    "nflog": (239, b"\2\0\0\0" + b"\x08\0\1\0" + bytes(4) + struct.pack("<HH", len(INNER) + 4, 9) + INNER),
    "wifi": (105, b"\x08\0" + bytes(22) + b"\xaa\xaa\3\0\0\0\x08\0" + INNER),
    "radiotap": (127, b"\0\0\x08\0\0\0\0\0" + b"\x88\0" + bytes(24) + b"\xaa\xaa\3\0\0\0\x08\0" + INNER),
    "token ring": (6, b"\x10\x40" + bytes(6) + b"\x80" + bytes(5) + b"\x06\x30\0\1\0\2" + SNAP + INNER),
    "fddi": (10, b"\x57" + bytes(12) + SNAP + INNER),
    "pppoe": (51, b"\x11\0\0\1" + struct.pack(">H", len(INNER) + 2) + b"\0\x21" + INNER),
    "atm rfc 1483": (100, SNAP + INNER),
    "enc": (109, b"\2\0\0\0" + bytes(8) + INNER),
    "pflog": (117, b"\x3d\2" + bytes(62) + INNER),
    "prism": (119, b"\x44\0\0\0\x90\0\0\0" + bytes(136) + b"\x08\0" + bytes(22) + SNAP + INNER),
    "sunatm": (123, b"\2\0\0\x20" + SNAP + INNER),
    "ip over 1394": (138, bytes(16) + b"\x08\0" + INNER),
    "avs": (163, b"\x80\x21\x10\1\0\0\0\x40" + bytes(56) + b"\x08\0" + bytes(22) + SNAP + INNER),
    "ppp with direction": (204, b"\0\xff\x03\0\x21" + INNER),
    "ip over infiniband": (242, bytes(40) + b"\x08\0\0\0" + INNER),
    "pktap": (258, struct.pack("<III", 108, 1, 1) + bytes(96) + FRAME),
    "vn-tag": (1, FRAME[:12] + b"\x89\x26" + bytes(4) + FRAME[12:]),
    "e-tag": (1, FRAME[:12] + b"\x89\x3f" + bytes(6) + FRAME[12:]),
    "hsr": (1, FRAME[:12] + b"\x89\x2f\0\x40\0\1" + FRAME[12:]),
    "cisco metadata": (1, FRAME[:12] + b"\x89\x09\1\1\0\1\0\5" + FRAME[12:]),
    "trill": (1, FRAME[:12] + b"\x22\xf3" + bytes(6) + FRAME),
    "wccp": (1, ether(ip(Flow(), 47, b"\0\0\x88\x3e\0\0\0\0" + INNER))),
    "ppi": (192, b"\0\0\x08\0\1\0\0\0" + FRAME),
}


@pytest.mark.parametrize(("link", "frame"), LINKS.values(), ids=LINKS)
def test_link_types(link: int, frame: bytes) -> None:
    assert hosts(pcap([frame], link=link), "dns") == ["in.example.com"]


def test_names_inside_icmp_errors_are_no_lookups() -> None:
    error = ether(ip(Flow(RESOLVER, 0, CLIENT, 0), 1, b"\3\3\0\0\0\0\0\0" + INNER))
    assert events(pcap([error])) == []


def test_tunnel_without_tcp_or_udp_inside_is_a_flow_itself() -> None:
    arp = b"\xff" * 12 + b"\x08\x06" + bytes(28)
    (flow,) = events(pcap([outer_udp(4789, b"\x08\0\0\0\0\0\1\0" + arp)]), "flow")
    assert (flow["src_ip"], flow["dst_port"]) == (OUTER.src, 4789)


def test_source_route_leads_to_its_last_address() -> None:
    route = b"\x83\x07\x04" + bytes((203, 0, 113, 9)) + b"\0"
    (flow,) = events(pcap([ether(ip(ASK, 17, INNER[20:], options=route))]), "flow")
    assert flow["dst_ip"] == "203.0.113.9"


def fragments(order: Callable[[list[bytes]], list[bytes]] = list) -> list[bytes]:
    body = INNER[20:] + bytes(4000)
    pieces = []
    for at in range(0, len(body), 1480):
        more = 0x2000 if at + 1480 < len(body) else 0
        pieces.append(ether(ip(ASK, 17, body[at : at + 1480], ident=9, fragment=at // 8 | more)))
    return order(pieces)


@settings(max_examples=20, deadline=None)
@given(st.randoms(use_true_random=False), st.booleans())
def test_fragments_in_any_order_and_twice(rng: random.Random, twice: bool) -> None:
    pieces = fragments()
    sent = pieces + (pieces[:1] if twice else [])
    rng.shuffle(sent)
    assert hosts(pcap(sent), "dns") == ["in.example.com"]


def test_fragments_add_up() -> None:
    (flow,) = events(pcap(fragments()), "flow")
    assert (flow["packets_out"], flow["bytes_out"]) == (3, 3 * 20 + len(INNER) - 20 + 4000)


def test_ipv6_fragments() -> None:
    body = INNER6[40:] + bytes(2000)
    frames = [
        ether(ip(ASK6, 44, struct.pack(">BBHI", 17, 0, at | (at < 1400), 5) + body[at : at + 1400]))
        for at in range(0, len(body), 1400)
    ]
    assert hosts(pcap(frames), "dns") == ["in.example.com"]


def test_fragments_that_never_complete_still_belong_to_their_flow() -> None:
    (flow,) = events(pcap(fragments()[:2]), "flow")
    assert (flow["dst_port"], flow["packets_out"], flow["bytes_out"]) == (53, 2, 3000)
    assert sum(batch.dissected for batch in batches(pcap(fragments()[:2]))) == 2


def test_endless_fragments_are_given_up_and_reported() -> None:
    frames = [ether(ip(ASK, 17, INNER[20:36], ident=n, fragment=0x2000)) for n in range(500)]
    read = batches(pcap(frames), fragments=50)
    assert "450 IP datagrams given up" in str([problem for batch in read for problem in batch.problems])
    assert sum(batch.dissected for batch in read) == 500


def test_frames_above_the_mtu() -> None:
    flow = Flow()
    big = tcp(flow, 1, ACK, bytes(20_000))
    unset = big[:2] + b"\0\0" + big[4:]  # total length left to the network card
    (event,) = events(pcap([ether(big), ether(unset)]), "flow")
    assert event["bytes_out"] == 2 * 20_040
    assert event["src_ip"] == CLIENT
    assert event["dst_ip"] == SERVER


def test_ports_survive_a_cut_inside_the_transport_header() -> None:
    frame = ether(tcp(Flow(), 1, ACK, bytes(100)))
    (flow,) = events(pcap([]) + record(frame[:40], 1, length=len(frame)), "flow")
    assert (flow["src_port"], flow["dst_port"], flow["bytes_out"]) == (40_000, 443, 140)


def test_endless_tunnels_end() -> None:
    frame = FRAME
    for _ in range(60):
        frame = outer_udp(4789, b"\x08\0\0\0\0\0\1\0" + frame)
    (flow,) = events(pcap([frame]), "flow")
    assert flow["dst_port"] == 4789
