"""The state of a finding: what people decided, and whether that still holds."""

from datetime import datetime

from shadowscan.model.finding import Decision, Finding, Status


def with_state(finding: Finding, decision: Decision | None, now: datetime) -> Finding:
    """Return the finding with the latest decision on it (times UTC, without a zone).

    An acceptance holds to the end of its last day. A resolution holds until there is evidence younger than it.
    """
    if decision is None:
        return finding
    overtaken = _overtaken(finding, decision, now)
    status = Status.OPEN if overtaken else decision.status
    return finding.model_copy(update={"status": status, "decision": decision, "reopened": overtaken})


def _overtaken(finding: Finding, decision: Decision, now: datetime) -> str:
    """Why the decision holds no longer; empty while it does."""
    if decision.status is Status.ACCEPTED and decision.until and now.date() > decision.until:
        return f"accepted until {decision.until}"
    if decision.status is Status.RESOLVED and finding.last and finding.last > decision.at:
        return f"resolved on {decision.at:%Y-%m-%d}, seen again on {finding.last:%Y-%m-%d}"
    return ""
