"""Integrations that nobody registered."""

from collections.abc import Iterable

from shadowscan.analysis.findings import references
from shadowscan.analysis.findings.rule import Found, Rule, Scene, evidence, megabytes, plural
from shadowscan.model.actors import ActorKind
from shadowscan.model.finding import Severity
from shadowscan.model.report import IntegrationRow

STANDING = 5
"""Days with calls that make an integration a standing one."""


def _find(scene: Scene) -> Iterable[Found]:
    """The script of a person is their use of the service; it stands in the register only."""
    for row in scene.integrations:
        if not row.registered and row.kind != ActorKind.PERSON and row.requests + row.lookups > row.blocked:
            yield _found(row)


def _found(row: IntegrationRow) -> Found:
    sent = f", {megabytes(row.bytes_out)} sent" if row.bytes_out is not None else ""
    return Found(
        subject=(row.who, row.service),
        severity=Severity.HIGH if row.days >= STANDING else Severity.MEDIUM,
        title=f"{row.who} calls {row.name} on {plural(row.days, 'day')}: an integration nobody registered",
        evidence=evidence(service=row.service, who=row.who),
        service=row.service,
        who=row.who,
        department=row.department,
        people=1,
        bytes_out=row.bytes_out,
        first=row.first,
        last=row.last,
        basis=(
            f"{plural(row.requests, 'request')} on {plural(row.days, 'day')}{sent}",
            f"the caller is a {row.kind.replace('-', ' ')}; no person's browser was seen with it",
            "no rule of the policy approves or tolerates it",
        ),
    )


UNREGISTERED = Rule(
    kind="unregistered-integration",
    title="Unregistered integration",
    raised="a server, service account or unnamed device calls an AI service by program, and no rule of the policy"
    " approves or tolerates that",
    severities={
        Severity.HIGH: f"on {STANDING} days or more: a standing integration",
        Severity.MEDIUM: "on fewer days",
    },
    next_step="find its owner and key, review what data it sends, then register it with a rule that names the owner",
    relevant=(
        references.INFERENCE_API,
        references.SUPPLY_CHAIN,
        references.EXCESSIVE_AGENCY,
        references.INVENTORY,
        references.THIRD_PARTY_MONITORING,
    ),
    find=_find,
)
