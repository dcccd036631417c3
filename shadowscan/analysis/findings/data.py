"""Data of a class that the approval of a service does not allow, where the logs themselves show it."""

from collections.abc import Iterable, Mapping
from typing import Any

from shadowscan.analysis.findings import references
from shadowscan.analysis.findings.rule import Found, Rule, Scene, of_service, plural
from shadowscan.model.finding import Severity


def _find(scene: Scene) -> Iterable[Found]:
    allowed = {
        number: {name.casefold() for name in rule.data_classes}
        for number, rule in enumerate(scene.context.policy.content.rules, start=1)
        if rule.data_classes
    }
    if not allowed:
        return
    outside = [
        (number, ending)
        for number, classes in allowed.items()
        for ending, known in scene.context.priors.file_types.items()
        if known.holds and known.holds.casefold() not in classes
    ]
    rules, endings = [number for number, _ in outside], [ending for _, ending in outside]
    for row in scene.ask("finding_data", limited=list(allowed), rules=rules, endings=endings):
        yield _found(row, scene)


def _found(row: Mapping[str, Any], scene: Scene) -> Found:
    rule = scene.context.policy.content.rules[row["rule"] - 1]
    types, files, labelled = scene.context.priors.file_types, row["files"], row["labelled"]
    shown = [f".{ending} (mostly {types[ending].holds})" for ending in row["endings"] or ()]
    told = plural(files, "file") if files else plural(labelled, "labelled request")
    return of_service(
        row,
        severity=Severity.HIGH if files else Severity.MEDIUM,
        title=f"{scene.name(row['service'])} was given {told} beyond what its approval allows or names",
        basis=(
            *((f"{plural(files, 'file')} of types known for other data: {', '.join(shown)}",) if files else ()),
            *((f"{plural(labelled, 'request')} marked by the vendor's data-loss engine",) if labelled else ()),
            f"rule {row['rule']} of the policy allows {', '.join(rule.data_classes)}",
        ),
    )


OUTSIDE = Rule(
    kind="data-outside-approval",
    title="Data outside the approval",
    raised="a rule of the policy allows a service certain classes of data only (data_classes), and the logs show files"
    " let through whose type is known for another class, or requests that the vendor's data-loss engine marked",
    severities={
        Severity.HIGH: "files of a type known for a class that the rule does not allow",
        Severity.MEDIUM: "data-loss labels only, whose class is for the reader to compare with the rule",
    },
    next_step="look at the lines, ask what was in the files, and widen the rule or tell people its limits",
    relevant=(
        references.DISCLOSURE,
        references.WEB_EXFILTRATION,
        references.DATA_LEAKAGE,
        references.THIRD_PARTY_POLICY,
    ),
    find=_find,
)
