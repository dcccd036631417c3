"""What a kind of finding is made of."""

import hashlib
import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shadowscan.analysis.changes import Parts
from shadowscan.analysis.context import Context
from shadowscan.analysis.feeds import Feed
from shadowscan.analysis.queries import Bounds, ask
from shadowscan.model.finding import Finding, Reference, Severity
from shadowscan.model.report import CandidateRow, IntegrationRow, Verdict
from shadowscan.store.database import Session


@dataclass(frozen=True, slots=True)
class Scene:
    """What the rules look at: the temporary tables of the session, and what the report says already."""

    session: Session
    context: Context
    bounds: Bounds
    candidates: tuple[CandidateRow, ...]
    integrations: tuple[IntegrationRow, ...]
    feeds: tuple[Feed, ...]
    parts: Parts | None
    unapproved: tuple[Mapping[str, Any], ...]
    """Use that is prohibited or not reviewed: rows of ``finding_use``."""
    bulk: tuple[Mapping[str, Any], ...]
    """Bulk uploads: rows of ``finding_uploads``."""

    def name(self, service: str) -> str:
        """Return a service's name for people."""
        return self.context.catalog.service(service).name

    def ask(self, question: str, **parameters: Any) -> list[dict[str, Any]]:
        """Ask one of the SQL files within the bounds."""
        return ask(self.session, question, self.bounds, parameters)


@dataclass(frozen=True, slots=True)
class Found:
    """One finding as its rule sees it; the rule adds the rest."""

    subject: tuple[str, ...]
    """What the finding is about, the same in every report: makes its id, together with the kind."""
    severity: Severity
    title: str
    evidence: str
    service: str | None = None
    who: str | None = None
    department: str | None = None
    people: int = 0
    bytes_out: int | None = None
    first: datetime | None = None
    last: datetime | None = None
    basis: tuple[str, ...] = ()
    next_step: str = ""
    """Where the rule's own does not fit."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of finding: when it is raised, how severe it is, what to do next."""

    kind: str
    title: str
    raised: str
    """When it is raised, with its thresholds, in words."""
    severities: Mapping[Severity, str]
    """Every severity it can have, and when."""
    next_step: str
    relevant: tuple[Reference, ...]
    find: Callable[[Scene], Iterable[Found]]

    def findings(self, scene: Scene) -> Iterable[Finding]:
        """Return what the rule finds in the scene, every finding open."""
        return (self._finding(found) for found in self.find(scene))

    def _finding(self, found: Found) -> Finding:
        return Finding(
            id=hashlib.sha256("\0".join((self.kind, *found.subject)).encode()).hexdigest()[:12],
            kind=self.kind,
            severity=found.severity,
            why=self.severities[found.severity],
            title=found.title,
            service=found.service,
            who=found.who,
            department=found.department,
            people=found.people,
            bytes_out=found.bytes_out,
            first=found.first,
            last=found.last,
            basis=found.basis,
            next_step=found.next_step or self.next_step,
            evidence=found.evidence,
            relevant=self.relevant,
        )


def of_service(
    row: Mapping[str, Any], *, severity: Severity, title: str, basis: tuple[str, ...], department: str | None = None
) -> Found:
    """Return a finding on a service, from a row that sums up its use."""
    return Found(
        subject=(row["service"],),
        severity=severity,
        title=title,
        evidence=evidence(service=row["service"]),
        service=row["service"],
        department=department,
        people=row["people"],
        bytes_out=row["bytes_out"],
        first=row["first"],
        last=row["last"],
        basis=basis,
    )


def of_person(
    row: Mapping[str, Any], *, subject: tuple[str, ...], severity: Severity, title: str, basis: tuple[str, ...]
) -> Found:
    """Return a finding on a person; its lines are those with the service alone where that is part of the subject."""
    return Found(
        subject=subject,
        severity=severity,
        title=title,
        evidence=evidence(service=row["service"] if row["service"] in subject else None, who=row["who"]),
        service=row["service"],
        who=row["who"],
        department=row["department"],
        people=1,
        bytes_out=row.get("bytes"),
        first=row["first"],
        last=row["last"],
        basis=basis,
    )


def not_approved(verdict: str) -> bool:
    """Tell whether a verdict leaves use without anybody's consent."""
    return verdict in {Verdict.UNREVIEWED, Verdict.PROHIBITED}


def megabytes(size: int) -> str:
    """Return ``49.3 MB``."""
    return f"{size / 1e6:,.1f} MB"


def plural(number: int, one: str, many: str = "") -> str:
    """Return ``1 person``, ``4 people``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def evidence(*, service: str | None = None, who: str | None = None) -> str:
    """Return the command that lists the events behind a finding."""
    parts = ["shadowscan", "evidence"]
    parts += ["--service", service] if service else []
    parts += ["--user", who] if who else []
    return shlex.join(parts)
