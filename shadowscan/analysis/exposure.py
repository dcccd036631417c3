"""Visits -> what the exposure model reads -> the report's ranges."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa

from shadowscan.analysis.context import Context
from shadowscan.analysis.queries import Bounds, ask
from shadowscan.catalog import Catalog
from shadowscan.catalog.matcher import Matcher
from shadowscan.catalog.model import Activity, Category, ClientKind, Role, Service
from shadowscan.exposure import ClientClass, Grade, Sizes, Traffic, estimate
from shadowscan.exposure.result import Exposure, Range
from shadowscan.model.report import DataClassRange, ExposureReport, ExposureRow, NumberRange
from shadowscan.store.database import Session

_SILENT = frozenset({Role.TELEMETRY, Role.CDN, Role.AUTH})
_CALLED = frozenset({Category.LLM_API, Category.INFERENCE_HOST, Category.GATEWAY_ROUTER, Category.MODEL_HUB})
_KINDS = {
    ClientKind.CODING_AGENT: ClientClass.AGENT,
    ClientKind.SCRIPT: ClientClass.API,
    ClientKind.SERVER: ClientClass.API,
    ClientKind.PERSON: ClientClass.WEB,
}
SEED = 2026
NO_DEPARTMENT = "(no department)"
_QUANTITIES = ("volume", "pasted", "tokens", "prompts", "files", "sensitive_prompts", "sensitive_files", "sensitive")


def exposure_of(session: Session, context: Context, bounds: Bounds) -> ExposureReport | None:
    """Return the ranges of all tools, departments and their total; None if no AI use was let through."""
    traffic, catalog = traffic_of(session, context.catalog, bounds), context.catalog
    if not traffic:
        return None
    estimates = estimate(traffic, context.priors, seed=SEED)
    tools = [_row(found, catalog.service(one).name, catalog, one) for one, found in estimates.by_service().items()]
    departments = estimates.by_department()
    rows = [_row(found, one or NO_DEPARTMENT, catalog, department=one) for one, found in departments.items()]
    return ExposureReport(
        total=_row(estimates.total(), "All tools", catalog),
        tools=_most_first(tools),
        departments=_most_first(rows) if any(departments) else (),
        priors=context.priors_file,
    )


def _most_first(rows: Iterable[ExposureRow]) -> tuple[ExposureRow, ...]:
    return tuple(sorted(rows, key=lambda row: (-(row.volume.likely if row.volume else -1), row.name)))


def traffic_of(session: Session, catalog: Catalog, bounds: Bounds) -> tuple[Traffic, ...]:
    """Return each person's use of each service; ``prepare`` must have made the tables of people."""
    _classify(session, catalog)
    departments = dict(session.rows("SELECT who, department FROM actors WHERE department IS NOT NULL"))
    cells: dict[_Cell, list[Mapping[str, Any]]] = defaultdict(list)
    for row in ask(session, "traffic", bounds):
        # A body to a service whose requests the catalogue doesn't know says no more than a connection.
        posts = row["part"] == "posts"
        grade = Grade.B if posts else Grade(row["grade"])
        view = row["packets"], row["counted"], posts
        cells[_Cell(row["service"], row["who"], ClientClass(row["client"]), grade, *view)].append(row)
    return tuple(_traffic(cell, found, departments.get(cell.who, "")) for cell, found in cells.items())


class _Cell(NamedTuple):
    service: str
    who: str
    client: ClientClass
    grade: Grade
    packets: bool
    counted: bool
    posts: bool


def _traffic(cell: _Cell, rows: Sequence[Mapping[str, Any]], department: str) -> Traffic:
    sizes = {row["part"]: _sizes(row) for row in rows}
    carrying = cell.grade is Grade.C or any(part != "nothing" for part in sizes)
    types = Counter(ending for row in rows for ending in row["endings"] or ())
    return Traffic(
        service=cell.service,
        who=cell.who,
        client=cell.client if carrying else ClientClass.TELEMETRY,
        grade=cell.grade,
        department=department,
        prompts=sizes.get("prompts", Sizes()),
        uploads=sizes.get("uploads", Sizes()),
        connections=sizes.get("posts" if cell.posts else "connections", Sizes()),
        bytes_in=sum(row["bytes_in"] for row in rows),
        packets=cell.packets,
        counted=cell.counted,
        labelled_sensitive=sum(row["labelled"] for row in rows),
        file_types=tuple(sorted(types.items())),
    )


def _sizes(row: Mapping[str, Any]) -> Sizes:
    return Sizes(**{name: row[name] for name in Sizes.__slots__})


def _classify(session: Session, catalog: Catalog) -> None:
    """Make the table of client classes: one row a service, host and kind of client met."""
    met = session.rows("SELECT DISTINCT service, host, client_kind FROM placed")
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


def _row(
    exposure: Exposure, name: str, catalog: Catalog, service: str | None = None, department: str | None = None
) -> ExposureRow:
    everything = service is None and department is None
    return ExposureRow(
        service=service,
        department=department,
        name=name,
        grade=exposure.grade.value,
        reason=exposure.reason,
        classes=tuple(DataClassRange(name=one, items=numbers(found)) for one, found in exposure.classes),
        file_types=exposure.file_types,
        labelled=exposure.labelled,
        not_covered=tuple(catalog.service(one).name for one in exposure.without_volume) if everything else (),
        **{one: _optional(getattr(exposure, one)) for one in _QUANTITIES},
    )


def _optional(found: Range | None) -> NumberRange | None:
    return None if found is None else numbers(found)


def numbers(found: Range) -> NumberRange:
    """Return a range in whole numbers."""
    return NumberRange(low=int(found.low), likely=round(found.likely), high=int(-(-found.high // 1)))
