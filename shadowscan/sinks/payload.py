"""Alerts as data: our own JSON, and OCSF Detection Finding (class 2004) events.

Source: OCSF 1.4.0, https://schema.ocsf.io/1.4.0/classes/detection_finding.
"""

from datetime import UTC, datetime
from typing import Any

from shadowscan import __version__
from shadowscan.config.alerts import PayloadFormat
from shadowscan.model.alert import Alert
from shadowscan.model.finding import Finding, Severity

_OCSF_VERSION = "1.4.0"
_CLASS = 2004
_CREATE = 1
_SEVERITY_IDS = {Severity.INFO: 1, Severity.LOW: 2, Severity.MEDIUM: 3, Severity.HIGH: 4}
_RULE = 1
"""``analytic.type_id``: the finding came of a rule."""


def per_finding(alert: Alert, form: PayloadFormat) -> list[dict[str, Any]]:
    """Return one document a finding, for sinks that send lines."""
    if form is PayloadFormat.OCSF:
        return [_detection(alert, finding) for finding in alert.findings]
    head = alert.model_dump(mode="json", by_alias=True, exclude={"findings", "title", "severity"})
    head["alert"] = head.pop("id")
    return [{**head, **finding.model_dump(mode="json")} for finding in alert.findings]


def whole(alert: Alert, form: PayloadFormat) -> Any:
    """Return one document with all findings: an object, or for OCSF an array of events."""
    if form is PayloadFormat.OCSF:
        return per_finding(alert, form)
    return alert.model_dump(mode="json", by_alias=True)


def _detection(alert: Alert, finding: Finding) -> dict[str, Any]:
    info: dict[str, Any] = {
        "uid": finding.id,
        "title": finding.title,
        "types": [finding.kind],
        "created_time": _milliseconds(alert.created),
        "analytic": {"name": finding.kind, "type_id": _RULE, "type": "Rule"},
        "desc": ". ".join((finding.why, *finding.basis)),
    }
    for name, value in (("first_seen_time", finding.first), ("last_seen_time", finding.last)):
        if value:
            info[name] = _milliseconds(value)
    return {
        "class_uid": _CLASS,
        "class_name": "Detection Finding",
        "category_uid": 2,
        "category_name": "Findings",
        "activity_id": _CREATE,
        "activity_name": "Create",
        "type_uid": _CLASS * 100 + _CREATE,
        "time": _milliseconds(alert.created),
        "severity_id": _SEVERITY_IDS[finding.severity],
        "severity": finding.severity.value.capitalize() if finding.severity is not Severity.INFO else "Informational",
        "status_id": 1,
        "status": "New",
        "is_alert": True,
        "message": finding.title,
        "metadata": {
            "version": _OCSF_VERSION,
            "uid": f"{alert.id}-{finding.id}",
            "correlation_uid": alert.id,
            "product": {"name": "shadowscan", "vendor_name": "shadowscan", "version": __version__},
        },
        "finding_info": info,
        "remediation": {"desc": finding.next_step},
        "unmapped": {"rule": alert.rule, "service": finding.service, "evidence": finding.evidence},
    }


def _milliseconds(moment: datetime) -> int:
    return round(moment.replace(tzinfo=UTC).timestamp() * 1000)
