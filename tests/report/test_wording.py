"""The sentences every renderer shares."""

from datetime import UTC, datetime

import pytest

from shadowscan.model.report import Period, Report, ToolRow, Verdict
from shadowscan.report.inputs import all_formats, formats, unaccounted
from shadowscan.report.wording import headline, made_by, period
from tests.report import factory


def judged(verdicts: list[Verdict], **totals: int) -> Report:
    """The full report with one tool per verdict."""
    report = factory.full_report()
    tools = tuple(ToolRow(**{**report.tools[0].model_dump(), "verdict": verdict}) for verdict in verdicts)
    return report.model_copy(update={"tools": tools, "totals": report.totals.model_copy(update=totals)})


@pytest.mark.parametrize(
    ("verdicts", "ending"),
    [
        ([Verdict.APPROVED], "used 1 AI tool; it is approved."),
        ([Verdict.APPROVED] * 2, "used 2 AI tools; all are approved."),
        ([Verdict.TOLERATED], "used 1 AI tool; it is not approved."),
        ([Verdict.PROHIBITED, Verdict.UNREVIEWED], "used 2 AI tools; none of them is approved."),
        ([Verdict.APPROVED, Verdict.UNREVIEWED], "; 1 tool is not approved; 79 % of AI requests went to it."),
        ([Verdict.APPROVED, *[Verdict.TOLERATED] * 2], "; 2 tools are not approved; 79 % of AI requests went to them."),
    ],
)
def test_headline_by_verdicts(verdicts: list[Verdict], ending: str) -> None:
    assert headline(judged(verdicts)).endswith(ending)


def test_headline_without_requests_gives_no_share() -> None:
    text = headline(judged([Verdict.APPROVED, Verdict.UNREVIEWED], requests=0, approved_requests=0))
    assert text.endswith("1 tool is not approved.")


def test_headline_where_nothing_was_found() -> None:
    nothing = factory.nothing_found()
    candidates = factory.full_report().candidates[:1]
    no_event = nothing.model_copy(update={"totals": nothing.totals.model_copy(update={"events": 0})})
    assert headline(nothing) == "No use of a known AI tool in 897,946 events of 40 people."
    assert headline(nothing.model_copy(update={"candidates": candidates})).endswith(
        "; 1 host may be AI unknown to the catalogue."
    )
    assert headline(no_event) == "Nothing could be judged: 7 sources gave no event."
    assert headline(factory.nothing_read()).startswith("Nothing has been read yet")


def test_period_counts_utc_days() -> None:
    assert period(factory.full_report()) == "2\u201315 Nov 2026 (14 days)"
    undated = factory.full_report().model_copy(update={"period": Period(first=None, last=None)})
    assert period(undated) == "no dated event"


def test_bounds_asked_for_are_named() -> None:
    bounds = Period(first=None, last=None, since=datetime(2026, 11, 3, tzinfo=UTC), undated=4)
    rows = {row.label: row.value for row in made_by(factory.full_report().model_copy(update={"period": bounds}))}
    assert rows["asked for"] == "from 2026-11-03 00:00 UTC"
    assert rows["undated"] == "4 events without a readable time, not counted"


def test_reconciliation_of_logs_counts_events_and_of_captures_packets() -> None:
    log, capture = factory.full_report().sources[0], factory.full_report().sources[-1]
    assert unaccounted(log) == unaccounted(capture) == 0
    assert unaccounted(log.model_copy(update={"events": log.events - 5})) == 5
    assert unaccounted(capture.model_copy(update={"used": capture.used + 2})) == -2


def test_formats_in_short_and_in_full() -> None:
    mixed = factory.full_report().sources[5]
    assert formats(mixed) == "fortigate +2"
    assert all_formats(mixed) == "fortigate 8,020, squid 411, kv 12"
    assert formats(mixed.model_copy(update={"formats": ()})) == "\u2013"
