"""Use under an approval that nobody reviewed in time, or that has expired."""

from collections.abc import Iterable, Mapping
from typing import Any

from shadowscan.analysis.findings import references
from shadowscan.analysis.findings.rule import Found, Rule, Scene, of_service, plural
from shadowscan.model.finding import Severity


def _find(scene: Scene) -> Iterable[Found]:
    return (_found(row, scene) for row in scene.ask("finding_approvals"))


def _found(row: Mapping[str, Any], scene: Scene) -> Found:
    rule = scene.context.policy.content.rules[row["rule"] - 1]
    state = f"expired on {rule.expires}" if row["expired"] else f"was to be reviewed by {rule.review_by}"
    name, people = scene.name(row["service"]), plural(row["people"], "person", "people")
    decided = ", ".join(part for part in (rule.owner, rule.ticket) if part)
    return of_service(
        row,
        severity=Severity.HIGH if row["expired"] else Severity.MEDIUM,
        title=f"The approval of {name} {state}; {people} used it after that",
        basis=(
            f"{row['requests']:,} requests after that day",
            f"rule {row['rule']} of the policy{f' ({decided})' if decided else ''}",
        ),
    )


OVERDUE = Rule(
    kind="approval-overdue",
    title="Approval overdue",
    raised="a service was used after the day by which its approval was to be reviewed, or after it expired",
    severities={
        Severity.HIGH: "the approval has expired",
        Severity.MEDIUM: "the approval was not reviewed in time",
    },
    next_step="have its owner review it, and write the decision and the next date into the policy",
    relevant=(
        references.SUPPLY_CHAIN,
        references.REVIEW,
        references.THIRD_PARTY_POLICY,
        references.THIRD_PARTY_MONITORING,
    ),
    find=_find,
)
