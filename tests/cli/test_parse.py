"""`shadowscan parse`: every sample as its expectation says, in every form of output."""

import itertools
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from shadowscan.errors import ExitCode
from shadowscan.model.events import EVENT_COLUMN_NAMES
from tests.cli.logs import log, plain, squid
from tests.commandline import ROOT, good, in_process, shadowscan

SAMPLES = ROOT / "samples" / "formats"
NAMES = sorted(path.parent.name for path in SAMPLES.glob("*/expected.ndjson"))


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """All samples in one call, in the order of their names; each sample's events bear its format."""
    folder = tmp_path_factory.mktemp("samples")
    paths = []
    for name in NAMES:
        path = folder / f"{name}.log"
        path.write_bytes((SAMPLES / name / "sample.log").read_bytes())
        os.utime(path, (1_798_700_000, 1_798_700_000))
        paths.append(path)
    rows = good(shadowscan("parse", *paths)).ndjson()
    return {name: list(group) for name, group in itertools.groupby(rows, key=lambda row: row["format"])}


def expected(name: str) -> list[dict[str, Any]]:
    text = (SAMPLES / name / "expected.ndjson").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def agrees(column: str, want: Any, got: Any) -> bool:
    """Compare as a user would: times to the second, durations to a hundredth, user agents with + for blanks."""
    if got is None:
        return False
    match column:
        case "ts":
            return abs(_moment(want) - _moment(got)) <= timedelta(seconds=1)
        case "duration_s":
            return bool(abs(want - got) <= max(0.01, abs(want) * 0.01))
        case "user_agent":
            return bool(want.replace("+", " ") == got.replace("+", " "))
        case _:
            return bool(want == got)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def test_each_sample_is_of_its_own_format(events: dict[str, list[dict[str, Any]]]) -> None:
    """No sample is claimed by another format, and none by two."""
    assert list(events) == [name for name in NAMES if expected(name)]


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_gives_its_expected_events(events: dict[str, list[dict[str, Any]]], name: str) -> None:
    found = {row["line"]: row for row in events.get(name, [])}
    rows = expected(name)
    wrong = [
        (row["line"], column, want, found.get(row["line"], {}).get(column))
        for row in rows
        for column, want in row.items()
        if column in EVENT_COLUMN_NAMES and not agrees(column, want, found.get(row["line"], {}).get(column))
    ]
    assert wrong == []
    assert sorted(found) == sorted({row["line"] for row in rows})


class TestForms:
    @pytest.mark.parametrize("name", ["squid", "zeek-tsv", "suricata-eve", "generic-csv"])
    def test_all_forms_say_the_same(self, tmp_path: Path, name: str) -> None:
        sample = SAMPLES / name / "sample.log"
        good(shadowscan("parse", sample, "-o", "parquet", "--to", tmp_path / "events.parquet"))
        ndjson = shadowscan("parse", sample).ndjson()
        cells = shadowscan("parse", sample, "-o", "csv").csv()
        stored = pq.read_table(tmp_path / "events.parquet")
        columns = [*EVENT_COLUMN_NAMES, "line", "format"]
        assert stored.column_names == columns
        assert list(cells[0]) == columns
        rows = [{name: _text(value) for name, value in row.items() if value is not None} for row in stored.to_pylist()]
        assert rows == [{name: _text(value) for name, value in row.items()} for row in ndjson]
        assert rows == [{name: value.removeprefix("'") for name, value in row.items() if value} for row in cells]

    def test_parquet_needs_a_file(self) -> None:
        ran = shadowscan("parse", SAMPLES / "squid" / "sample.log", "-o", "parquet")
        assert (ran.code, ran.out) == (ExitCode.USAGE, "")
        assert "--to" in ran.err

    def test_a_file_gets_what_stdout_would(self, tmp_path: Path) -> None:
        sample = SAMPLES / "squid" / "sample.log"
        assert good(shadowscan("parse", sample, "--to", tmp_path / "x.ndjson")).out == ""
        assert (tmp_path / "x.ndjson").read_text() == shadowscan("parse", sample).out

    def test_what_gave_no_event_is_counted_with_the_reason(self, tmp_path: Path) -> None:
        path = log(tmp_path / "access.log", [squid(1), "", "garbage", squid(2)])
        ran = good(shadowscan("parse", path))
        assert [row["line"] for row in ran.ndjson()] == [1, 4]
        assert "1 skipped: blank" in ran.err
        assert "1 rejected: not a record of squid" in ran.err

    def test_an_input_that_is_no_log_does_not_stop_the_others(self, tmp_path: Path) -> None:
        log(tmp_path / "prose.txt", ["lorem ipsum dolor sit amet", "consectetur adipiscing elit"] * 9)
        ran = shadowscan("parse", tmp_path / "prose.txt", plain(tmp_path / "access.log"))
        assert (ran.code, len(ran.ndjson())) == (ExitCode.INCOMPLETE, 20)
        assert "prose.txt" in ran.err

    def test_standard_input(self) -> None:
        ran = good(in_process("parse", "-", stdin=f"{squid(1)}\n".encode()))
        assert [row["host"] for row in ran.ndjson()] == ["chatgpt.com"]

    def test_the_time_zone_is_the_users(self, tmp_path: Path) -> None:
        path = tmp_path / "umbrella.csv"
        path.write_bytes((SAMPLES / "cisco-umbrella-dns" / "sample.log").read_bytes())
        here = shadowscan("parse", path).ndjson()
        there = shadowscan("parse", path, "--timezone", "Europe/Paris").ndjson()
        assert {_moment(a["ts"]) - _moment(b["ts"]) for a, b in zip(here, there, strict=True)} == {timedelta(hours=1)}

    def test_an_unknown_time_zone_is_a_usage_error(self) -> None:
        ran = shadowscan("parse", SAMPLES / "squid" / "sample.log", "--timezone", "Mars/Olympus")
        assert (ran.code, ran.out) == (ExitCode.USAGE, "")
        assert "Mars/Olympus" in ran.err


def _text(value: Any) -> str:
    return f"{value.isoformat()}Z" if isinstance(value, datetime) else str(value)
