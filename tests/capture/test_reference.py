"""The fast reader beside a slow one built on scapy, over captures that others made."""

import json
import logging
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.capture.build import events

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "pcap"
_LARGEST = 6_000
_COMMON = {"fmt:pcap", "link:EN10MB", "vlan", "link:RAW", "link:NULL", "link:SLL", "res:ns", "big_endian", "quic"}
SLOW_ONE_IS_WRONG = {
    "ndpi-dns-invalid-chars.pcap": "writes control bytes of names as they are",
    "zeek-dns-invalid-names.pcap": "has no question object for a name that loops",
    "ndpi-openvpn-tlscrypt.pcap": "does not know IPv6 in the loopback header of this system",
    "tcpdump-quic_handshake.pcap": "does not know IPv6 in the loopback header of this system",
    "tcpdump-ipv4_tcp_http_xml_tso.pcap": "takes a total length of 0 for the size",
    "zeek-nested.pcap": "asked for the outer flow of a tunnel",
}

Sums = Counter[tuple[object, ...]]


def small_captures() -> list[Path]:
    found = []
    for path in sorted(CORPUS.glob("*.pcap")) if CORPUS.is_dir() else []:
        truth = json.loads(path.with_name(path.name + ".expected.json").read_text())
        if path.name in SLOW_ONE_IS_WRONG:
            continue
        if path.stat().st_size < _LARGEST and not truth["damaged"] and set(truth["features"]) <= _COMMON:
            found.append(path)
    return found


def slow_flows(path: Path) -> tuple[Sums, Counter[str]]:
    """IP bytes of every flow and the names asked for, dissected packet by packet."""
    logging.getLogger("scapy").setLevel(logging.CRITICAL)
    from scapy.layers.dns import DNS
    from scapy.layers.inet import IP, TCP, UDP
    from scapy.layers.inet6 import IPv6
    from scapy.utils import rdpcap

    sums: Sums = Counter()
    names: Counter[str] = Counter()
    for packet in rdpcap(str(path)):
        network: Any = packet.getlayer(IP) or packet.getlayer(IPv6)
        transport: Any = network and (network.getlayer(TCP) or network.getlayer(UDP))
        if not transport:
            continue
        ends = sorted([(network.src, transport.sport), (network.dst, transport.dport)])
        sums[transport.name.lower(), *ends] += network.len if IP in packet else network.plen + 40
        dns = transport.getlayer(DNS)
        if dns is not None and transport.name == "UDP" and 53 in (transport.sport, transport.dport) and dns.qd:
            names[dns.qd[0].qname.decode("latin-1").lower().rstrip(".")] += 1
    return sums, names


def fast_flows(path: Path) -> tuple[Sums, Counter[str]]:
    sums: Sums = Counter()
    names: Counter[str] = Counter()
    for event in events(path.read_bytes()):
        ends = sorted((str(event[f"{side}_ip"]), int(str(event[f"{side}_port"]))) for side in ("src", "dst"))
        if event["kind"] == "flow":
            sums[event["proto"], *ends] += int(str(event["bytes_out"])) + int(str(event["bytes_in"]))
        elif event["kind"] == "dns":
            names[str(event.get("host", ""))] += 1
    return sums, names


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", small_captures(), ids=lambda path: path.name)
def test_same_flows_and_names(path: Path) -> None:
    slow, slow_names = slow_flows(path)
    fast, fast_names = fast_flows(path)
    assert fast == slow
    assert set(fast_names) >= set(slow_names)
