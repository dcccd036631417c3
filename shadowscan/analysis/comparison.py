"""What another policy makes of the same use: what became a finding, what ceased to be one, and why."""

from collections.abc import Mapping
from typing import Any

from shadowscan.analysis.judging import judge_visits
from shadowscan.analysis.queries import Bounds, ask
from shadowscan.catalog import Catalog
from shadowscan.model.report import Change, PolicyChange, PolicyComparison, Verdict
from shadowscan.policy import Policy
from shadowscan.store.database import Session

_SAME = (
    *("service", "old_verdict", "old_rule", "old_overdue", "verdict", "rule", "overdue"),
    *("people", "requests", "lookups", "first", "last"),
)


def compare_policies(session: Session, old: Policy, catalog: Catalog, bounds: Bounds) -> PolicyComparison:
    """Judge the use once more, by the old policy; ``judged`` must be there. What became a finding comes first."""
    judge_visits(session, old, catalog, "compared", of="judged", prefix="old_")
    changes = [_change(row, catalog) for row in ask(session, "policy_changes", bounds)]
    return PolicyComparison(
        old=old.path or "", changes=tuple(sorted(changes, key=lambda one: list(Change).index(one.change)))
    )


def _change(row: Mapping[str, Any], catalog: Catalog) -> PolicyChange:
    before = _finding(row["old_verdict"], overdue=row["old_overdue"])
    after = _finding(row["verdict"], overdue=row["overdue"])
    return PolicyChange(
        change=Change.OTHER if before == after else Change.BECAME if after else Change.CEASED,
        name=catalog.service(row["service"]).name,
        old_why=row["old_rule_why"],
        why=row["rule_why"],
        **{name: row[name] for name in _SAME},
    )


def _finding(verdict: str, *, overdue: bool) -> bool:
    return overdue or verdict != Verdict.APPROVED
