"""Use of a service that is not approved: prohibited, or never reviewed."""

from collections.abc import Iterable, Mapping
from typing import Any

from shadowscan.analysis.findings import references
from shadowscan.analysis.findings.rule import Found, Rule, Scene, of_service, plural
from shadowscan.analysis.findings.tiers import with_an_approved_tier
from shadowscan.analysis.tools import severity_of
from shadowscan.model.finding import Severity
from shadowscan.model.report import Verdict


def _prohibited(scene: Scene) -> Iterable[Found]:
    return (_found(row, scene, "is prohibited") for row in _rows(scene, Verdict.PROHIBITED))


def _unapproved(scene: Scene) -> Iterable[Found]:
    """What integrations alone use, and consumer versions of an approved tool, are findings of their own kinds."""
    told = with_an_approved_tier(scene)
    for row in _rows(scene, Verdict.UNREVIEWED):
        if not row["programs"] and row["service"] not in told:
            yield _found(row, scene, "is not reviewed")


def _rows(scene: Scene, verdict: Verdict) -> Iterable[Mapping[str, Any]]:
    return (row for row in scene.unapproved if row["verdict"] == verdict)


def _found(row: Mapping[str, Any], scene: Scene, state: str) -> Found:
    through = row["requests"] - row["blocked"]
    severity = severity_of(Verdict(row["verdict"]), uploads=row["uploads"], through=not row["requests"] or through > 0)
    blocked = ", all blocked" if row["requests"] and not through else ""
    return of_service(
        row,
        severity=severity,
        title=f"{scene.name(row['service'])} {state}, used by {plural(row['people'], 'person', 'people')}{blocked}",
        department=row["department"],
        basis=(
            f"{row['requests']:,} requests ({row['blocked']:,} blocked), {row['lookups']:,} name lookups",
            f"{row['prompts']:,} prompts and {row['uploads']:,} file uploads among them",
            row["why"],
        ),
    )


PROHIBITED = Rule(
    kind="prohibited-use",
    title="Prohibited use",
    raised="a service the policy prohibits was used, or tried",
    severities={
        Severity.HIGH: "prohibited, and requests were let through or only name lookups were seen",
        Severity.LOW: "prohibited, and every request was blocked",
    },
    next_step="block it where it got through, and talk to the people who use it",
    relevant=(
        references.DISCLOSURE,
        references.WEB_EXFILTRATION,
        references.DATA_LEAKAGE,
        references.THIRD_PARTY_POLICY,
    ),
    find=_prohibited,
)
UNAPPROVED = Rule(
    kind="unapproved-use",
    title="Unapproved use",
    raised="people used a service that no rule of the policy decides on",
    severities={
        Severity.HIGH: "not reviewed, and files were uploaded",
        Severity.MEDIUM: "not reviewed, and requests were let through or only name lookups were seen",
        Severity.LOW: "not reviewed, and every request was blocked",
    },
    next_step="review it: approve, tolerate or prohibit it in the policy",
    relevant=(references.DISCLOSURE, references.AI_SERVICE, references.INVENTORY, references.COMPONENTS),
    find=_unapproved,
)
