"""Which segments are worth a look, found many at a time by the first bytes of their payload."""

from dataclasses import dataclass

import numpy as np

from shadowscan.capture.arrays import Bytes, Ints, Mask, rows_at
from shadowscan.capture.flows import Assigned, FlowTable
from shadowscan.capture.http import METHODS
from shadowscan.capture.preface import V2_SIGNATURE
from shadowscan.capture.quic import VERSION_2, VERSIONS
from shadowscan.capture.segments import TCP, UDP, Segments
from shadowscan.capture.stream import Moment

FRESH, ACTIVE, RESTING = 0, 1, 2
"""States of ``look`` in the flow table: the client's first bytes are awaited, a message is incomplete, nothing is."""
LOOKS_LIKE, AWAITED = 1, 2
QUIC, NAMED = 1, 2
DNS_PORT, SOCKS_PORT = 53, 1080
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


@dataclass(frozen=True, slots=True)
class Payloads:
    """Payloads to look at, flow by flow and in order within one. Arrays of equal length."""

    slot: Ints
    side: Ints
    seq: Ints
    """Sequence number of the first byte."""
    begin: Ints
    captured: Ints
    length: Ints
    wake: Ints
    """Why. TCP: it LOOKS_LIKE a beginning, or is AWAITED as the connection's first or a message's next bytes; 0 where
    only a stream that is being read wants it. UDP: QUIC, DNS because the flow is NAMED so, 0 for DNS by its looks."""
    moments: tuple[Ints, ...]
    """Time, number and place of each payload's packet."""

    def __len__(self) -> int:
        return len(self.slot)

    def moment(self, at: int) -> Moment:
        """Where and when one payload was seen."""
        ts, packet, place = self.moments
        return Moment(int(ts[at]), int(packet[at]), int(place[at]))


def of_tcp(
    segments: Segments, assigned: Assigned, table: FlowTable, buffer: Bytes, moments: tuple[Ints, ...]
) -> Payloads:
    """Pick the TCP payloads of all flows in which something may begin or go on."""
    some = (segments.proto == TCP) & (segments.length > 0)
    wake = np.zeros(len(segments), np.int64)
    at = np.flatnonzero(some)
    begins = _tcp_beginnings(segments, at, buffer)
    wake[at] = np.where(begins, LOOKS_LIKE, np.where(_awaited(assigned, table, at), AWAITED, 0))
    groups = np.repeat(np.arange(len(assigned.start)), assigned.sizes())
    ordered = assigned.order
    visited = np.zeros(len(assigned.start), np.bool_)
    visited[groups[wake[ordered] > 0]] = True
    return _payloads(segments, assigned, ordered[visited[groups] & some[ordered]], wake, moments)


def _tcp_beginnings(segments: Segments, at: Ints, buffer: Bytes) -> Mask:
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
    result: Mask = (hello | web | dns | socks) & (captured > 0)
    return result


def _awaited(assigned: Assigned, table: FlowTable, at: Ints) -> Mask:
    slot, side, state = assigned.slots[at], assigned.side[at], table.state
    look = state["look"][slot, side]
    opening = (look == FRESH) & (state["isn"][slot, side] >= 0) & (state["client"][slot] == side)
    result: Mask = opening | (look == ACTIVE)
    return result


def of_udp(
    segments: Segments, assigned: Assigned, table: FlowTable, buffer: Bytes, moments: tuple[Ints, ...]
) -> Payloads:
    """Pick the UDP payloads that may be DNS or a client's or server's QUIC Initial ."""
    at = np.flatnonzero((segments.proto == UDP) & (segments.captured >= 12))
    rows = rows_at(buffer, segments.payload[at], 16)
    sport, dport, length = segments.sport[at], segments.dport[at], segments.length[at]
    quic = (rows[:, 0] >= 0xC0) & (length >= 40)
    maybe = np.flatnonzero(quic)
    version = rows[maybe, 1:5].view(">u4")[:, 0].astype(np.uint32)
    kind = (rows[maybe, 0] >> 4 & 3) - (version == VERSION_2)  # Initial is 0 (in version 2: 1), 0-RTT the next
    quic[maybe] = np.isin(version, _VERSIONS) & (kind <= 1)
    named = (sport == DNS_PORT) | (dport == DNS_PORT) | (table.state["dns"][assigned.slots[at]] > 0)
    dns = (named | _like_a_question(rows, length)) & ~quic & ~_IS_NEIGHBOURS[sport] & ~_IS_NEIGHBOURS[dport]
    wake = np.zeros(len(segments), np.int64)
    wake[at] = np.where(quic, QUIC, np.where(named, NAMED, 0))
    return _payloads(segments, assigned, at[quic | dns], wake, moments)


def _like_a_question(rows: Bytes, length: Ints) -> Mask:
    """A plain DNS query on a strange port: one question, no records but EDNS, no odd flags."""
    result: Mask = (
        (rows[:, 2] & 0xFE == 0)
        & (rows[:, 3] & 0xCF == 0)
        & (rows[:, 4] == 0)
        & (rows[:, 5] == 1)
        & (rows[:, 6:11].max(axis=1, initial=0) == 0)
        & (rows[:, 11] <= 2)
        & (length >= 18)
    )
    return result


def _payloads(segments: Segments, assigned: Assigned, at: Ints, wake: Ints, moments: tuple[Ints, ...]) -> Payloads:
    return Payloads(
        slot=assigned.slots[at],
        side=assigned.side[at],
        seq=segments.seq[at] + (segments.flags[at] >> 1 & 1) & 0xFFFFFFFF,
        begin=segments.payload[at],
        captured=segments.captured[at],
        length=segments.length[at],
        wake=wake[at],
        moments=tuple(values[at] for values in moments),
    )
