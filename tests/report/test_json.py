"""The report as JSON and back."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings

from shadowscan.errors import UsageError
from shadowscan.model.report import Report
from shadowscan.report.json import json_schema, read_json, render_json
from tests.report import factory
from tests.report.strategies import reports

PUBLISHED = Path(__file__).parents[2] / "docs" / "report.schema.json"


@given(reports())
@settings(max_examples=60, deadline=None)
def test_comes_back_equal_and_raw(report: Report) -> None:
    text = render_json(report)
    assert read_json(text) == report
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ud800-\udfff\ue000-\uf8ff]", text)
    assert text.encode("utf-8")


def test_is_readable_and_named_by_its_schema() -> None:
    text = render_json(factory.with_strings(factory.full_report(), lambda value: value + "\u00fc\u202e"))
    assert json.loads(text)["schema"] == "shadowscan.report/1"
    assert "DeepSeek\u00fc\\u202e" in text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "schema is None"),
        ('{"schema": "shadowscan.report/99"}', "'shadowscan.report/99', expected 'shadowscan.report/1'"),
        ('{"schema": "shadowscan.report/1"}', "generated: Field required"),
        ('{"schema": ["x"]}', "schema is"),
    ],
)
def test_other_texts_are_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(UsageError, match=re.escape(reason)):
        read_json(text)
    with pytest.raises(ValueError, match="not a"):
        read_json(text)


def test_a_wrong_value_is_named_by_its_place() -> None:
    document = json.loads(render_json(factory.full_report()))
    document["tools"][3]["people"] = "many"
    with pytest.raises(ValueError, match=r"tools\.3\.people: "):
        read_json(json.dumps(document))


def test_published_schema_is_current() -> None:
    """Rewrite it with: python -c "from shadowscan.report.json import json_schema; print(json_schema(), end='')"."""
    assert PUBLISHED.read_text(encoding="utf-8") == json_schema()
