"""What Arrow is given as a piece of a text lies within that text, and what a pattern needs is in what it matches."""

import re

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowscan.formats.library import load_library
from shadowscan.formats.patterns import needed_text
from shadowscan.formats.readers import NativeReader, reader_for
from shadowscan.formats.readers.text import Text
from shadowscan.formats.spec import ReaderSpec
from tests.fuzz.mutate import JUNK, sample_lines

READERS = [
    ReaderSpec("split"),
    ReaderSpec("csv"),
    ReaderSpec("w3c"),
    ReaderSpec("kv"),
    ReaderSpec("kv", separator=" "),
    ReaderSpec("cef"),
    ReaderSpec("leef"),
]
FIELDS = ("a", "c1", "c2", "c9", "src", "hostname", "in", "suser")
PIECES = [
    *FIELDS,
    *(piece[:50] for piece in JUNK),
    *(f"{field}=" for field in FIELDS),
    "LEEF:2.0|a|b|c|d|^|",
    "<14>",
    " x y ",
]
LINES = st.lists(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), max_size=8)


@settings(deadline=None, max_examples=120)
@given(lines=LINES, skipped=st.integers(0, 3), heads=st.lists(st.integers(-1, 4), min_size=8, max_size=8))
def test_fuzz_pieces_lie_within_their_records(lines: list[str], skipped: int, heads: list[int]) -> None:
    records = pa.array([f"<1>a{line}" for line in lines], pa.string())[skipped:]
    for spec in READERS:
        reader = reader_for(spec, FIELDS if spec.kind == "w3c" else ())
        assert isinstance(reader, NativeReader)
        text = Text(records)
        text.begin_at(np.array(heads[: len(records)], np.int64))
        wanted = [name for name in FIELDS if reader.cuts(name)]
        cut = reader.cut(text, wanted)
        for name in wanted:
            begin, end = (places[~cut.odd] for places in cut.values[name])
            known = begin >= 0
            assert (begin[known] >= text.starts[~cut.odd][known]).all()
            assert (end[known] <= text.ends[~cut.odd][known]).all()
            pieces = text.strings(begin, end)
            pieces.validate(full=True)
            assert pieces.null_count == np.count_nonzero(~known)


def test_what_a_pattern_needs_is_in_what_it_matches() -> None:
    library = load_library()
    patterns = {pattern for spec in library for pattern in (*spec.detect, *spec.exclude)}
    lines = [line for spec in library for line in sample_lines(spec.id)[:6]]
    for pattern in patterns:
        assert all(needed_text(pattern) in line for line in lines if re.search(pattern, line))
    assert needed_text(r"%ASA-\d-\d{6}: ") == "%ASA-"
    assert needed_text(r'"event_type"\s*:') == '"event_type"'
    assert {needed_text(p) for p in (r"ab|cd", r"(?i)abc", r"(abc)?", r"a?", r"x{0,2}", "[abc]")} == {""}
