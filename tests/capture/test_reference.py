"""The fast reader beside a slow one built on scapy, over captures that others made."""

import logging
from collections import Counter
from pathlib import Path

import pytest

from tests.capture.build import events

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "pcap"
_LARGEST = 6_000
_COMMON = {"fmt:pcap", "link:EN10MB", "vlan", "link:RAW", "link:NULL", "link:SLL", "res:ns", "big_endian", "quic"}

Sums = Counter[tuple[object, ...]]


def small_captures() -> list[Path]:
    import json

    found = []
    for path in sorted(CORPUS.glob("*.pcap")) if CORPUS.is_dir() else []:
        truth = json.loads(path.with_name(path.name + ".expected.json").read_text())
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
        network = packet.getlayer(IP) or packet.getlayer(IPv6)
        if network is None or not (network.payload.haslayer(TCP) or network.payload.haslayer(UDP)):
            continue
        transport = network.getlayer(TCP) or network.getlayer(UDP)
        ends = sorted([(network.src, transport.sport), (network.dst, transport.dport)])
        sums[transport.name.lower(), *ends] += network.len if IP in packet else network.plen + 40
        dns = transport.getlayer(DNS)
        if dns is not None and transport.name == "UDP" and 53 in (transport.sport, transport.dport) and dns.qd:
            names.update({dns.qd[0].qname.decode("latin-1").lower().rstrip("."): 1})
    return sums, names


def fast_flows(path: Path) -> tuple[Sums, Counter[str]]:
    sums: Sums = Counter()
    names: Counter[str] = Counter()
    for event in events(path.read_bytes()):
        ends = sorted([(event["src_ip"], event["src_port"]), (event["dst_ip"], event["dst_port"])], key=str)
        ends.sort()  # type: ignore[call-overload]
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
