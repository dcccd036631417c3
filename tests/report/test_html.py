"""The report as a page."""

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings

from shadowscan.model.report import Report
from shadowscan.report.escape import is_unsafe
from shadowscan.report.html import render_html
from tests.report import factory
from tests.report.strategies import reports

VARIANTS = ("full_report", "without_policy", "only_dns", "nothing_found", "nothing_read", "hostile")
VOID = {"meta", "rect", "br"}


class Reader(HTMLParser):
    """Elements, attributes and text of a page; checks that what opens is closed."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.mark.parametrize("variant", VARIANTS)
def test_is_self_contained(variant: str) -> None:
    page = Reader(render_html(getattr(factory, variant)()))
    assert page.open == []
    assert not {"script", "link", "img", "iframe", "a", "object", "form"} & set(page.tags)
    assert not {"href", "src", "style", "xlink:href"} & page.attributes
    assert not [name for name in page.attributes if name.startswith("on")]


@given(reports())
@settings(max_examples=40, deadline=None)
def test_strangers_add_no_element_and_no_control_character(report: Report) -> None:
    text = render_html(report)
    plain = factory.with_strings(report, lambda value: "x" * bool(value))
    assert sorted(Reader(text).tags) == sorted(Reader(render_html(plain)).tags)
    assert not any(is_unsafe(c) for c in text.replace("\n", ""))


def test_loads_nothing_even_if_something_escaped() -> None:
    assert "default-src &#x27;none&#x27;" in render_html(factory.full_report())


def test_shows_every_row() -> None:
    report = factory.full_report()
    text = "".join(Reader(render_html(report)).text)
    names = [tool.name for tool in report.tools] + [person.who for person in report.people]
    names += [source.name for source in report.sources] + [row.host for row in report.candidates]
    names += [finding.evidence for finding in report.findings] + [gap.advice for gap in report.gaps]
    assert [name for name in names if name not in text] == []
    assert "gzip stream ends early" in text


def test_sparkline_shows_the_smallest_day() -> None:
    report = factory.full_report()
    tool = report.tools[0].model_copy(update={"trend": (1, 0, 90_000)})
    text = render_html(report.model_copy(update={"tools": (tool,)}))
    assert "3 days, at most 90,000 a day" in text
    assert 'y="16.5" width="22.4" height="1.5"' in text


def test_no_policy_names_the_next_step() -> None:
    assert "shadowscan policy init" in render_html(factory.without_policy())
