import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowscan.catalog import globs


@pytest.mark.parametrize(
    ("pattern", "host", "matches"),
    [
        ("*.acme.example", "a.acme.example", True),
        ("*.acme.example", "a.b.acme.example", False),
        ("**.acme.example", "a.b.acme.example", True),
        ("**.acme.example", "acme.example", False),
        ("svc{|-fips}.*.acme.example", "svc-fips.eu-1.acme.example", True),
        ("svc{|-fips}.*.acme.example", "svcx.eu-1.acme.example", False),
        ("*-svc.acme.example", "eu-svcxacme.example", False),
    ],
)
def test_host_patterns(pattern: str, host: str, matches: bool) -> None:
    assert (globs.compile_host(pattern).fullmatch(host) is not None) is matches


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("/api/chat", "/api/chat", True),
        ("/api/chat", "/api/chat/", True),
        ("/api/chat", "/api/chats", False),
        ("/api/chat", "/x/api/chat", False),
        ("/api/*/send", "/api/7/send", True),
        ("/api/*/send", "/api//send", False),
        ("/api/*/send", "/api/7/8/send", False),
        ("**/v1/chat", "/v1/chat", True),
        ("**/v1/chat", "/any/v1/chat", True),
        ("/a/{b|c/d|}x", "/a/c/dx", True),
        ("/a/{b|c/d|}x", "/a/x", True),
        ("/m/*:{stream|}Generate", "/m/g-1:streamGenerate", True),
        ("/a.b(c)+", "/a.b(c)+", True),
        ("/a.b", "/aXb", False),
        ("/**", "/", True),
    ],
)
def test_path_patterns(pattern: str, path: str, matches: bool) -> None:
    assert (globs.compile_path(pattern).fullmatch(path) is not None) is matches


@pytest.mark.parametrize(
    ("pattern", "path", "words"),
    [
        ("/a/{b", True, "braces"),
        ("/a/{b|{c}}", True, "braces"),
        ("/a/{**|b}", True, "inside braces"),
        ("api/chat", True, "starts with"),
        ("/**/a/**/b", True, "more than one"),
        ("/*-*-*", True, "two `*`"),
        ("*.com", False, "two labels"),
        ("api.*", False, "two labels"),
    ],
)
def test_bad_patterns_are_named(pattern: str, path: bool, words: str) -> None:
    assert any(words in problem for problem in globs.problems(pattern, path=path))


def test_literal_suffix_is_the_plain_end_of_a_host() -> None:
    assert globs.literal_suffix("svc{|-fips}.*.acme.example") == "acme.example"
    assert globs.literal_suffix("*-svc.acme.example") == "acme.example"
    assert globs.literal_suffix("chat.acme.example") == "chat.acme.example"


_SAFE = st.text("abc/*{}|.:-_~%", min_size=1, max_size=30).map(lambda text: "/" + text)


@given(pattern=_SAFE, path=st.text("abc/.:-_~%", max_size=2000))
def test_accepted_patterns_compile_and_answer_fast(pattern: str, path: str) -> None:
    if list(globs.problems(pattern, path=True)):
        return
    started = time.perf_counter()
    globs.compile_path(pattern).fullmatch(path)
    assert time.perf_counter() - started < 0.5


@given(st.text(min_size=1, max_size=40))
def test_escape_is_literal_in_python(text: str) -> None:
    assert re.fullmatch(globs.escape(text), text)


@pytest.mark.parametrize(
    "pattern", ["a.example.com", "{www.|}example.com", "**.x-*.example.com", "{eu|us}.*.example.com"]
)
def test_a_sample_fits_its_pattern(pattern: str) -> None:
    assert globs.compile_host(pattern).fullmatch(globs.sample(pattern))
