"""Format files: what is wrong with a bad one is told exactly, all built-in ones are fine, the schema is published."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowscan.errors import UsageError
from shadowscan.formats.library import BUILT_IN, load_library
from shadowscan.formats.sandbox import FUNCTIONS, MACROS, ExpressionError, check_expression
from shadowscan.formats.schema import SCHEMA_FILE, Target, checked_format, json_schema
from shadowscan.formats.targets import TARGETS
from shadowscan.store.scratch import MACROS as MACRO_FILE

BAD = sorted(Path(__file__).with_name("bad").glob("*.yaml"))
GOOD = """\
id: acme-proxy
title: Acme proxy
reader: {kind: split, fields: [time, client, url]}
detect: '^\\d{10} \\S+ https?://'
columns:
  ts: epoch_time(time)
  src_ip: client
  url: url
"""


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_file_is_told_by_line_value_and_what_is_allowed(path: Path) -> None:
    line, _, expected = path.read_text().splitlines()[0].removeprefix("# expected: ").partition(": ")
    with pytest.raises(UsageError) as caught:
        checked_format(path)
    problem = caught.value.problem
    assert problem.where == f"{path}:{line}", str(problem)
    assert expected in f"{problem.message}: {problem.reason}"


@pytest.mark.parametrize("path", sorted(BUILT_IN.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_built_in_file_is_valid_and_named_by_its_id(path: Path) -> None:
    spec = checked_format(path)
    assert spec.id == path.stem
    assert spec.vendor
    assert spec.reference.startswith(("http", "docs/"))


def test_the_schema_is_published() -> None:
    assert SCHEMA_FILE.read_text() == json_schema(), "write it anew: shadowscan formats schema --to " + SCHEMA_FILE.name
    assert json.loads(json_schema())["title"] == "FormatFile"


def test_targets_are_those_of_the_engine() -> None:
    assert {target.value for target in Target} <= TARGETS.keys() | {"url"}


def test_every_macro_offered_exists() -> None:
    text = MACRO_FILE.read_text(encoding="utf-8")
    assert [name for name in MACROS if f"MACRO {name}(" not in text] == []
    assert FUNCTIONS.isdisjoint(MACROS)


def test_a_users_format_is_known_beside_the_built_in_ones(tmp_path: Path) -> None:
    (tmp_path / "acme.yaml").write_text(GOOD)
    spec = load_library([tmp_path]).get("acme-proxy")
    assert spec.origin == str(tmp_path / "acme.yaml")


def test_a_users_format_does_not_replace_a_built_in_one(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(GOOD.replace("acme-proxy", "squid"))
    with pytest.raises(UsageError, match="'squid' is taken"):
        load_library([tmp_path])


@pytest.mark.parametrize(
    "text",
    [
        "read_text('x')", "\"read_text\"('x')", "x.read_text()", "main.read_csv('x')", "getenv('A')", "a; SELECT 1",
        "(SELECT 1)", "a IN (SELECT 1)", "EXISTS (SELECT 1)", "a -- b", "a /* b */", "E'\\''", "$$a$$", "$1", "?",
        "sum(a)", "row_number() OVER ()", "list_transform([a], x -> x)", "[x for x in [1]]", "*", "COLUMNS(*)",
        "a::INT", "CAST(a AS INT)", "x'00'", "a ->> '$.b'", "repeat(a, 9999999)", "'x'; DROP TABLE y", "", "(" * 500,
        "a) AS b, (c",
    ],
)  # fmt: skip
def test_the_sandbox_lets_nothing_but_a_scalar_expression_pass(text: str) -> None:
    with pytest.raises(ExpressionError):
        check_expression(text)


@pytest.mark.parametrize(
    "text",
    [
        "a", "'dns'", '"cs-host"', "coalesce(a, b)", "try_cast(a AS BIGINT) / 1000", "CASE WHEN a = 'x' THEN b END",
        "a IN ('x', 'y')", "split_part(a, ':', 1)", "a || ' it''s -- no comment; ' || b", "x[2:-1]", "a IS NOT NULL",
        "NOT (a LIKE 'x%' OR b ILIKE '%y')", "greatest(try_cast(a AS BIGINT), 0) + 1", "time_as(a, '%d/%b/%Y')",
    ],
)  # fmt: skip
def test_the_sandbox_lets_plain_expressions_pass(text: str) -> None:
    check_expression(text)


@given(st.text(max_size=60) | st.text(alphabet="ab()'\"-;,.[]*/$:=<> |EeSELCTFROM", max_size=40))
def test_any_text_is_passed_or_refused(text: str) -> None:
    with suppress(ExpressionError):
        check_expression(text)
