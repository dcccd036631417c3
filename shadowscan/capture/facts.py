"""Collecting what was found, with the flow and packet each fact is tied to."""

from dataclasses import dataclass, field
from functools import lru_cache
from json import JSONEncoder
from socket import AF_INET, AF_INET6, inet_ntop
from typing import NamedTuple

import numpy as np

from shadowscan.capture.arrays import Ints
from shadowscan.capture.flows import FlowTable
from shadowscan.capture.names import NameBook
from shadowscan.capture.stream import Moment
from shadowscan.model.events import HostBasis, Kind

_ENCODE = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_ENDS = 8192
"""Ends of flows kept as text."""
PROTO_NAMES = {6: "tcp", 17: "udp"}


class Endpoints(NamedTuple):
    """A flow seen from one end."""

    src_ip: str
    src_port: int
    dst_ip: str
    dst_port: int
    proto: str
    flow_id: int


class Origin(NamedTuple):
    """Where a fact comes from: its packet and the flow as its client sees it."""

    packet: int
    flow_id: int
    ts: int
    offset: int
    kind: str
    src_ip: str
    src_port: int
    dst_ip: str
    dst_port: int
    proto: str


class Said(NamedTuple):
    """What a fact says. With the fields of its Origin these are event columns."""

    host: str | None = None
    host_basis: str | None = None
    detail: str | None = None
    answers: str | None = None
    method: str | None = None
    url_path: str | None = None
    url_query: str | None = None
    status: int | None = None
    user_agent: str | None = None
    referrer: str | None = None
    content_type: str | None = None
    file_name: str | None = None


FACT_COLUMNS = (*Origin._fields, *Said._fields)


def detail_text(**facts: object) -> str | None:
    """Write as a JSON object what is there: not None, False or without items."""
    present = {name: fact for name, fact in facts.items() if fact or (fact == 0 and fact is not False)}
    return _ENCODE(present) if present else None


@lru_cache(maxsize=1 << 16)
def address(version: int, high: int, low: int) -> str:
    """Write an IP address of two 64-bit words."""
    if version == 4:
        return inet_ntop(AF_INET, low.to_bytes(4, "big"))
    return inet_ntop(AF_INET6, (high << 64 | low).to_bytes(16, "big"))


@dataclass(slots=True)
class Facts:
    """Rows of events, and the names flows got from them."""

    table: FlowTable
    book: NameBook
    rows: list[tuple[object, ...]] = field(default_factory=list)
    """Each has FACT_COLUMNS."""
    flow_names: dict[int, tuple[str, HostBasis]] = field(default_factory=dict)
    """Slot → name its own packets carried."""
    _ends: dict[int, Endpoints] = field(default_factory=dict)

    def ends(self, slot: int, side: int) -> Endpoints:
        """Return the flow's addresses with ``side`` as the source."""
        known = self._ends.get(slot * 2 + side)
        if known is None:
            version, proto, high, higher, low, lower, port, other = self.table.key(slot)
            one, two = address(version, high, low), address(version, higher, lower)
            name, flow_id = PROTO_NAMES[proto], int(self.table.state["id"][slot])
            ends = (
                Endpoints(one, port, two, other, name, flow_id),
                Endpoints(two, other, one, port, name, flow_id),
            )
            if len(self._ends) >= _ENDS:
                self._ends.clear()
            self._ends[slot * 2], self._ends[slot * 2 + 1] = ends
            known = ends[side]
        return known

    def ends_of(self, slots: Ints, sides: Ints) -> list[Endpoints]:
        """Return many flows' addresses, each with its side as the source."""
        state = self.table.state[slots]
        key, each = state["key"], np.arange(len(slots))
        ends = (
            column
            for side in (sides, 1 - sides)
            for column in (key["hi"][each, side], key["lo"][each, side], key["port"][each, side])
        )
        columns = (key["version"], key["proto"], state["id"], *ends)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return [
            Endpoints(address(version, hi, lo), port, address(version, hi2, lo2), other, PROTO_NAMES[proto], flow)
            for version, proto, flow, hi, lo, port, hi2, lo2, other in rows
        ]

    def forget(self, slot: int) -> None:
        """Drop what is kept of a flow that has been reported."""
        self.flow_names.pop(slot, None)
        self._ends.pop(slot * 2, None)
        self._ends.pop(slot * 2 + 1, None)

    def add(self, kind: Kind, slot: int, side: int, moment: Moment, said: Said) -> None:
        """Note one fact that ``side`` of the flow, as the client, gave."""
        src_ip, src_port, dst_ip, dst_port, proto, flow_id = self.ends(slot, side)
        origin = Origin(
            moment.packet, flow_id, moment.ts, moment.place, kind.value, src_ip, src_port, dst_ip, dst_port, proto
        )
        self.rows.append(origin + said)

    def name_flow(self, slot: int, side: int, host: str | None, basis: HostBasis, *, proxied: bool = False) -> None:
        """Give the flow a name its own packets carried (the first one stays) and note who the client is.

        The server answers to that name too, unless it is a proxy that hands the flow on.
        """
        self.table.prefer_client(slot, side)
        if not host or slot in self.flow_names:
            return
        self.flow_names[slot] = (host, basis)
        if not proxied:
            ends = self.ends(slot, side)
            self.book.serve(ends.dst_ip, ends.dst_port, host)
