"""Use of AI -> groups of traffic, as the exposure model reads them: arrays over people, never an object a person."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import fields
from itertools import groupby

import numpy as np
import pyarrow as pa

from shadowscan.analysis.queries import Bounds, ask_table
from shadowscan.catalog import Catalog
from shadowscan.catalog.matcher import Matcher
from shadowscan.catalog.model import Activity, Category, ClientKind, Role, Service
from shadowscan.exposure import ClientClass, Grade, Group, Key, Pool
from shadowscan.store.database import Session

_SILENT = frozenset({Role.TELEMETRY, Role.CDN, Role.AUTH})
_CALLED = frozenset({Category.LLM_API, Category.INFERENCE_HOST, Category.GATEWAY_ROUTER, Category.MODEL_HUB})
_KINDS = {
    ClientKind.CODING_AGENT: ClientClass.AGENT,
    ClientKind.SCRIPT: ClientClass.API,
    ClientKind.SERVER: ClientClass.API,
    ClientKind.PERSON: ClientClass.WEB,
}
_SUMS = [field.name for field in fields(Pool)]


def groups_of(session: Session, catalog: Catalog, bounds: Bounds) -> tuple[Group, ...]:
    """Return what was seen, by service, department, client and kind of evidence; ``prepare`` must have been called."""
    _classify(session, catalog)
    rows = ask_table(session, "traffic", bounds)
    # In the order of Key, and sorted by it.
    keys = zip(*(rows[name].to_pylist() for name in Key._fields), strict=True)
    pairs = zip(rows["service"].to_pylist(), rows["client"].to_pylist(), strict=True)
    apart = {service for service, client in pairs if client == ClientClass.UPLOAD}
    groups, start = [], 0
    for key, same in groupby(keys):
        length = len(list(same))
        groups.append(_group(key, rows.slice(start, length), uploads_apart=key[0] in apart))
        start += length
    return tuple(groups)


def _group(key: tuple[str, str, str, str, bool, bool], rows: pa.Table, *, uploads_apart: bool) -> Group:
    service, department, client, grade, packets, counted = key
    sums = np.array([rows[name].to_numpy() for name in _SUMS], dtype=np.float64)
    pools, some = rows["pool"].to_numpy(), rows["count"].to_numpy() > 0
    types = Counter(ending for endings in rows["endings"].drop_null().to_pylist() for ending in endings)
    return Group(
        key=Key(service, department, ClientClass(client), Grade(grade), packets=packets, counted=counted),
        bytes_in=float(rows["bytes_in"].to_numpy().sum()),
        labelled_sensitive=int(rows["labelled"].to_numpy().sum()),
        file_types=dict(sorted(types.items())),
        uploads_apart=uploads_apart,
        **{name: Pool(*sums[:, (pools == name) & some]) for name in ("prompts", "uploads", "connections")},
    )


def _classify(session: Session, catalog: Catalog) -> None:
    """Make the table of client classes: one row a service, host and kind of client met."""
    met = session.rows("SELECT DISTINCT service, host, client_kind FROM placed JOIN shapes USING (shape)")
    roles = _roles(catalog, {host for _, host, _ in met if host})
    classes = [client_class(catalog.service(service), roles.get(host), kind) for service, host, kind in met]
    columns = {
        "service": pa.array([row[0] for row in met], pa.string()),
        "host": pa.array([row[1] for row in met], pa.string()),
        "client_kind": pa.array([row[2] for row in met], pa.string()),
        "client": pa.array([one.value for one in classes], pa.string()),
        "described": pa.array([_described(catalog.service(row[0])) for row in met], pa.bool_()),
    }
    session.execute("CREATE OR REPLACE TEMP TABLE clients AS SELECT * FROM met", met=pa.table(columns))


def client_class(service: Service, role: str | None, kind: str | None) -> ClientClass:
    """What sits at the client's end, by what the host is for, what the client says it is, and what the service is."""
    if role in _SILENT:
        return ClientClass.TELEMETRY
    if role == Role.UPLOAD:
        return ClientClass.UPLOAD
    if kind:
        return _KINDS[ClientKind(kind)]
    if role == Role.WEB:
        return ClientClass.WEB
    if service.category is Category.CODE_ASSISTANT:
        return ClientClass.AGENT
    return ClientClass.API if service.category in _CALLED else ClientClass.WEB


def _roles(catalog: Catalog, hosts: Iterable[str]) -> dict[str, str | None]:
    names = sorted(hosts)
    return {name: label.role for name, label in zip(names, Matcher(catalog).label_hosts(names), strict=True)}


def _described(service: Service) -> bool:
    return any(endpoint.activity is Activity.PROMPT for endpoint in service.endpoints)
