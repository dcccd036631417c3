"""Findings and alerts to send."""

from datetime import UTC, datetime
from typing import Any

from shadowscan.model.alert import Alert
from shadowscan.model.finding import Finding, Severity

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC).replace(tzinfo=None)


def finding(number: int = 1, **fields: Any) -> Finding:
    """A finding; what is not given does not matter."""
    given: dict[str, Any] = {
        "id": f"{number:012x}",
        "kind": "unapproved-use",
        "severity": Severity.MEDIUM,
        "why": "no rule of the policy speaks of it",
        "title": f"Tool {number} is not reviewed",
        "service": f"tool-{number}",
        "last": NOW,
        "evidence": f"shadowscan evidence --service tool-{number}",
    }
    return Finding(**given | fields)


def alert(*findings: Finding, **fields: Any) -> Alert:
    """An alert of the given findings."""
    found = findings or (finding(),)
    given: dict[str, Any] = {
        "id": "0123456789abcdef01234567",
        "rule": "everything",
        "created": NOW,
        "severity": found[0].severity,
        "title": found[0].title,
        "findings": found,
        "written": NOW,
    }
    return Alert(**given | fields)
