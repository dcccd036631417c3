"""Use of a service that is not approved: prohibited, or never reviewed."""

from collections.abc import Iterable

from shadowscan.analysis.findings import references
from shadowscan.analysis.findings.rule import Found, Rule, Scene, evidence
from shadowscan.model.finding import Severity
from shadowscan.model.report import ToolRow, Verdict


def _prohibited(scene: Scene) -> Iterable[Found]:
    for tool in scene.tools:
        if tool.verdict is Verdict.PROHIBITED:
            yield _found(tool, "is prohibited")


def _unapproved(scene: Scene) -> Iterable[Found]:
    for tool in scene.tools:
        if tool.verdict is Verdict.UNREVIEWED:
            yield _found(tool, "is not reviewed")


def _found(tool: ToolRow, state: str) -> Found:
    people = f"{tool.people} {'person' if tool.people == 1 else 'people'}"
    through = tool.requests - tool.blocked
    return Found(
        subject=(tool.service,),
        severity=tool.severity,
        title=f"{tool.name} {state}, used by {people}",
        evidence=evidence(service=tool.service),
        service=tool.service,
        people=tool.people,
        bytes_out=tool.bytes_out,
        first=tool.first,
        last=tool.last,
        basis=(
            f"{tool.requests:,} requests, {tool.blocked:,} blocked, {through:,} let through",
            f"{tool.prompts:,} prompts and {tool.uploads:,} file uploads seen",
            tool.verdicts[0].why,
        ),
    )


PROHIBITED = Rule(
    kind="prohibited-use",
    title="Prohibited use",
    raised="a service the policy prohibits was used, or tried",
    severities={
        Severity.HIGH: "prohibited, and requests were let through or only looked up",
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
        Severity.MEDIUM: "not reviewed, and requests were let through or only looked up",
        Severity.LOW: "not reviewed, and every request was blocked",
    },
    next_step="review it: approve, tolerate or prohibit it in the policy",
    relevant=(references.DISCLOSURE, references.AI_SERVICE, references.INVENTORY, references.COMPONENTS),
    find=_unapproved,
)
