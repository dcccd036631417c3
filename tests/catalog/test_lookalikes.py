"""Names made to look like a service, and ordinary hosts on platforms it shares: never a verdict."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowscan.catalog import Catalog, parse_input
from shadowscan.catalog.hostindex import suffixes
from shadowscan.catalog.lint.platforms import SHARED_PLATFORMS
from shadowscan.catalog.matcher import Matcher

LABEL = st.from_regex(r"[a-z][a-z0-9]{0,11}", fullmatch=True)
FOREIGN = st.sampled_from(["example", "example.com", "evil.example.net", "test", "invalid"])


@pytest.fixture(scope="module")
def claimed(catalog: Catalog) -> list[str]:
    """All names that a service claims, with all below them."""
    return sorted(
        {rule.value for one in catalog.services.values() for rule in one.hosts if rule.kind == "suffix"} - {""}
    )


@settings(max_examples=300, deadline=None)
@given(data=st.data(), word=LABEL, foreign=FOREIGN)
def test_what_only_looks_like_a_service_is_none(
    data: st.DataObject, word: str, foreign: str, claimed: list[str], matcher: Matcher
) -> None:
    host = claimed[data.draw(st.integers(0, len(claimed) - 1))]
    brand = host.split(".")[0]
    names = set(claimed)
    traps = [
        f"{host}.{foreign}",
        f"{host}-{word}.{foreign}",
        f"{word}-{host.replace('.', '-')}.{foreign}",
        f"{brand}.{foreign}",
        f"my{brand}{word}.{foreign}",
        f"{host}{word}",
    ]
    if host.count(".") == 1:  # below a vendor's own domain the vendor may well have such names
        traps += [f"{word}{host}", f"{word}-{host}"]
    for trap, label in zip(traps, matcher.label_hosts(traps), strict=True):
        # Another service may own the longer name, or a domain both lie below.
        if names.isdisjoint(suffixes(trap)):
            assert label.verdict != "service", trap
            found = matcher.match(host=trap, method="POST", path=f"/{host}/v1/{word}")
            assert found.verdict != "service", trap


@settings(max_examples=200, deadline=None)
@given(platform=st.sampled_from(sorted(SHARED_PLATFORMS)), word=LABEL, path=LABEL)
def test_an_ordinary_customer_of_a_platform_is_none(platform: str, word: str, path: str, matcher: Matcher) -> None:
    host = f"{word}-customer.{platform}"
    assert matcher.label_hosts([host])[0].verdict != "service"
    assert matcher.match(host=host, method="GET", path=f"/{path}").verdict != "service"
    assert matcher.match(host=platform, method="GET", path="/").verdict != "service"


@settings(max_examples=200, deadline=None)
@given(data=st.data(), foreign=FOREIGN)
def test_a_service_named_in_path_query_or_user_info_is_not_its_host(
    data: st.DataObject, foreign: str, claimed: list[str], matcher: Matcher
) -> None:
    host = claimed[data.draw(st.integers(0, len(claimed) - 1))]
    for url in (f"https://{host}@{foreign}/", f"https://{foreign}/{host}/", f"https://{foreign}/?next=https://{host}/"):
        one = parse_input(url)
        assert one.host == foreign
        assert matcher.match(host=one.host, path=one.path, query=one.query).verdict != "service"
