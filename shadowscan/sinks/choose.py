"""Which findings are news, and what goes into one alert: a pure function of findings, rules, memory and time."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, Field

from shadowscan.config.alerts import AlertRule, GroupBy
from shadowscan.model.alert import Alert
from shadowscan.model.finding import Finding, Severity, Status

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None)


class Told(BaseModel):
    """What was last said of a finding or a group."""

    at: datetime
    severity: Severity
    last: datetime | None = None
    """The finding's newest evidence at that time."""
    times: int = 1


class Memory(BaseModel):
    """What was told so far; kept between runs, so that a restart repeats nothing."""

    model_config = ConfigDict(extra="forbid")

    origin: str
    """Random, once: ids of two installations never meet."""
    findings: dict[str, Told] = Field(default_factory=dict)
    """``rule/finding id``."""
    groups: dict[str, Told] = Field(default_factory=dict)
    """``rule/group``."""


@dataclass(frozen=True, slots=True)
class Due:
    """An alert to send and by which rule."""

    rule: AlertRule
    group: str
    alert: Alert


def due(
    findings: Iterable[Finding], rules: Sequence[AlertRule], memory: Memory, now: datetime, written: datetime | None
) -> list[Due]:
    """Return the alerts to send now; ``remember`` each before asking again."""
    everything = list(findings)
    return [
        Due(rule, group, _alert(rule, group, news, memory, now, written))
        for rule in rules
        for group, members in _groups(rule, everything).items()
        if (news := _news(rule, group, members, memory, now))
    ]


def remember(memory: Memory, one: Due) -> None:
    """Note that an alert is on its way."""
    alert, rule = one.alert, one.rule.name
    before = memory.groups.get(f"{rule}/{one.group}")
    memory.groups[f"{rule}/{one.group}"] = Told(
        at=alert.created, severity=alert.severity, times=before.times + 1 if before else 1
    )
    for finding in alert.findings:
        memory.findings[f"{rule}/{finding.id}"] = Told(at=alert.created, severity=finding.severity, last=finding.last)


def _groups(rule: AlertRule, findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    groups: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if _picks(rule, finding):
            groups[_group(rule, finding)].append(finding)
    return groups


def _picks(rule: AlertRule, finding: Finding) -> bool:
    return (
        finding.status is Status.OPEN
        and finding.severity.rank >= rule.min_severity.rank
        and (not rule.kinds or finding.kind in rule.kinds)
        and (not rule.services or finding.service in rule.services)
        and (not rule.departments or finding.department in rule.departments)
        and finding.people >= rule.min_people
        and (finding.bytes_out or 0) >= rule.min_bytes_out
    )


def _group(rule: AlertRule, finding: Finding) -> str:
    if rule.digest:
        return GroupBy.RULE
    match rule.group_by:
        case GroupBy.FINDING:
            return finding.id
        case GroupBy.SERVICE:
            return finding.service or ""
        case GroupBy.KIND:
            return finding.kind
        case GroupBy.RULE:
            return GroupBy.RULE


def _news(rule: AlertRule, group: str, members: Sequence[Finding], memory: Memory, now: datetime) -> list[Finding]:
    """Return the findings of a group that are to be told now, the gravest first."""
    news = [finding for finding in members if _is_news(memory.findings.get(f"{rule.name}/{finding.id}"), finding)]
    news.sort(key=lambda finding: (-finding.severity.rank, finding.title))
    told = memory.groups.get(f"{rule.name}/{group}")
    graver = told is None or any(finding.severity.rank > told.severity.rank for finding in news)
    wait = rule.digest or rule.cooldown
    rested = told is None or now - told.at >= wait
    return news if rested or (graver and not rule.digest) else []


def _is_news(told: Told | None, finding: Finding) -> bool:
    return (
        told is None
        or finding.severity.rank > told.severity.rank
        or (finding.last or _LONG_AGO) > (told.last or _LONG_AGO)
    )


def _alert(
    rule: AlertRule, group: str, news: Sequence[Finding], memory: Memory, now: datetime, written: datetime | None
) -> Alert:
    told = memory.groups.get(f"{rule.name}/{group}")
    # Until the alert is remembered the same one comes out again, under the same id.
    number = told.times if told else 0
    key = "\0".join((memory.origin, rule.name, group, str(number)))
    more = f" and {len(news) - 1} more" if len(news) > 1 else ""
    return Alert(
        id=hashlib.sha256(key.encode()).hexdigest()[:24],
        rule=rule.name,
        created=now,
        severity=news[0].severity,
        title=news[0].title + more,
        findings=tuple(news),
        written=written,
    )
