"""What is told, when, and under which id."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowscan.config.alerts import AlertRule, AlertSettings
from shadowscan.model.finding import Finding, Severity, Status
from shadowscan.sinks.alerter import Alerter
from shadowscan.sinks.choose import Memory, due, remember
from tests.sinks.factory import NOW, finding

HOUR = timedelta(hours=1)


def rule(**fields: object) -> AlertRule:
    return AlertRule.model_validate({"name": "everything", "min_severity": "info", **fields})


def told(findings: list[Finding], rules: list[AlertRule], memory: Memory, after: timedelta = timedelta(0)) -> list[str]:
    """Titles of the alerts at a time; each is remembered."""
    alerts = due(findings, rules, memory, NOW + after, None)
    for one in alerts:
        remember(memory, one)
    return [one.alert.title for one in alerts]


@pytest.fixture
def memory() -> Memory:
    return Memory(origin="test")


def test_each_finding_is_told_once(memory: Memory) -> None:
    everything = [finding(1), finding(2)]
    assert told(everything, [rule()], memory) == ["Tool 1 is not reviewed", "Tool 2 is not reviewed"]
    assert told(everything, [rule()], memory, timedelta(days=30)) == []


def test_newer_evidence_is_told_again_after_the_cooldown(memory: Memory) -> None:
    told([finding(1)], [rule(cooldown="2h")], memory)
    newer = [finding(1, last=NOW + HOUR)]
    assert told(newer, [rule(cooldown="2h")], memory, HOUR) == []
    assert told(newer, [rule(cooldown="2h")], memory, 2 * HOUR) == ["Tool 1 is not reviewed"]


def test_a_graver_finding_does_not_wait_for_the_cooldown(memory: Memory) -> None:
    told([finding(1)], [rule()], memory)
    graver = [finding(1, severity=Severity.HIGH)]
    assert told(graver, [rule()], memory, timedelta(seconds=1)) == ["Tool 1 is not reviewed"]
    assert told(graver, [rule()], memory, timedelta(seconds=2)) == []


def test_a_group_is_one_alert_and_what_its_cooldown_holds_back_comes_after_it(memory: Memory) -> None:
    rules = [rule(group_by="service", cooldown="1h")]
    first = [finding(1, service="chat"), finding(2, service="chat", severity=Severity.HIGH)]
    assert told(first, rules, memory) == ["Tool 2 is not reviewed and 1 more"]
    more = [*first, finding(3, service="chat"), finding(4, service="other")]
    assert told(more, rules, memory, HOUR / 2) == ["Tool 4 is not reviewed"]
    assert told(more, rules, memory, HOUR) == ["Tool 3 is not reviewed"]


def test_a_digest_collects(memory: Memory) -> None:
    rules = [rule(digest="1h")]
    assert told([finding(1)], rules, memory) == ["Tool 1 is not reviewed"]
    more = [finding(1), finding(2), finding(3, severity=Severity.HIGH)]
    assert told(more, rules, memory, HOUR / 2) == []
    assert told(more, rules, memory, HOUR) == ["Tool 3 is not reviewed and 1 more"]


@pytest.mark.parametrize(
    ("condition", "picked"),
    [
        ({"kinds": ["bulk-upload"]}, [2]),
        ({"services": ["tool-1", "tool-3"]}, [1, 3]),
        ({"departments": ["Legal"]}, [3]),
        ({"min_severity": "high"}, [1]),
        ({"min_people": 5}, [3]),
        ({"min_bytes_out": 1000}, [2]),
    ],
)
def test_a_rule_picks_by_all_that_it_states(condition: dict[str, object], picked: list[int], memory: Memory) -> None:
    everything = [
        finding(1, severity=Severity.HIGH),
        finding(2, kind="bulk-upload", bytes_out=1000),
        finding(3, department="Legal", people=5),
        finding(4, severity=Severity.HIGH, kind="bulk-upload", people=9, bytes_out=9999, status=Status.ACCEPTED),
    ]
    assert told(everything, [rule(**condition)], memory) == [f"Tool {number} is not reviewed" for number in picked]


def test_an_alert_keeps_its_id_until_it_is_remembered_and_never_gets_it_again(memory: Memory) -> None:
    first = due([finding(1)], [rule()], memory, NOW, None)[0]
    assert due([finding(1)], [rule()], memory, NOW + HOUR, None)[0].alert.id == first.alert.id
    remember(memory, first)
    again = due([finding(1, severity=Severity.HIGH)], [rule()], memory, NOW, None)[0]
    assert again.alert.id != first.alert.id
    assert due([finding(1)], [rule()], Memory(origin="elsewhere"), NOW, None)[0].alert.id != first.alert.id


@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.sampled_from(list(Severity)), st.integers(0, 3), st.integers(0, 40)),
        max_size=25,
    ),
    st.sampled_from(["finding", "service", "kind", "rule"]),
    st.sampled_from([None, "2h"]),
)
def test_whatever_comes_the_newest_state_of_each_finding_is_told_in_the_end(
    steps: list[tuple[int, Severity, int, int]], group_by: str, digest: str | None
) -> None:
    memory, rules = Memory(origin="test"), [rule(group_by=group_by, cooldown="3h", digest=digest)]
    now, present = NOW, dict[int, Finding]()
    seen: dict[str, tuple[Severity, datetime]] = {}
    ids: list[str] = []
    for number, severity, hours, wait in [*steps, (1, Severity.INFO, 0, 100)]:
        now += wait * HOUR / 4
        present[number] = finding(number, severity=severity, service="same", last=NOW + hours * HOUR)
        for one in due(present.values(), rules, memory, now, None):
            remember(memory, one)
            ids.append(one.alert.id)
            seen |= {found.id: (found.severity, found.last or NOW) for found in one.alert.findings}
    for last in present.values():
        severity, evidence = seen[last.id]
        assert severity.rank >= last.severity.rank
        assert last.last is None or last.last <= evidence
    assert len(ids) == len(set(ids))


def test_nothing_is_told_twice_or_forgotten_over_a_restart(tmp_path: Path) -> None:
    settings = AlertSettings.model_validate(
        {"rules": [{"name": "all"}], "sinks": [{"name": "file", "type": "jsonl", "path": "x"}]}
    )
    assert Alerter(settings, tmp_path).consider([finding(1)], NOW, NOW) == 1
    first = Alerter(settings, tmp_path)
    assert first.consider([finding(1), finding(2)], NOW, NOW) == 1
    assert len(first.outbox.waiting("file")) == 2


def test_a_crash_before_the_memory_is_saved_repeats_the_alert_under_its_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = AlertSettings.model_validate(
        {"rules": [{"name": "all"}], "sinks": [{"name": "file", "type": "jsonl", "path": "x"}]}
    )
    alerter = Alerter(settings, tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr("shadowscan.sinks.alerter.replace_file", _crash)
        with pytest.raises(KeyboardInterrupt):
            alerter.consider([finding(1)], NOW, NOW)
    [before] = alerter.outbox.waiting("file")
    assert Alerter(settings, tmp_path).consider([finding(1)], NOW + HOUR, NOW) == 1
    assert alerter.outbox.waiting("file") == [before]


def _crash(*_: object) -> None:
    raise KeyboardInterrupt
