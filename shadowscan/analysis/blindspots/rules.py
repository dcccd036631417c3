"""What the policy can't judge: there is none, it names what nobody knows, or asks for addresses that are hidden."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from shadowscan.analysis.context import Context
from shadowscan.analysis.policynames import known_names
from shadowscan.model.report import Gap
from shadowscan.policy import Policy, unknown_names


def policy_gaps(context: Context, *, hidden_addresses: bool) -> Iterator[Gap]:
    """Return what keeps rules of the policy from fitting any use."""
    policy = context.policy
    if policy.path is None:
        yield Gap(
            kind="no-policy",
            what="no policy",
            means="nothing is approved, so every tool counts as unreviewed",
            advice="`shadowscan policy init` writes one",
        )
        return
    yield from _unknown(policy, Path(policy.path), context)
    if hidden_addresses:
        yield from _addresses(policy)


def _unknown(policy: Policy, path: Path, context: Context) -> Iterator[Gap]:
    # A person whom no people file lists may be in the logs all the same.
    known = replace(known_names(context.catalog, context.directory, context.priors), people=None)
    if unknown := unknown_names(policy, known, path):
        first, more = unknown[0], len(unknown) - 1
        yield Gap(
            kind="policy-names",
            what=f"the policy names what nobody knows: {first.message}{f' and {more} more' if more else ''}",
            means="no use fits it, so what the rule was to decide is decided by later rules",
            advice="`shadowscan policy check` names each, and what was probably meant",
            where=tuple(problem.where for problem in unknown),
        )


def _addresses(policy: Policy) -> Iterator[Gap]:
    asking = [
        str(number)
        for number, rule in enumerate(policy.content.rules, start=1)
        if rule.scope.networks or rule.scope.sites
    ]
    if asking:
        yield Gap(
            kind="hidden-addresses",
            what=f"addresses are pseudonyms: rule {', '.join(asking)} of the policy asks for a network or a site",
            means="no use fits such a rule, so what it was to decide is decided by later rules",
            advice="ask for departments or people instead, or scan without --pseudonymise-addresses",
        )
