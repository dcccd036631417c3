"""Personal use of a tool that the company has in an approved form, where the logs tell one from the other."""

from collections.abc import Iterable

from shadowscan.analysis.findings import references
from shadowscan.analysis.findings.rule import Found, Rule, Scene, of_service, plural
from shadowscan.catalog.model import Category
from shadowscan.model.finding import Severity
from shadowscan.model.report import Verdict

_ASSISTANTS = frozenset({Category.CHAT_ASSISTANT, Category.EMBEDDED_AI, Category.PRODUCTIVITY})
"""Kinds of services in which a vendor's consumer and company versions are the same tool."""


def with_an_approved_tier(scene: Scene) -> dict[str, str]:
    """Return services in unreviewed use, each with what of the same vendor is approved, in words.

    The same service, approved for the company's own tenant (a rule limited to hosts) and used elsewhere; or an
    assistant whose vendor has another assistant that the policy approves.
    """
    content = scene.context.policy.content
    tenants = {
        service
        for rule in content.rules
        if rule.verdict is Verdict.APPROVED and rule.scope.hosts
        for service in rule.services
    }
    approved = [
        scene.context.catalog.services[service]
        for rule in content.rules
        if rule.verdict is Verdict.APPROVED
        for service in rule.services
        if service in scene.context.catalog.services
    ]
    by_vendor = {one.vendor: one.name for one in approved if one.vendor and one.category in _ASSISTANTS}
    found: dict[str, str] = {}
    for row in scene.unapproved:
        service = scene.context.catalog.service(row["service"])
        if row["verdict"] != Verdict.UNREVIEWED or row["programs"]:
            continue
        if service.id in tenants:
            found[service.id] = f"{service.name} is approved in the company's own tenant"
        elif service.category in _ASSISTANTS and service.vendor in by_vendor:
            found[service.id] = f"{by_vendor[service.vendor]} is approved"
    return found


def _find(scene: Scene) -> Iterable[Found]:
    approved = with_an_approved_tier(scene)
    for row in scene.unapproved:
        if row["service"] in approved and row["verdict"] == Verdict.UNREVIEWED:
            name, people = scene.name(row["service"]), plural(row["people"], "person", "people")
            yield of_service(
                row,
                severity=Severity.HIGH if row["uploads"] else Severity.MEDIUM,
                title=f"{name} used outside the approved form by {people}: {approved[row['service']]}",
                department=row["department"],
                basis=(
                    f"{row['requests']:,} requests, {row['prompts']:,} prompts, {row['uploads']:,} file uploads",
                    row["why"],
                ),
            )


PERSONAL = Rule(
    kind="personal-tier",
    title="Personal use of an approved tool",
    raised="a service was used outside the tenant it is approved for, or an assistant of a vendor whose other"
    " assistant is approved; logs that show host names only tell no account from another",
    severities={
        Severity.HIGH: "files were uploaded outside the approved form",
        Severity.MEDIUM: "used outside the approved form",
    },
    next_step="point people to the approved form, and restrict the consumer hosts to it (tenant restriction)",
    relevant=(references.DISCLOSURE, references.DATA_LEAKAGE, references.THIRD_PARTY_POLICY),
    find=_find,
)
