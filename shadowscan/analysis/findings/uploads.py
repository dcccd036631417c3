"""Bulk upload: much data from one person to one service on one day."""

from collections.abc import Iterable, Mapping
from typing import Any

from shadowscan.analysis.findings import references
from shadowscan.analysis.findings.rule import Found, Rule, Scene, megabytes, not_approved, of_person, plural
from shadowscan.analysis.queries import Bounds, ask
from shadowscan.catalog import Catalog
from shadowscan.catalog.model import Category
from shadowscan.model.finding import Severity
from shadowscan.store.database import Session

LEAST = 20_000_000
"""Bytes in large requests or connections on one day."""


def bulk_uploads(session: Session, catalog: Catalog, bounds: Bounds) -> tuple[Mapping[str, Any], ...]:
    """Return who sent how much to which service on which day, where it is a bulk upload."""
    agents = [one.id for one in catalog.services.values() if one.category is Category.CODE_ASSISTANT]
    return tuple(ask(session, "finding_uploads", bounds, {"agents": agents, "least": LEAST}))


def _find(scene: Scene) -> Iterable[Found]:
    return (_found(row, scene) for row in scene.bulk)


def _found(row: Mapping[str, Any], scene: Scene) -> Found:
    more = f" and on {plural(row['days'] - 1, 'more day')}" if row["days"] > 1 else ""
    name = scene.name(row["service"])
    return of_person(
        row,
        subject=(row["who"], row["service"]),
        severity=Severity.HIGH if not_approved(row["verdict"]) else Severity.MEDIUM,
        title=f"{row['who']} sent {megabytes(row['bytes'])} in {plural(row['files'], 'large upload')} to {name} on"
        f" {row['day']:%Y-%m-%d}{more}",
        basis=(
            f"{megabytes(row['bytes'])} that day in {plural(row['files'], 'request', 'requests')} of 256 KiB and more",
            f"the threshold is {megabytes(LEAST)} a day; the service is {row['verdict']}",
        ),
    )


BULK = Rule(
    kind="bulk-upload",
    title="Bulk upload",
    raised=f"one person sent {LEAST // 1_000_000} MB or more to one service on one day, in requests or connections of"
    " 256 KiB and more; programs and coding agents count only where the request is a file upload",
    severities={
        Severity.HIGH: "to a service that is prohibited or not reviewed",
        Severity.MEDIUM: "to an approved or tolerated service",
    },
    next_step="ask what was sent and why; secure the endpoint's and the vendor's log of that day",
    relevant=(references.WEB_EXFILTRATION, references.DISCLOSURE, references.DATA_LEAKAGE, references.MONITORING),
    find=_find,
)
