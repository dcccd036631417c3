"""What a reviewer should decide on, one module a kind."""

from collections.abc import Sequence

from shadowscan.analysis.findings.unapproved import unapproved_use
from shadowscan.model.report import Finding, ToolRow


def findings_of(tools: Sequence[ToolRow]) -> tuple[Finding, ...]:
    """Return all findings, most severe first."""
    findings = unapproved_use(tools)
    return tuple(sorted(findings, key=lambda finding: (-finding.severity.rank, finding.title)))
