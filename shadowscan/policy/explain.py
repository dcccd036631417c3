"""Why a use is judged as it is: every rule up to the first that fits, and what the others lacked."""

from dataclasses import dataclass

from shadowscan.policy.judge import Policy, Use, expired, named, scope_text, unmet
from shadowscan.policy.model import Rule


@dataclass(frozen=True, slots=True)
class Step:
    """One rule that was tried."""

    rule: int
    """Number, from 1."""
    verdict: str
    fits: bool
    reasons: tuple[str, ...]
    """What kept it from fitting."""


def explain(policy: Policy, use: Use) -> tuple[Step, ...]:
    """Return the rules tried, in order, down to the one that decides (all of them if the default does)."""
    steps = []
    for number, rule in enumerate(policy.content.rules, 1):
        reasons = tuple(_reasons(rule, use))
        steps.append(Step(number, rule.verdict.value, not reasons, reasons))
        if not reasons:
            break
    return tuple(steps)


def _reasons(rule: Rule, use: Use) -> list[str]:
    if not named(rule, use):
        return [f"it names {', '.join((*rule.services, *rule.categories))}"]
    found = [
        f"it wants {scope_text(rule.scope, one.name)}, found {one.value(use) or 'none known'}"
        for one in unmet(rule, use)
    ]
    return [*found, f"it expired on {rule.expires}"] if expired(rule, use) else found
