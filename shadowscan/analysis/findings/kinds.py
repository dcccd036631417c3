"""The kinds of findings, in the order in which the documentation explains them."""

from shadowscan.analysis.findings import (
    approvals,
    bypass,
    data,
    newcomers,
    programs,
    servers,
    silence,
    speed,
    tiers,
    uploads,
    use,
    volume,
)
from shadowscan.analysis.findings.rule import Rule

RULES: tuple[Rule, ...] = (
    use.PROHIBITED,
    uploads.BULK,
    bypass.BYPASS,
    use.UNAPPROVED,
    tiers.PERSONAL,
    data.OUTSIDE,
    programs.UNREGISTERED,
    servers.SELF_HOSTED,
    speed.MACHINE_SPEED,
    volume.UNUSUAL,
    approvals.OVERDUE,
    silence.SILENT,
    newcomers.NEW_TOOL,
)
