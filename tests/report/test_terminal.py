"""The terminal report as text.

The golden files are rewritten with ``REWRITE_GOLDEN=1 pytest tests/report/test_terminal.py``; review the diff.
"""

import os
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from shadowscan.model.finding import Severity
from shadowscan.model.report import Report, SourceRow
from shadowscan.report.terminal import render_terminal
from tests.report import factory
from tests.report.strategies import any_text, reports

GOLDEN = Path(__file__).parent / "golden"
VARIANTS = ("full_report", "without_policy", "only_dns", "nothing_found", "nothing_read", "hostile")
WIDTHS = (80, 120, 160, 200)


def plain(report: Report, width: int = 120, *, top: int = 20) -> str:
    return render_terminal(report, width=width, color=False, top=top)


def section(text: str, title: str) -> list[str]:
    """Lines of the section that begins with the title, without it."""
    lines = text.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(title))
    end = next((i for i in range(start, len(lines)) if not lines[i]), len(lines))
    return lines[start + 1 : end]


def with_source(**changes: object) -> Report:
    report = factory.full_report()
    first = SourceRow.model_validate({**report.sources[0].model_dump(), **changes})
    return report.model_copy(update={"sources": (first, *report.sources[1:])})


@pytest.mark.parametrize("width", [80, 120, 160])
@pytest.mark.parametrize("variant", VARIANTS)
def test_reads_as_recorded(variant: str, width: int) -> None:
    text = plain(getattr(factory, variant)(), width)
    path = GOLDEN / f"{variant}-{width}.txt"
    if os.environ.get("REWRITE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_is_wider_than_asked(variant: str, width: int) -> None:
    text = plain(getattr(factory, variant)(), width)
    assert max(cell_len(line) for line in text.splitlines()) <= width


@given(report=reports(), width=st.integers(60, 220))
@settings(max_examples=60, deadline=None)
def test_no_stranger_steers_the_terminal(report: Report, width: int) -> None:
    text = plain(report, width)
    lines = text.split("\n")
    assert max(cell_len(line) for line in lines) <= width
    assert {unicodedata.category(c) for c in "".join(lines)}.isdisjoint({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})


@given(text=any_text)
@settings(max_examples=60, deadline=None)
def test_colour_adds_nothing_but_styles(text: str) -> None:
    report = factory.with_strings(factory.full_report(), lambda value: value[:9] + text)
    coloured = render_terminal(report, width=100, color=True)
    styles = re.findall("\x1b\\[[0-9;]*m", coloured)
    bare = re.sub("\x1b\\[[0-9;]*m", "", coloured)
    assert styles
    assert bare == plain(report, 100)


def test_severity_has_its_word_beside_its_colour() -> None:
    coloured = render_terminal(factory.full_report(), width=100, color=True)
    assert "\x1b[1;31mHigh\x1b[0m" in coloured.replace("  \x1b[0m", "\x1b[0m")


def test_environment_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def both() -> list[str]:
        return [render_terminal(factory.full_report(), width=90, color=color) for color in (False, True)]

    before = both()
    for name, value in {"FORCE_COLOR": "1", "COLUMNS": "33", "TERM": "dumb", "NO_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    assert both() == before


@pytest.mark.parametrize("variant", VARIANTS)
def test_ascii_only_is_ascii(variant: str) -> None:
    text = render_terminal(getattr(factory, variant)(), width=80, color=False, ascii_only=True)
    assert text.isascii()
    assert max(map(len, text.splitlines())) <= 80


def test_headline_judges_by_the_policy() -> None:
    first = plain(factory.full_report()).splitlines()[0]
    assert first == "17 of 40 people used 12 AI tools; 10 tools are not approved; 79 % of AI requests went to them."


def test_without_policy_everything_is_unreviewed_and_the_next_step_is_named() -> None:
    text = plain(factory.without_policy())
    assert text.splitlines()[0] == "17 of 40 people used 12 AI tools; without a policy all are unreviewed."
    assert "shadowscan policy init" in text
    assert "approved a day" not in text.lower()


def test_an_unread_part_is_said_before_any_figure() -> None:
    lines = plain(factory.nothing_found()).splitlines()
    assert lines[2] == "1 of 7 sources not read completely: the counts are lower bounds."
    assert "not read completely" not in plain(factory.only_dns())


def test_only_lookups_are_never_shown_as_requests_or_volume() -> None:
    row = next(line for line in section(plain(factory.full_report()), "Tools by risk") if "Character.ai" in line)
    assert "96 DNS" in row
    assert "\u2013  7\u20138 Nov" in row


def test_unknown_volume_is_a_dash_and_zero_is_zero() -> None:
    report = factory.full_report()
    tool = report.tools[0]
    rows = (tool.model_copy(update={"bytes_out": 0}), tool.model_copy(update={"bytes_out": None}))
    lines = section(plain(report.model_copy(update={"tools": rows})), "Tools by risk")
    assert "   0 B   3.40 MB" in lines[1]
    assert "     \u2013   3.40 MB" in lines[2]


def test_tools_are_ordered_by_risk() -> None:
    report = factory.full_report()
    lines = section(plain(report.model_copy(update={"tools": report.tools[::-1]})), "Tools by risk")
    words = [line.split()[0].lower() for line in lines[1:13]]
    assert words == sorted(words, key=lambda word: -Severity(word).rank)


def test_top_limits_each_table_and_says_so() -> None:
    lines = section(plain(factory.full_report(), top=5), "Tools by risk")
    assert len(lines) == 1 + 5 + 1
    assert lines[-1] == "  and 7 more"
    assert "more" not in "".join(section(plain(factory.full_report(), top=0), "Tools by risk"))


def test_every_problem_of_a_source_is_told() -> None:
    lines = section(plain(factory.full_report()), "Sources")
    assert "  ! proxy/squid-2026-11-week2.log.gz: gzip stream ends early: 61,204 lines read before it" in lines
    assert "  990,959 lines = 898,745 events + 90,000 duplicates + 2,099 skipped + 115 rejected (0.01 %)" in lines


def test_of_too_many_sources_the_troubled_ones_stay() -> None:
    lines = section(plain(factory.full_report(), top=4), "Sources")
    assert lines[1].startswith("  proxy/squid-2026-11-week2.log.gz")
    assert "  and 5 more" in lines
    assert "  and notes on 1 more sources" in lines


@pytest.mark.parametrize("width", [80, 120])
def test_a_line_that_went_missing_is_shown(width: int) -> None:
    text = plain(with_source(lines=412_080), width)
    assert "proxy/squid-2026-11-week1.log.gz: +3 lines unaccounted for" in text
    assert "unaccounted" not in plain(factory.full_report(), width)


def test_incomplete_source_without_a_reason_is_still_named() -> None:
    assert "! proxy/squid-2026-11-week1.log.gz: not read to its end" in plain(with_source(complete=False))


def test_narrow_terminals_drop_columns_and_keep_the_verdict() -> None:
    header = section(plain(factory.full_report(), 80), "Tools by risk")[0].split()
    assert header == ["Risk", "Tool", "Verdict", "People", "Requests", "Sent", "Trend"]
    wide = section(plain(factory.full_report(), 200), "Tools by risk")[0].split()
    assert set(header) < set(wide)


def test_every_finding_has_its_next_step() -> None:
    lines = section(plain(factory.full_report()), "What to do next")
    assert lines[:2] == [
        "  High    F-3a11        DeepSeek is prohibited: 3 people, 282 requests were let through",
        "                        \u2192 decide on deepseek",
    ]


def test_endless_names_stay_short() -> None:
    report = factory.with_strings(factory.full_report(), lambda value: value + "a b " * 50_000)
    assert len(plain(report)) < 100_000


def test_large_reports_do_not_grow_without_end() -> None:
    report = factory.full_report()
    many = report.model_copy(update={name: getattr(report, name) * 2000 for name in ("tools", "people", "sources")})
    assert len(plain(many).splitlines()) <= 140
