"""The report's tables as CSV."""

import csv
import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowscan.errors import UsageError
from shadowscan.model.report import Report
from shadowscan.report.csv import TABLES, render_csv, table_rows
from shadowscan.report.escape import is_unsafe
from tests.report import factory
from tests.report.strategies import reports


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


@given(report=reports(), table=st.sampled_from(list(TABLES)))
@settings(max_examples=80, deadline=None)
def test_parses_back_to_as_many_harmless_cells(report: Report, table: str) -> None:
    text = render_csv(report, table)
    header, *body = rows(text)
    assert list(dict.fromkeys(re.sub("_(low|likely|high)$", "", name) for name in header)) == list(
        TABLES[table].model_fields
    )
    assert len(body) == len(table_rows(report, table))
    assert {len(row) for row in body} <= {len(header)}
    assert not any(cell[:1] in set("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20") - {""} for row in body for cell in row if cell)
    assert not any(is_unsafe(character) for character in text.replace("\r\n", ""))


def test_lines_end_as_rfc_4180_says() -> None:
    text = render_csv(factory.full_report(), "days")
    assert text.startswith("day,approved,other\r\n2026-11-02,160,300\r\n")
    assert text.count("\n") == text.count("\r\n") == 15


def test_unknown_is_empty_and_zero_is_zero() -> None:
    table = {row["service"]: row for row in csv.DictReader(io.StringIO(render_csv(factory.full_report())))}
    assert table["character.ai"]["bytes_out"] == ""
    assert table["character.ai"]["requests"] == "0"
    assert table["deepseek"]["first"] == "2026-11-11T09:00:00Z"
    assert table["deepseek"]["severity"] == "high"


def test_lists_are_one_cell() -> None:
    people = rows(render_csv(factory.full_report(), "people"))
    assert people[1][:3] == ["m.keller", "true", "OpenRouter; DeepSeek; GitHub Copilot"]
    sources = rows(render_csv(factory.full_report(), "sources"))
    assert sources[6][2] == "fortigate=8020; squid=411; kv=12"


def test_a_formula_stays_text() -> None:
    report = factory.with_strings(factory.full_report(), lambda value: f'=HYPERLINK("{value}")')
    assert '"\'=HYPERLINK(""DeepSeek"")"' in render_csv(report)


def test_a_wrong_table_is_refused_with_the_right_ones() -> None:
    with pytest.raises(UsageError, match=r"no table 'users'.*tools, people, sources"):
        render_csv(factory.full_report(), "users")
