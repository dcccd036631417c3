"""Which segments are worth a look: those that look like a message, and those that go on with one."""

from dataclasses import dataclass

import numpy as np

from shadowscan.capture.arrays import Bytes, Ints, Mask
from shadowscan.capture.flows import Assigned, FlowTable
from shadowscan.capture.looks import INITIAL, NAMED, NOTHING, SHORTEST_DNS
from shadowscan.capture.segments import TCP, UDP, Segments
from shadowscan.capture.stream import Moment, Moments

FRESH, ACTIVE, RESTING = 0, 1, 2
"""States of ``look`` in the flow table: the client's first bytes are awaited, a message is incomplete, nothing is."""
LOOKS_LIKE, AWAITED = 1, 2
AS_QUIC, AS_DNS = 1, 2


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
    only a stream that is being read wants it. UDP: read it AS_QUIC, AS_DNS because its port or flow says so, 0 for
    a DNS question by its looks."""
    moments: Moments
    """Time, number and place of each payload's packet."""

    def __len__(self) -> int:
        return len(self.slot)

    def moment(self, at: int) -> Moment:
        """Where and when one payload was seen."""
        ts, packet, place = self.moments
        return Moment(int(ts[at]), int(packet[at]), int(place[at]))


def of_tcp(segments: Segments, looks: Bytes, assigned: Assigned, table: FlowTable, moments: Moments) -> Payloads:
    """Pick the TCP payloads of all flows in which something may begin or go on."""
    some = (segments.proto == TCP) & (segments.length > 0)
    wake = np.zeros(len(segments), np.int64)
    at = np.flatnonzero(some)
    wake[at] = np.where(looks[at] != NOTHING, LOOKS_LIKE, np.where(_awaited(assigned, table, at), AWAITED, 0))
    groups = np.repeat(np.arange(len(assigned.start)), assigned.sizes())
    ordered = assigned.order
    visited = np.zeros(len(assigned.start), np.bool_)
    visited[groups[wake[ordered] > 0]] = True
    return _payloads(segments, assigned, ordered[visited[groups] & some[ordered]], wake, moments)


def _awaited(assigned: Assigned, table: FlowTable, at: Ints) -> Mask:
    slot, side, state = assigned.slots[at], assigned.side[at], table.state
    look = state["look"][slot, side]
    opening = (look == FRESH) & (state["isn"][slot, side] >= 0) & (state["client"][slot] == side)
    result: Mask = opening | (look == ACTIVE)
    return result


def of_udp(segments: Segments, looks: Bytes, assigned: Assigned, table: FlowTable, moments: Moments) -> Payloads:
    """Pick the UDP payloads that may be DNS or a client's or server's QUIC Initial."""
    udp = (segments.proto == UDP) & (segments.captured >= SHORTEST_DNS)
    named = udp & ((looks == NAMED) | (table.state["dns"][assigned.slots] > 0))
    quic = udp & (looks == INITIAL)
    at = np.flatnonzero(udp & (named | (looks != NOTHING)))
    return _payloads(segments, assigned, at, np.where(quic, AS_QUIC, np.where(named, AS_DNS, 0)), moments)


def _payloads(segments: Segments, assigned: Assigned, at: Ints, wake: Ints, moments: Moments) -> Payloads:
    ts, packet, place = moments
    return Payloads(
        slot=assigned.slots[at],
        side=assigned.side[at],
        seq=segments.seq[at] + (segments.flags[at] >> 1 & 1) & 0xFFFFFFFF,
        begin=segments.payload[at],
        captured=segments.captured[at],
        length=segments.length[at],
        wake=wake[at],
        moments=(ts[at], packet[at], place[at]),
    )
