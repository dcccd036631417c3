"""Whatever the lines hold: inference ends, and the SQL it makes runs."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shadowscan.formats.infer import infer, titled
from shadowscan.formats.spec import FormatSpec, ReaderSpec
from shadowscan.model.events import EVENT_COLUMN_NAMES
from tests.formats.infer.reading import run

_WORDS = (
    "10.1.2.3 192.0.2.7:443 2001:db8::1 http://a.example.com/x?y='z' 2025-03-04T10:00:00 src= \" ' \\ | , ; { } [ ]"
    " : CEF:0| LEEF:2.0| #011 -> from to user = : <134> é dhost=a.example.com action deny 1741082400 (3)www(0)"
)
_GAPS = (" ", "\t", "\x00", "\u2028", "GET /x HTTP/1.1", "Mar  4 10:00:00 h t: ", "2025-03-04 10:00:00")
_SCRAPS = st.sampled_from([*_WORDS.split(), *_GAPS])
_LINE = st.one_of(
    st.text(max_size=80), st.lists(_SCRAPS, max_size=20).map("".join), st.lists(_SCRAPS, max_size=20).map(" ".join)
)
_KEY = st.one_of(
    st.text(min_size=1, max_size=12),
    st.sampled_from(["src_ip", "dst ip", 'dst"ip', "a'b", "id.orig_h", "x[0]", "host", "$", "*"]),
)
_SCALAR = st.one_of(_SCRAPS, st.none(), st.integers(), st.booleans())
_VALUE = st.recursive(
    _SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEY, inner, max_size=3), max_leaves=6
)
_OBJECT = st.dictionaries(_KEY, _VALUE, max_size=8)
_SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@_SETTINGS
@given(st.lists(_LINE, min_size=1, max_size=8))
def test_any_text_makes_sql_that_runs_or_nothing(lines: list[str]) -> None:
    spec = infer(lines)
    if spec is not None:
        assert len(run(spec, lines)) == len(lines)


@_SETTINGS
@given(st.lists(_OBJECT, min_size=1, max_size=4))
def test_any_json_makes_sql_that_runs_or_nothing(objects: list[dict[str, object]]) -> None:
    import json

    lines = [json.dumps({**item, "dst_ip": "192.0.2.7"}) for item in objects]
    spec = infer(lines)
    assert spec is not None
    assert all(row["dst_ip"] for row in run(spec, lines))


@_SETTINGS
@given(st.lists(_KEY, max_size=10))
def test_any_names_map_to_columns(names: list[str]) -> None:
    bare = FormatSpec("w3c", "", "", "", 1, ReaderSpec("w3c", header="#Fields:"), {})
    assert set(titled(bare, names, [" ".join(names)]).columns) <= {*EVENT_COLUMN_NAMES, "url"}


@pytest.mark.parametrize(
    "piece",
    [
        'a="\\',
        "1.1.1.1 ",
        "1| ",
        '"\\" ',
        "[",
        "src=1.1.1.1 ",
        "::",
        "tcp_",
        "a.",
        "{",
        '{"a":',
        "from 1.1.1.1 ",
        "x=\t",
        "2025-03-04 10:00:00 ",
        "A=1,",
        "<1>",
    ],
)
def test_repetition_does_not_hang(piece: str) -> None:
    lines = [piece * (20_000 // len(piece))] * 100
    start = time.process_time()
    infer(lines)
    assert time.process_time() - start < 20
