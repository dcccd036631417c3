import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowscan.catalog.unknown import score_unknown


def test_more_evidence_scores_higher_and_is_named() -> None:
    name = score_unknown("chatgpt-proxy.corp.example")
    api = score_unknown("chatgpt-proxy.corp.example", ["/v1/chat/completions"], methods=["POST"])
    busy = score_unknown(
        "chatgpt-proxy.corp.example",
        ["/v1/chat/completions"],
        methods=["POST"],
        bytes_out=9_000_000,
        requests=100,
        seconds_per_request=12,
        near_ai=0.8,
    )
    assert 0 < name.score < api.score < busy.score < 1
    assert [one.words for one in busy.evidence] == [
        "name holds 'chatgpt'",
        "paths have the shape of a model API",
        "90000 bytes out a request",
        "answers last 12 s on average, as streamed text does",
        "80% of the visits lie next to known AI use",
    ]


@pytest.mark.parametrize(
    "host",
    ["shop.example", "mail.example", "llmvp.example", "rags.example", "claudette.example", "chair.example", "10.1.2.3"],
)
def test_ordinary_hosts_score_nothing(host: str) -> None:
    assert (
        score_unknown(host, ["/", "/index.html", "/products/7"], methods=["GET"], bytes_out=10**9, requests=1).score
        == 0
    )


def test_volume_alone_is_no_evidence() -> None:
    assert score_unknown("backup.example", bytes_out=10**12, requests=10, seconds_per_request=60).score == 0


@given(st.text(max_size=80), st.lists(st.text(max_size=80), max_size=5))
def test_the_score_is_a_share(host: str, paths: list[str]) -> None:
    assert 0 <= score_unknown(host, paths).score < 1
