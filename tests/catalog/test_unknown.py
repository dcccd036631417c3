import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowscan.catalog.unknown import CANDIDATE, Sighting, score_unknown


def words(seen: Sighting) -> list[str]:
    return [one.words for one in score_unknown(seen).evidence]


def test_more_evidence_scores_higher_and_is_named() -> None:
    host = "chatgpt-proxy.corp.example"
    name = Sighting(host)
    api = Sighting(host, paths=("/v1/chat/completions",), methods=("POST",))
    busy = Sighting(
        host,
        paths=("/v1/chat/completions",),
        methods=("POST",),
        requests=100,
        bytes_out=9_000_000,
        bytes_in=1_000_000,
        seconds=12,
        days=10,
        days_with_ai=9,
        usual=0.2,
    )
    scores = [score_unknown(one).score for one in (name, api, busy)]
    assert scores == sorted(set(scores))
    assert scores[0] >= CANDIDATE
    assert scores[-1] < 1
    assert words(busy) == [
        "paths have the shape of a model API",
        "name holds 'chatgpt'",
        "90 kB sent a request: uploads",
        "used on days with known AI by the same people: 90% of 10 (usual: 20%)",
        "answers last 12 s on average, as streamed text does",
    ]


@pytest.mark.parametrize(
    "seen",
    [
        Sighting("app.quill-example.ai", requests=40, bytes_out=4_000_000),
        Sighting("app.quill-example.ai", requests=40, days=9, days_with_ai=9, usual=0.3),
        Sighting("assistant.quill.example", streamed=3, paths=("/ask",)),
        Sighting("192.0.2.7:8000", tools=("port 8000 ...",)),
        Sighting("static.example", paths=("/v1/messages",)),
    ],
)
def test_signs_of_different_kind_make_a_candidate(seen: Sighting) -> None:
    assert score_unknown(seen).score >= CANDIDATE


@pytest.mark.parametrize(
    "seen",
    [
        Sighting("app.quill-example.ai", requests=40, bytes_out=40_000, bytes_in=4_000_000),
        Sighting("chat.example.com", requests=10, bytes_out=900_000),
        Sighting("app.quill-example.ai", days=9, days_with_ai=9, usual=0.9),
        Sighting("app.quill-example.ai", days=2, days_with_ai=2, usual=0.1),
    ],
)
def test_a_weak_sign_alone_makes_none(seen: Sighting) -> None:
    assert 0 < score_unknown(seen).score < CANDIDATE


@pytest.mark.parametrize(
    "host",
    ["shop.example", "mail.example", "llmvp.example", "rags.example", "claudette.example", "chair.example", "10.1.2.3"],
)
def test_volume_time_and_company_are_no_evidence_by_themselves(host: str) -> None:
    paths = ("/", "/index.html", "/products/7")
    busy = Sighting(
        host, (), paths, ("GET",), requests=1, bytes_out=10**9, seconds=60, days=99, days_with_ai=99, usual=0.1
    )
    assert words(busy) == []
    assert score_unknown(busy).score == 0


@given(st.text(max_size=80), st.lists(st.text(max_size=80), max_size=5))
def test_the_score_is_a_share(host: str, paths: list[str]) -> None:
    assert 0 <= score_unknown(Sighting(host, paths=tuple(paths), methods=("POST",))).score < 1
