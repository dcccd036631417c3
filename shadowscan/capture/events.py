"""Facts and flows as one table of the event columns."""

from collections.abc import Callable, Sequence
from operator import itemgetter

import numpy as np
import pyarrow as pa

from shadowscan.capture.arrays import Ints
from shadowscan.capture.facts import FACT_COLUMNS, Endpoints, Facts
from shadowscan.model.events import EVENT_COLUMNS, HostBasis, Kind

_TYPES: dict[str, Callable[[], pa.DataType]] = {
    "TIMESTAMP": lambda: pa.timestamp("us"),
    "VARCHAR": pa.string,
    "BIGINT": pa.int64,
    "INTEGER": pa.int32,
    "DOUBLE": pa.float64,
}
SCHEMA = pa.schema(
    [(column.name, _TYPES[column.sql_type]()) for column in EVENT_COLUMNS]
    + [("packet", pa.int64()), ("offset", pa.int64())]
)
"""The event columns, then ``packet`` and ``offset``."""

_Columns = dict[str, "pa.Array | Sequence[object] | Ints"]
_PACKET_THEN_FLOW = itemgetter(FACT_COLUMNS.index("packet"), FACT_COLUMNS.index("flow_id"))


def event_table(facts: list[tuple[object, ...]], *flows: pa.Table) -> pa.Table:
    """Return the facts (FACT_COLUMNS) in the order of their packets, then the flows."""
    facts.sort(key=_PACKET_THEN_FLOW)
    columns: _Columns = dict(zip(FACT_COLUMNS, zip(*facts, strict=True), strict=False))
    if facts:
        columns["ts"] = _times(np.array(columns["ts"], np.int64))
    return pa.concat_tables([_table(columns, len(facts)), *flows])


def _table(columns: _Columns, count: int) -> pa.Table:
    arrays = [
        pa.array(columns[column.name], column.type) if column.name in columns else pa.nulls(count, column.type)
        for column in SCHEMA
    ]
    return pa.table(arrays, schema=SCHEMA)


def _times(ts: Ints) -> pa.Array:
    return pa.array(ts, pa.int64(), mask=ts < 0).cast(pa.timestamp("us"))


def flow_table(facts: Facts, slots: Ints, *, ongoing: bool = False) -> pa.Table:
    """Return one event for each of these flows, named as well as the capture allows; ``ongoing`` if they go on."""
    slots = slots[np.argsort(facts.table.state["packet"][slots], kind="stable")]
    state = facts.table.state[slots]
    client = state["client"].astype(np.int64)
    each = np.arange(len(slots))
    ends = facts.ends_of(slots, client)
    first, last = state["first_ts"], state["last_ts"]
    named = _names(facts, slots.tolist(), ends, state["opened_ts"].tolist())
    columns: _Columns = {
        "ts": _times(first),
        "kind": [Kind.FLOW.value] * len(slots),
        "src_ip": [end.src_ip for end in ends],
        "src_port": [end.src_port for end in ends],
        "dst_ip": [end.dst_ip for end in ends],
        "dst_port": [end.dst_port for end in ends],
        "proto": [end.proto for end in ends],
        "host": [name for name, _, _ in named],
        "host_basis": [basis.value if basis else None for _, basis, _ in named],
        "bytes_out": state["bytes"][each, client],
        "bytes_in": state["bytes"][each, 1 - client],
        "packets_out": state["packets"][each, client],
        "packets_in": state["packets"][each, 1 - client],
        "duration_s": pa.array((last - first) / 1e6, pa.float64(), mask=first < 0),
        "flow_id": state["id"],
        "detail": _details(state, [age for _, _, age in named], client, ongoing=ongoing),
        "packet": state["packet"],
        "offset": state["place"],
    }
    return _table(columns, len(slots))


def _names(
    facts: Facts, slots: list[int], ends: list[Endpoints], first: list[int]
) -> list[tuple[str | None, HostBasis | None, float | None]]:
    """Name each flow: by its own packets, by what the client looked up before, by the server's other flows."""
    named: list[tuple[str | None, HostBasis | None, float | None]] = []
    for slot, end, ts in zip(slots, ends, first, strict=True):
        own = facts.flow_names.get(slot)
        if own is not None:
            named.append((own[0], own[1], None))
            continue
        looked_up = facts.book.looked_up(end.src_ip, end.dst_ip, ts)
        if looked_up is not None:
            named.append((looked_up[0], HostBasis.DNS_ANSWER, looked_up[1]))
            continue
        served = facts.book.served(end.dst_ip, end.dst_port)
        named.append((served, HostBasis.SERVER if served else None, None))
    return named


def _details(state: np.ndarray, ages: list[float | None], client: Ints, *, ongoing: bool) -> list[object]:
    payload = state["payload"]
    each = np.arange(len(state))
    out: list[object] = []
    for sent, received, bursts, largest, age in zip(
        payload[each, client].tolist(),
        payload[each, 1 - client].tolist(),
        state["bursts"].tolist(),
        state["burst_max"].tolist(),
        ages,
        strict=True,
    ):
        text = f'{{"payload_out":{sent},"payload_in":{received}'
        if bursts:
            text += f',"bursts":{bursts},"burst_max":{largest}'
        if age is not None:
            text += f',"answer_age_s":{age:.3f}'
        if ongoing:
            text += ',"ongoing":true'
        out.append(text + "}")
    return out
