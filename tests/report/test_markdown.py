"""The report in short as Markdown."""

import re

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt

from shadowscan.model.report import Report
from shadowscan.report.escape import is_unsafe
from shadowscan.report.markdown import md, render_markdown
from tests.report import factory
from tests.report.strategies import reports


@pytest.mark.parametrize(
    ("raw", "written"),
    [
        ("a|b", r"a\|b"),
        ("`x`", r"\`x\`"),
        ("*b* _i_ ~s~", r"\*b\* \_i\_ \~s\~"),
        ("[t](https://evil.example)", r"\[t\](https\://evil.example)"),
        ("www.evil.example", r"www\.evil.example"),
        ("<b>&amp;", "&lt;b&gt;&amp;amp;"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("1.33 GB", "1.33 GB"),
        ("# title", r"\# title"),
        ("a\nb\x1b", "a\\\\nb\\\\x1b"),
        (r"CORP\anna", r"CORP\\anna"),
        ("me@evil.example", r"me\@evil.example"),
        ("plain-name.example.com", "plain-name.example.com"),
    ],
)
def test_text_is_shown_as_it_is(raw: str, written: str) -> None:
    assert md(raw) == written


@given(reports())
@settings(max_examples=60, deadline=None)
def test_no_markup_of_a_stranger(report: Report) -> None:
    text = render_markdown(report)
    assert not any(is_unsafe(c) for c in text.replace("\n", ""))
    assert "<" not in text
    table = [line for line in text.splitlines() if line.startswith("| ")]
    assert {len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) for line in table} <= {8}
    assert len([line for line in text.splitlines() if line.startswith("#")]) <= 12


COUNTED = (
    "heading_open",
    "link_open",
    "image",
    "html_inline",
    "html_block",
    "code_inline",
    "fence",
    "em_open",
    "strong_open",
    "hr",
    "table_open",
    "td_open",
)


@given(reports())
@settings(max_examples=60, deadline=None)
def test_a_parser_sees_the_same_document_whatever_the_strings(report: Report) -> None:
    harmless = factory.with_strings(report, lambda value: "x" * bool(value))
    assert seen_by_a_parser(render_markdown(report)) == seen_by_a_parser(render_markdown(harmless))


def seen_by_a_parser(text: str) -> dict[str, int]:
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    tokens = [child for token in parser.parse(text) for child in (token, *(token.children or ()))]
    kinds = [token.type for token in tokens]
    return {kind: kinds.count(kind) for kind in COUNTED}


def test_says_the_same_as_the_others() -> None:
    text = render_markdown(factory.full_report())
    assert text.startswith(
        "# 17 of 40 people used 12 AI tools; 10 tools are not approved; 79 % of AI requests went to them.\n"
    )
    assert "| High | DeepSeek | prohibited | 3 | 323 | 12.3 MB | 11\u201315 Nov 2026 |" in text
    assert "| Low | Midjourney | unreviewed | 1 | 14 DNS | \u2013 | 10 Nov 2026 |" in text
    assert "- 990,959 lines = 898,745 events" in text


def test_no_policy_and_nothing_found_read_well() -> None:
    assert "Write a policy with: shadowscan policy init" in render_markdown(factory.without_policy())
    nothing = render_markdown(factory.nothing_read())
    assert nothing.startswith("# Nothing has been read yet")
    assert "##" in nothing
    assert "Tools by risk" not in nothing


def test_long_lists_end_with_what_is_left() -> None:
    report = factory.full_report()
    text = render_markdown(report.model_copy(update={"tools": report.tools * 3}))
    assert "and 16 more" in text
