"""Tools in use that the policy doesn't approve."""

import hashlib
from collections.abc import Mapping, Sequence

from shadowscan.model.report import Finding, ToolRow, Verdict

_NAMES: Mapping[Verdict, str] = {
    Verdict.PROHIBITED: "prohibited",
    Verdict.UNREVIEWED: "not reviewed",
    Verdict.TOLERATED: "tolerated",
}


def unapproved_use(tools: Sequence[ToolRow]) -> list[Finding]:
    """One finding for each tool in use that is not approved."""
    return [_finding(tool) for tool in tools if tool.verdict is not Verdict.APPROVED]


def _finding(tool: ToolRow) -> Finding:
    kind = "prohibited-use" if tool.verdict is Verdict.PROHIBITED else "unapproved-use"
    people = f"{tool.people} {'person' if tool.people == 1 else 'people'}"
    why = tool.verdicts[0].why
    return Finding(
        id=hashlib.sha256(f"{kind}\0{tool.service}".encode()).hexdigest()[:12],
        kind=kind,
        severity=tool.severity,
        title=f"{tool.name} is {_NAMES[tool.verdict]}, used by {people} ({why})",
        service=tool.service,
        evidence=f"shadowscan evidence --service {tool.service}",
    )
