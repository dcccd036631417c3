"""Random and damaged lines: never a crash, never a hang, every line has exactly one outcome."""
# ruff: noqa: E501 - tables of junk

import random
import time
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shadowscan.formats.compile import EVENT, REJECTED, SKIPPED
from shadowscan.formats.detect import claims, nearest
from shadowscan.formats.infer import infer
from shadowscan.formats.library import FormatLibrary, load_library
from shadowscan.formats.readers import READERS
from shadowscan.formats.spec import FormatSpec
from shadowscan.ingest.extract import Wanted
from shadowscan.ingest.lines import LineParser
from shadowscan.model.events import EVENT_COLUMN_NAMES
from shadowscan.store.scratch import Scratch
from tests.fuzz.mutate import mutated, sample_lines

LIBRARY = load_library()
ALL = Wanted(EVENT_COLUMN_NAMES)
REFERENCE = datetime(2026, 11, 23, tzinfo=UTC).replace(tzinfo=None)
ONE_EACH = {spec.reader.kind: spec for spec in sorted(LIBRARY, key=lambda spec: spec.id, reverse=True)}
"""One format for each reader."""


def outcomes(lines: list[str], library: FormatLibrary, forced: FormatSpec | None = None) -> list[str]:
    table = pa.table(
        {
            "_n": pa.array(range(len(lines)), pa.int64()),
            "_off": pa.array(range(len(lines)), pa.int64()),
            "_line": pa.array(lines, pa.string()),
        }
    )
    with Scratch() as scratch:
        parser = LineParser(library, scratch, lines, forced=forced, reference=REFERENCE)
        parsed = parser.parse(table, ALL).sort_by("_n")
    assert parsed["_n"].to_pylist() == list(range(len(lines)))
    found: list[str] = parsed["outcome"].to_pylist()
    assert all(word == EVENT or word.startswith((SKIPPED, REJECTED)) for word in found)
    return found


def damage(spec: FormatSpec, count: int, seed: int) -> list[str]:
    dice = random.Random(seed)
    lines = sample_lines(spec.id)
    others = [line for other in list(LIBRARY)[:: max(1, len(LIBRARY) // 12)] for line in sample_lines(other.id)[:5]]
    return [mutated(dice.choice(lines), dice, others) for _ in range(count)]


@pytest.mark.parametrize("kind", READERS)
def test_fuzz_a_format_of_each_reader_survives_damaged_lines(kind: str) -> None:
    spec = ONE_EACH[kind]
    lines = [*sample_lines(spec.id)[:3], *damage(spec, 400, seed=len(kind))]
    assert len(outcomes(lines, FormatLibrary([spec]), forced=spec)) == len(lines)


@pytest.mark.soak
@pytest.mark.parametrize("spec", list(LIBRARY), ids=lambda spec: spec.id)
def test_fuzz_every_format_survives_damaged_lines(spec: FormatSpec) -> None:
    if not sample_lines(spec.id):
        pytest.skip("no sample")
    for seed in range(5):
        lines = [*sample_lines(spec.id)[:3], *damage(spec, 1500, seed)]
        assert len(outcomes(lines, FormatLibrary([spec]), forced=spec)) == len(lines)


def test_fuzz_a_bad_value_costs_only_its_own_record() -> None:
    good = sample_lines("squid")[:10]
    lines = [*good, good[0].replace(" TCP_", " 99999999999999999999999999 TCP_"), *good]
    found = outcomes(lines, LIBRARY)
    assert [word for number, word in enumerate(found) if number != 10] == [EVENT] * 20


@given(st.lists(st.text(max_size=200), min_size=1, max_size=20))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_fuzz_any_text_has_outcomes(texts: list[str]) -> None:
    lines = [text.replace("\n", " ").encode("utf-8", "replace").decode() for text in texts]
    assert len(outcomes(lines, LIBRARY)) == len(lines)


@given(st.sampled_from(list(LIBRARY)), st.integers(0, 10_000))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_fuzz_damaged_lines_of_any_format_have_outcomes(spec: FormatSpec, seed: int) -> None:
    if sample_lines(spec.id):
        lines = [*sample_lines(spec.id)[:5], *damage(spec, 15, seed)]
        assert len(outcomes(lines, LIBRARY)) == len(lines)


LONG = {
    "letters": "a" * 100_000, "digits": "1" * 100_000, "blanks": " " * 100_000, "quotes": '"' * 50_000, "pairs": "a=b " * 25_000,
    "dots": "1.2.3." * 16_000, "brackets": "[{(" * 30_000, "bars": "|" * 50_000, "commas": "1," * 50_000, "backslashes": '\\"' * 50_000,
    "times": "2026-11-09 10:00:00 " * 5_000, "words": "ab cd-ef_gh " * 8_000, "cef": "CEF:0|a|b|" + "x=y " * 25_000, "pri": "<13>" * 25_000,
    "addresses": "10.1.2.3 " * 11_000, "json": '{"a":' * 20_000,
}  # fmt: skip


@pytest.mark.parametrize("name", LONG)
def test_fuzz_no_long_line_holds_up_detection(name: str) -> None:
    started = time.process_time()
    for spec in LIBRARY:
        claims(spec, LONG[name])
    nearest(LIBRARY, [LONG[name]])
    infer([LONG[name]] * 5)
    assert time.process_time() - started < 5


@pytest.mark.parametrize("name", ["quotes", "pairs", "backslashes", "cef", "json", "words"])
def test_fuzz_no_long_line_holds_up_a_reader(name: str) -> None:
    for kind in ("kv", "cef", "leef", "csv", "json", "regex"):
        spec = ONE_EACH[kind]
        started = time.process_time()
        lines = [sample_lines(spec.id)[0], *[LONG[name]] * 3, sample_lines(spec.id)[0] + LONG[name]]
        outcomes(lines, FormatLibrary([spec]), forced=spec)
        assert time.process_time() - started < 10, kind
