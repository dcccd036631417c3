"""Rules over the whole built-in catalogue."""

from collections import Counter

import pytest

from shadowscan.catalog import Catalog, Category, Status, builtin_directory
from shadowscan.catalog.lint import Level, Subject, lint, load_subject
from shadowscan.catalog.matcher import Matcher
from shadowscan.catalog.publish import json_schema, summary_page
from tests.catalog.conftest import ROOT


@pytest.fixture(scope="module")
def subject() -> Subject:
    return load_subject([builtin_directory()])


def test_lint_is_clean(subject: Subject) -> None:
    assert [one for one in lint(subject) if one.level is not Level.INFO] == []


def test_it_is_broad(catalog: Catalog) -> None:
    assert len(catalog.services) >= 3100
    counts = Counter(service.category for service in catalog.services.values())
    assert all(counts[category] for category in Category)


def test_doubtful_entries_say_so(catalog: Catalog) -> None:
    listed = [service for service in catalog.services.values() if not service.described]
    assert listed
    assert not [service.id for service in listed if service.status is Status.STABLE and len(service.sources) < 2]


def test_the_published_schema_is_the_models(catalog: Catalog) -> None:
    published = (ROOT / "signatures" / "schema.json").read_text(encoding="utf-8")
    assert published == json_schema() + "\n", "run: shadowscan signatures schema > signatures/schema.json"


def test_the_published_figures_are_the_catalogues(catalog: Catalog) -> None:
    published = (ROOT / "docs" / "catalogue.md").read_text(encoding="utf-8")
    assert published == summary_page(catalog) + "\n", "run: shadowscan signatures summary > docs/catalogue.md"


BRANDS = [
    "chatgpt.com",
    "claude.ai",
    "gemini.google.com",
    "copilot.microsoft.com",
    "perplexity.ai",
    "deepseek.com",
    "poe.com",
]


@pytest.mark.parametrize("brand", BRANDS)
@pytest.mark.parametrize(
    "trap",
    [
        "{0}.evil.example",
        "{0}-login.example",
        "x{0}",
        "{1}.example",
        "my-{1}-news.example",
        "{1}fans.example",
        "{0}.",
        "evil.example/{0}",
    ],
)
def test_traps_around_brands(matcher: Matcher, brand: str, trap: str) -> None:
    host = trap.format(brand, brand.split(".", maxsplit=1)[0])
    expected = "service" if trap == "{0}." else "none"
    assert matcher.label_hosts([host])[0].verdict in {expected, "candidate"} - (
        {"candidate"} if expected == "service" else set()
    )


@pytest.mark.parametrize(
    "host",
    [
        "github.com",
        "raw.githubusercontent.com",
        "www.google.com",
        "storage.googleapis.com",
        "s3.eu-west-1.amazonaws.com",
        "www.bing.com",
        "learn.microsoft.com",
        "www.notion.so",
        "www.canva.com",
        "zapier.com",
        "x.com",
        "slack.com",
        "yandex.ru",
        "www.baidu.com",
        "api.cloudflare.com",
        "login.microsoftonline.com",
        "meta.com",
        "adobe.com",
    ],
)
def test_platforms_are_not_accused_by_their_host(matcher: Matcher, host: str) -> None:
    assert matcher.label_hosts([host])[0].verdict in {"none", "shared"}
    assert matcher.match(host=host, path="/", method="GET").verdict == "none"
