"""Collecting what was found, with the flow and packet each fact is tied to."""

from dataclasses import dataclass, field
from json import JSONEncoder
from socket import AF_INET, AF_INET6, inet_ntop
from typing import NamedTuple

from shadowscan.capture.flows import FlowTable
from shadowscan.capture.names import NameBook
from shadowscan.capture.stream import Moment
from shadowscan.model.events import HostBasis, Kind

Row = dict[str, object]
"""Event columns that are not NULL."""

_ENCODE = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
PROTO_NAMES = {6: "tcp", 17: "udp"}


class Endpoints(NamedTuple):
    """A flow seen from one end."""

    src_ip: str
    src_port: int
    dst_ip: str
    dst_port: int
    proto: str
    flow_id: int


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
    rows: list[Row] = field(default_factory=list)
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
            self._ends[slot * 2], self._ends[slot * 2 + 1] = ends
            known = ends[side]
        return known

    def forget(self, slot: int) -> None:
        """Drop what is kept of a flow that has been reported."""
        self.flow_names.pop(slot, None)
        self._ends.pop(slot * 2, None)
        self._ends.pop(slot * 2 + 1, None)

    def add(self, kind: Kind, slot: int, side: int, moment: Moment, detail: Row, **columns: object) -> None:
        """Note one fact that ``side`` of the flow, as the client, gave."""
        ends = self.ends(slot, side)
        row: Row = {name: value for name, value in columns.items() if value is not None}
        row.update(
            ts=moment.ts,
            packet=moment.packet,
            offset=moment.place,
            kind=kind.value,
            src_ip=ends.src_ip,
            src_port=ends.src_port,
            dst_ip=ends.dst_ip,
            dst_port=ends.dst_port,
            proto=ends.proto,
            flow_id=ends.flow_id,
        )
        if detail:
            row["detail"] = _ENCODE(detail)
        self.rows.append(row)

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
