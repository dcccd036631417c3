"""The exposure estimate in every output: tool, department and total; hostile names stay harmless."""

import csv
import io

import pytest

from shadowscan.model.report import DataClassRange, ExposureReport, ExposureRow, NumberRange, Report
from shadowscan.report.csv import render_csv
from shadowscan.report.html import render_html
from shadowscan.report.markdown import render_markdown
from shadowscan.report.terminal import render_terminal
from tests.report import factory


def row(name: str, *, grade: str = "A", department: str | None = None, volume: bool = True) -> ExposureRow:
    some = NumberRange(low=1_200_000, likely=2_000_000, high=3_400_000)
    few = NumberRange(low=3, likely=11, high=41)
    return ExposureRow(
        service=None,
        department=department,
        name=name,
        grade=grade,
        reason="each request is seen",
        volume=some if volume else None,
        pasted=some if volume else None,
        tokens=some if volume else None,
        prompts=few,
        files=few,
        sensitive_prompts=few,
        sensitive_files=few,
        sensitive=few,
        classes=(DataClassRange(name="source code", items=few),),
        labelled=7 if name == "All tools" else 0,
        not_covered=("Midjourney",) if name == "All tools" else (),
    )


@pytest.fixture
def report() -> Report:
    tools = (row("Claude"), row("=cmd|'/c calc'!A0<script>\x1b[31m", grade="C", volume=False))
    departments = (row("Legal", department="Legal"), row("(no department)", department=""))
    exposure = ExposureReport(total=row("All tools"), tools=tools, departments=departments, priors="own.yaml")
    return factory.full_report().model_copy(update={"exposure": exposure})


@pytest.mark.parametrize("width", [80, 120])
def test_the_terminal_shows_ranges_of_tools_and_departments(report: Report, width: int) -> None:
    text = render_terminal(report, width=width, color=False)
    section = text.split("What may have gone out")[1].split("Sources")[0]
    assert section.count("1.2 \u2013 3.4 MB") == 4
    assert "Legal" in section
    assert "source code 3 \u2013 41" in section
    assert "7 requests bear a data-loss label" in section
    assert "no bytes seen, so no volume" in section
    assert "In no volume, as no bytes were seen: Midjourney" in section
    assert "own.yaml" in section
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) <= width


def test_page_and_markdown_show_the_same_and_stay_harmless(report: Report) -> None:
    for text in (render_html(report), render_markdown(report)):
        assert text.count("1.2 \u2013 3.4 MB") == 4
        assert "<script>" not in text
        assert "\x1b" not in text


def test_csv_has_three_columns_a_range_and_a_line_each(report: Report) -> None:
    lines = list(csv.DictReader(io.StringIO(render_csv(report, "exposure"))))
    assert [line["name"][:9] for line in lines] == ["All tools", "Claude", "'=cmd|'/c", "Legal", "(no depar"]
    assert (lines[0]["volume_low"], lines[0]["volume_likely"], lines[0]["volume_high"]) == (
        "1200000",
        "2000000",
        "3400000",
    )
    assert lines[2]["volume_low"] == ""
    assert lines[3]["department"] == "Legal"
    assert lines[0]["classes"] == "source code=3..41"
