"""What each payload looks like by its first bytes and ports, many at a time."""

import numpy as np

from shadowscan.capture.arrays import Bytes, Ints, Mask, rows_at
from shadowscan.capture.http import METHODS
from shadowscan.capture.preface import V2_SIGNATURE
from shadowscan.capture.quic import VERSION_2, VERSIONS
from shadowscan.capture.segments import TCP, UDP, Segments

NOTHING, BEGINNING, INITIAL, NAMED, QUESTION = range(5)
"""TCP: the BEGINNING of a message. UDP: QUIC's INITIAL, DNS because the port is NAMED so, a DNS
QUESTION by its looks only."""
DNS_PORT, SOCKS_PORT = 53, 1080
SHORTEST_DNS = 12
_IS_NEIGHBOURS = np.zeros(65536, np.bool_)
_IS_NEIGHBOURS[[5353, 5355, 137]] = True
"""Ports of mDNS, LLMNR, NBNS: names of neighbours, not lookups of interest."""
_STARTS = np.unique(
    np.frombuffer(b"".join(m.encode().ljust(4)[:4] for m in (*METHODS, "PROXY")) + V2_SIGNATURE[:4], ">u4")
)
_MAY_START = np.zeros(65536, np.bool_)
_MAY_START[_STARTS >> 16] = True
"""By the first two bytes."""
_RESPONSE = int.from_bytes(b"HTTP", "big")
_VERSIONS = np.array(sorted(VERSIONS), np.uint32)
_LONGEST_SOCKS = 600


def looks_of(segments: Segments, buffer: Bytes) -> Bytes:
    """Return a code for each segment."""
    looks = np.zeros(len(segments), np.uint8)
    at = np.flatnonzero((segments.proto == TCP) & (segments.captured > 0))
    looks[at] = _of_tcp(segments, at, buffer)
    at = np.flatnonzero((segments.proto == UDP) & (segments.captured >= SHORTEST_DNS))
    looks[at] = _of_udp(segments, at, buffer)
    return looks


def _of_tcp(segments: Segments, at: Ints, buffer: Bytes) -> Bytes:
    rows = rows_at(buffer, segments.payload[at], 8)
    head = rows.view(">u4")[:, 0]
    captured = segments.captured[at]
    hello = (rows[:, 0] == 22) & (rows[:, 1] == 3) & ((captured < 6) | (rows[:, 5] == 1))
    web = head == _RESPONSE
    maybe = np.flatnonzero(_MAY_START[rows.view(">u2")[:, 0]])
    web[maybe] |= np.isin(head[maybe], _STARTS)
    web &= captured > 3
    dns = (segments.sport[at] == DNS_PORT) | (segments.dport[at] == DNS_PORT)
    socks = (segments.dport[at] == SOCKS_PORT) & ((rows[:, 0] == 5) | (rows[:, 0] == 4)) & (captured < _LONGEST_SOCKS)
    looks = np.zeros(len(at), np.uint8)
    looks[hello | web | dns | socks] = BEGINNING
    return looks


def _of_udp(segments: Segments, at: Ints, buffer: Bytes) -> Bytes:
    rows = rows_at(buffer, segments.payload[at], 16)
    sport, dport, length = segments.sport[at], segments.dport[at], segments.length[at]
    quic = (rows[:, 0] >= 0xC0) & (length >= 40)
    maybe = np.flatnonzero(quic)
    version = rows[maybe, 1:5].view(">u4")[:, 0].astype(np.uint32)
    kind = (rows[maybe, 0] >> 4 & 3) - (version == VERSION_2)  # Initial is 0 (in version 2: 1), 0-RTT the next
    quic[maybe] = np.isin(version, _VERSIONS) & (kind <= 1)
    looks = np.zeros(len(at), np.uint8)
    looks[_like_a_question(rows, length)] = QUESTION
    looks[(sport == DNS_PORT) | (dport == DNS_PORT)] = NAMED
    looks[_IS_NEIGHBOURS[sport] | _IS_NEIGHBOURS[dport]] = NOTHING
    looks[quic] = INITIAL
    return looks


def _like_a_question(rows: Bytes, length: Ints) -> Mask:
    """A plain DNS query on a strange port: one question, no records but EDNS, no odd flags."""
    _, flags, questions, answers, authorities, additional = rows.view(">u2")[:, :6].T
    result: Mask = (
        (questions == 1)
        & (flags & 0xFECF == 0)
        & (answers == 0)
        & (authorities == 0)
        & (additional <= 2)
        & (length >= 18)
    )
    return result
