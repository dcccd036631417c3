"""Reports on the database: bounds, one service, one person, every form; evidence leads to the line."""

import gzip
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from shadowscan.errors import ExitCode
from shadowscan.model.report import Report
from tests.cli.logs import DAY, log, squid
from tests.commandline import ROOT, good, report, shadowscan

HOSTS = ("chatgpt.com:443", "claude.ai:443", "www.example.com:443")
PEOPLE = ("ada", r"EXAMPLE\bob", "bob@example.com")


def line(number: int) -> str:
    """One request each six hours: 12 to 24 are three days."""
    return squid(
        number * DAY // 4, HOSTS[number % 3], user=PEOPLE[number // 3 % 3], client=f"10.0.0.{number // 3 % 3 + 1}"
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three logs: as such, compressed, and in an archive."""
    place = tmp_path_factory.mktemp("report")
    logs = place / "logs"
    logs.mkdir()
    log(logs / "plain.log", map(line, range(12)), end="\r\n")
    (logs / "packed.log.gz").write_bytes(gzip.compress("".join(line(n) + "\n" for n in range(12, 24)).encode()))
    with zipfile.ZipFile(logs / "week.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("old/member.log", "".join(line(n) + "\n" for n in range(24, 36)))
    good(shadowscan("scan", logs, "--db", place / "db.duckdb", "--to", place / "scan.txt"))
    return place


@pytest.fixture(scope="module")
def database(folder: Path) -> Path:
    return folder / "db.duckdb"


def requests(document: Any) -> dict[str, int]:
    return {tool["service"]: tool["requests"] for tool in document["tools"]}


class TestBounds:
    def test_without_any(self, database: Path) -> None:
        assert requests(report(database)) == {"openai-chatgpt": 12, "anthropic-claude": 12}

    @pytest.mark.parametrize(
        ("bounds", "chatgpt", "claude"),
        [
            (["--since", "2026-11-04"], 9, 10),
            (["--until", "2026-11-04"], 3, 2),
            (["--since", "2026-11-04", "--until", "2026-11-05"], 1, 2),
            (["--since", "2026-11-02T06:13:21"], 11, 12),
            (["--until", "2026-11-02T06:13:21"], 1, 0),
            (["--since", "2026-11-02T08:13:21+02:00"], 11, 12),
            (["--since", "2030-01-01"], 0, 0),
        ],
    )
    def test_time(self, database: Path, bounds: list[str], chatgpt: int, claude: int) -> None:
        """The lower bound is inclusive, the upper exclusive; the log begins on 2 November, 06:13:20.118."""
        found = requests(report(database, *bounds))
        assert (found.get("openai-chatgpt", 0), found.get("anthropic-claude", 0)) == (chatgpt, claude)

    def test_bounds_of_two_reports_add_up(self, database: Path) -> None:
        before, after = report(database, "--until", "2026-11-05"), report(database, "--since", "2026-11-05")
        assert before["totals"]["requests"] + after["totals"]["requests"] == 24

    @pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "7x", ""])
    def test_a_wrong_time_is_a_usage_error(self, database: Path, text: str) -> None:
        ran = shadowscan("report", "--db", database, "--since", text)
        assert (ran.code, ran.out) == (ExitCode.USAGE, "")
        assert "2026-11-01" in ran.err

    def test_ago(self, database: Path) -> None:
        assert report(database, "--since", "9000d")["totals"]["requests"] == 24
        assert report(database, "--until", "9000d")["totals"]["requests"] == 0

    def test_one_service(self, database: Path) -> None:
        document = report(database, "--service", "anthropic-claude")
        assert requests(document) == {"anthropic-claude": 12}
        assert {name for row in document["people"] for name in row["tools"]} == {"Claude"}

    def test_one_person_whatever_the_spelling(self, database: Path) -> None:
        """One person by domain account and by address: bob; asked for in any case."""
        document = report(database, "--user", "BOB")
        assert [row["who"] for row in document["people"]] == ["bob"]
        assert document["totals"]["requests"] == 16

    def test_an_unknown_service_is_a_usage_error(self, database: Path) -> None:
        ran = shadowscan("report", "--db", database, "--service", "no-such-tool")
        assert (ran.code, ran.out) == (ExitCode.USAGE, "")
        assert "signatures list" in ran.err


class TestForms:
    def test_json_is_of_the_published_schema(self, database: Path) -> None:
        schema = json.loads((ROOT / "docs" / "report.schema.json").read_text())
        document = report(database)
        assert set(document) <= set(schema["properties"])
        assert set(schema["required"]) <= set(document)
        assert Report.model_validate(document).totals.requests == 24
        published = Report.model_json_schema(mode="serialization")
        assert {key: schema[key] for key in ("properties", "$defs")} == {
            key: published[key] for key in ("properties", "$defs")
        }

    @pytest.mark.parametrize("table", ["tools", "people", "sources", "candidates", "days", "findings", "gaps"])
    def test_each_csv_table_has_the_documents_rows(self, database: Path, table: str) -> None:
        rows = good(shadowscan("report", "--db", database, "-o", "csv", "--table", table)).csv()
        assert len(rows) == len(report(database)[table])

    def test_an_unknown_table_is_a_usage_error(self, database: Path) -> None:
        ran = shadowscan("report", "--db", database, "-o", "csv", "--table", "cats")
        assert (ran.code, ran.out) == (ExitCode.USAGE, "")
        assert "tools" in ran.err

    @pytest.mark.parametrize("form", ["text", "json", "csv", "markdown", "html"])
    def test_a_file_gets_what_the_screen_would(self, database: Path, tmp_path: Path, form: str) -> None:
        target = tmp_path / "report"
        ran = good(shadowscan("report", "--db", database, "-o", form, "--to", target))
        assert ran.out == ""
        assert "ChatGPT" in target.read_text(encoding="utf-8")

    def test_top_limits_the_rows(self, database: Path) -> None:
        assert "and 1 more" in good(shadowscan("report", "--db", database, "--top", "1")).out


class TestEvidence:
    @pytest.fixture
    def rows(self, database: Path) -> list[dict[str, Any]]:
        return good(shadowscan("evidence", "--db", database, "-o", "ndjson", "--raw")).ndjson()

    def test_every_request_of_the_report_has_its_line(self, rows: list[dict[str, Any]]) -> None:
        assert len(rows) == 24

    def test_file_and_line_lead_to_the_raw_line(self, rows: list[dict[str, Any]]) -> None:
        start = {"plain.log": 0, "packed.log.gz": 12, "week.zip!old/member.log": 24}
        for row in rows:
            name = row["file"].rsplit("/logs/", 1)[-1]
            assert row["raw"] == line(start[name] + row["line"] - 1)
            assert row["host"] in row["raw"]
        assert {row["file"].rsplit("/logs/", 1)[-1] for row in rows} == set(start)

    def test_each_says_why(self, rows: list[dict[str, Any]]) -> None:
        assert all(row["signature"].startswith(row["service"]) and row["why"] for row in rows)
        assert all(row["format"].startswith("squid@") for row in rows)

    def test_the_command_of_a_finding_lists_its_events(self, database: Path) -> None:
        document = report(database)
        for finding in document["findings"]:
            arguments = finding["evidence"].split()[1:]
            rows = good(shadowscan(*arguments, "--db", database, "-o", "ndjson")).ndjson()
            assert len(rows) == requests(document)[finding["service"]]
            assert {row["service"] for row in rows} == {finding["service"]}

    def test_by_person_and_time(self, database: Path) -> None:
        rows = good(
            shadowscan("evidence", "--db", database, "-o", "ndjson", "--user", "ada", "--since", "2026-11-04")
        ).ndjson()
        assert {row["who"] for row in rows} == {"ada"}
        assert len(rows) == report(database, "--user", "ada", "--since", "2026-11-04")["totals"]["requests"]

    @pytest.mark.parametrize("form", ["text", "csv"])
    def test_other_forms_show_the_same_events(self, database: Path, form: str) -> None:
        out = good(shadowscan("evidence", "--db", database, "-o", form, "--service", "openai-chatgpt")).out
        assert out.count("chatgpt.com") >= 12
        assert "plain.log" in out

    def test_what_is_left_out_is_said(self, database: Path) -> None:
        ran = good(shadowscan("evidence", "--db", database, "--limit", "5", "-o", "ndjson"))
        assert len(ran.ndjson()) == 5
        assert "5 of 24 events shown" in ran.err

    def test_a_file_that_is_gone_or_changed_shows_no_other_line(self, tmp_path: Path) -> None:
        path = log(tmp_path / "access.log", [squid(1), squid(2)])
        good(shadowscan("scan", path, "--db", tmp_path / "db.duckdb"))
        log(path, [squid(1)])
        arguments = ("evidence", "--db", tmp_path / "db.duckdb", "--raw")
        assert (
            "gone or has changed" in good(shadowscan(*arguments)).out or "shorter" in good(shadowscan(*arguments)).out
        )
        path.unlink()
        assert "gone or has changed" in good(shadowscan(*arguments)).out

    def test_a_line_rewritten_in_place_is_not_shown_as_evidence(self, tmp_path: Path) -> None:
        path = log(tmp_path / "access.log", [squid(1), squid(2)])
        good(shadowscan("scan", path, "--db", tmp_path / "db.duckdb"))
        log(path, [squid(3), squid(4)])
        assert str(squid(3)) not in good(shadowscan("evidence", "--db", tmp_path / "db.duckdb", "--raw")).out


def test_info_counts_what_the_report_counts(database: Path) -> None:
    facts = good(shadowscan("db", "info", "--db", database, "--json")).json()
    assert (facts["lines read"], facts["rows in events"], facts["rows in files"], facts["runs"]) == (36, 24, 3, 1)
    assert facts["runs not finished"] == 0
    assert "lines read" in good(shadowscan("db", "info", "--db", database)).out


def test_without_any_ai_the_period_is_that_of_the_logs_and_nothing_changed(tmp_path: Path) -> None:
    path = log(tmp_path / "access.log", [squid(day * DAY, "www.example.com:443") for day in range(15)])
    text = good(shadowscan("scan", path, "--db", tmp_path / "db")).out
    assert text.startswith("No use of a known AI tool in 15 events of 1 person.\n2\u201316 Nov 2026 (15 days)")
    assert "What changed" not in text
