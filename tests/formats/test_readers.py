"""What the readers promise to format files, seen through the compiled SQL."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowscan.formats.compile import CompiledFormat
from shadowscan.formats.spec import FormatSpec, spec_from_mapping
from shadowscan.ingest.extract import Wanted, extract
from shadowscan.store.scratch import Scratch
from tests.linetable import as_lines

COLUMNS = ("ts", "src_ip", "user", "host", "url_path", "user_agent", "action")
REGEX = {
    "kind": "regex",
    "patterns": [r"user=(?P<user>\w+) from (?P<src>\S+) to (?P<host>\S+)", r"(?P<host>\S+) <- (?P<src>\S+)"],
}
LOOSE = {"kind": "kv", "separator": ", ", "assign": ":"}


@pytest.fixture(scope="module")
def scratch() -> Iterator[Scratch]:
    with Scratch() as connection:
        yield connection


def spec(reader: dict[str, Any], columns: dict[str, str], **more: Any) -> FormatSpec:
    return spec_from_mapping({"id": "x", "title": "x", "reader": reader, "columns": columns, **more})


def read(scratch: Scratch, form: FormatSpec, *lines: str) -> list[dict[str, Any]]:
    chunk = as_lines(lines, first=1)
    rows: list[dict[str, Any]] = extract(scratch, CompiledFormat(form), chunk, Wanted(COLUMNS)).to_pylist()
    return sorted(rows, key=lambda row: row["_n"])


def test_the_first_pattern_that_fits_cuts_and_groups_it_lacks_are_null(scratch: Scratch) -> None:
    form = spec(REGEX, {"src_ip": "src", "user": "user", "host": "host"})
    rows = read(scratch, form, "user=ann from 10.0.0.1 to a.example.com", "b.example.com <- 10.0.0.2", "neither")
    assert [(row["src_ip"], row["user"], row["host"]) for row in rows[:2]] == [
        ("10.0.0.1", "ann", "a.example.com"),
        ("10.0.0.2", None, "b.example.com"),
    ]
    assert [row["outcome"] for row in rows] == ["event", "event", "unclaimed"]


@given(st.lists(st.text(max_size=60), min_size=1, max_size=20))
@settings(deadline=None, max_examples=40)
def test_any_text_gives_one_row_a_line(scratch: Scratch, lines: list[str]) -> None:
    form = spec(REGEX, {"src_ip": "src", "user": "user", "host": "host"})
    assert [row["_n"] for row in read(scratch, form, *lines)] == list(range(1, len(lines) + 1))


def test_a_loose_separator_may_stand_in_a_value(scratch: Scratch) -> None:
    form = spec(LOOSE, {"src_ip": "SrcIP", "host": "Host", "user_agent": "UserAgent", "user": "User"})
    line = "SrcIP: 10.0.0.1, UserAgent: Mozilla/5.0 (KHTML, like Gecko) Chrome/1, Host: a.example.com, User: ann"
    (row,) = read(scratch, form, line)
    assert row["user_agent"] == "Mozilla/5.0 (KHTML, like Gecko) Chrome/1"
    assert (row["src_ip"], row["host"], row["user"]) == ("10.0.0.1", "a.example.com", "ann")


def test_a_bare_priority_does_not_hide_the_first_pair(scratch: Scratch) -> None:
    form = spec({"kind": "kv", "separator": " "}, {"src_ip": "src", "host": "host"})
    (row,) = read(scratch, form, "<134>src=10.0.0.1 host=a.example.com")
    assert row["src_ip"] == "10.0.0.1"


def test_the_record_itself_is_a_field_and_no_time(scratch: Scratch) -> None:
    reader = {"kind": "kv", "separator": " "}
    columns = {
        "host": "host",
        "ts": r"epoch_time(nullif(regexp_extract(_record, 'at=(\d{10})', 1), ''))",
        "action": "CASE WHEN contains(_record, '_DENY ') THEN 'blocked' END",
    }
    rows = read(
        scratch, spec(reader, columns), "X_DENY host=a.example.com at=1794992401", "X_OPEN host=a.example.com at=17"
    )
    assert [(row["ts"], row["action"], row["outcome"]) for row in rows] == [
        (datetime(2026, 11, 18, 9, 0, 1), "blocked", "event"),  # noqa: DTZ001 - event times are naive UTC
        (None, None, "event"),
    ]


@pytest.mark.parametrize(("hostless", "outcome"), [(True, "event"), (False, "skipped: no destination host or address")])
def test_a_web_servers_own_log_may_name_no_server(scratch: Scratch, hostless: bool, outcome: str) -> None:
    reader = {"kind": "regex", "patterns": [r'(?P<src>\S+) "(?P<path>[^"]*)"']}
    form = spec(reader, {"src_ip": "src", "url_path": "path"}, hostless=hostless)
    rows = read(scratch, form, '10.0.0.1 "/a"', '10.0.0.1 ""')
    assert [row["outcome"] for row in rows] == [outcome, "skipped: no destination host or address"]


@pytest.mark.parametrize(
    "header",
    [
        "<166>Nov 18 2026 09:00:01 fw-01 : ",
        "<134> 2026-11-18T09:00:01Z fw-01 ",
        "<134>1 2026-11-18T10:00:01+01:00 fw-01 app - - - ",
    ],
)
def test_the_header_gives_the_time_a_record_lacks(scratch: Scratch, header: str) -> None:
    form = spec({"kind": "kv", "separator": " "}, {"host": "host"})
    (row,) = read(scratch, form, f"{header}host=a.example.com")
    assert row["ts"] == datetime(2026, 11, 18, 9, 0, 1)  # noqa: DTZ001 - event times are naive UTC


def test_a_relative_target_never_gives_a_host(scratch: Scratch) -> None:
    form = spec(
        {"kind": "kv", "separator": " "}, {"src_ip": "src", "url_path": "url_path(url)", "url": "url"}, hostless=True
    )
    (row,) = read(scratch, form, "src=10.0.0.1 url=/go?to=https://a.example.com/x")
    assert (row["host"], row["url_path"]) == (None, "/go")
