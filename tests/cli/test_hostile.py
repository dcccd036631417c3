"""Damaged, odd and hostile inputs: a clear message or harmless output, the documented exit code, nothing lost."""

import gzip
import io
import random
import unicodedata
import zipfile
from pathlib import Path

import pytest

from shadowscan.errors import ExitCode
from tests.cli.logs import log, plain, squid
from tests.commandline import Ran, good, report, shadowscan

EVIL = "chatgpt.com\x1b[2J\x1b]0;owned\x07[red]\u202e[/]<script>alert(1)</script>|=1+1"
EVIL_USER = '=HYPERLINK("http://192.0.2.9","x")'


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "db.duckdb"


def scan(database: Path, *arguments: str | Path) -> Ran:
    ran = shadowscan("scan", *arguments, "--db", database)
    assert "Traceback" not in ran.err
    return ran


def incomplete(ran: Ran, *words: str) -> None:
    """The scan says on stderr what could not be read, and ends as documented."""
    assert ran.code == ExitCode.INCOMPLETE
    for word in words:
        assert word in ran.err


def harmless(text: str) -> None:
    """No control character, nothing that turns the direction of writing."""
    kinds = {unicodedata.category(sign) for sign in text if sign not in "\n\r\t"}
    assert kinds.isdisjoint({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})


class TestInputs:
    def test_random_bytes_are_no_log(self, tmp_path: Path, database: Path) -> None:
        (tmp_path / "noise.log").write_bytes(random.Random(1).randbytes(50_000))
        incomplete(scan(database, tmp_path / "noise.log"), "noise.log", "not a log")

    def test_random_text_is_no_log(self, tmp_path: Path, database: Path) -> None:
        words = random.Random(1).choices(["lorem", "ipsum", "dolor", "sit", "amet"], k=900)
        log(tmp_path / "prose.log", [" ".join(words[i : i + 9]) for i in range(0, 900, 9)])
        incomplete(scan(database, tmp_path / "prose.log"), "prose.log", "in no known log format", "--format")
        assert report(database)["sources"][0]["complete"] is False

    def test_an_empty_file_is_named_and_complete(self, tmp_path: Path, database: Path) -> None:
        (tmp_path / "empty.log").touch()
        ran = good(scan(database, tmp_path / "empty.log"))
        assert "empty.log: empty" in ran.err

    def test_blank_lines_are_skipped(self, tmp_path: Path, database: Path) -> None:
        log(tmp_path / "gaps.log", [squid(1), "", "  ", squid(2)])
        good(scan(database, tmp_path / "gaps.log"))
        totals = report(database)["totals"]
        assert (totals["lines"], totals["events"], totals["skipped"]) == (4, 2, 2)

    def test_an_empty_folder_is_named(self, tmp_path: Path, database: Path) -> None:
        (tmp_path / "nothing").mkdir()
        incomplete(scan(database, tmp_path / "nothing"), "nothing")

    def test_a_missing_path_is_named(self, tmp_path: Path, database: Path) -> None:
        incomplete(scan(database, tmp_path / "gone.log"), "gone.log")

    def test_a_missing_path_does_not_stop_the_others(self, tmp_path: Path, database: Path) -> None:
        incomplete(scan(database, tmp_path / "gone.log", plain(tmp_path / "access.log")), "gone.log")
        assert report(database)["totals"]["events"] == 20

    def test_a_truncated_gz_gives_what_can_be_read(self, tmp_path: Path, database: Path) -> None:
        whole = gzip.compress(plain(tmp_path / "access.log", 4000).read_bytes())
        (tmp_path / "access.log").unlink()
        (tmp_path / "access.log.gz").write_bytes(whole[: len(whole) * 2 // 3])
        incomplete(scan(database, tmp_path / "access.log.gz"), "access.log.gz")
        document = report(database)
        assert 0 < document["totals"]["events"] < 4000
        assert [(row["complete"], bool(row["problem"])) for row in document["sources"]] == [(False, True)]

    def test_a_truncated_gz_that_arrives_whole_counts_once(self, tmp_path: Path, database: Path) -> None:
        whole = gzip.compress(plain(tmp_path / "x", 4000).read_bytes())
        target = tmp_path / "access.log.gz"
        target.write_bytes(whole[: len(whole) * 2 // 3])
        incomplete(scan(database, target), "access.log.gz")
        target.write_bytes(whole)
        good(scan(database, target))
        document = report(database)
        assert document["totals"]["events"] == 4000
        assert document["sources"][0]["complete"] is True

    def test_a_zip_bomb_is_stopped(self, tmp_path: Path, database: Path) -> None:
        inner = io.BytesIO()
        with (
            zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive,
            archive.open("bomb.log", "w", force_zip64=True) as member,
        ):
            for _ in range(320):
                member.write(bytes(1 << 20))
        (tmp_path / "bomb.zip").write_bytes(inner.getvalue())
        incomplete(scan(database, tmp_path / "bomb.zip"), "bomb.zip!bomb.log")

    def test_a_line_of_a_megabyte_is_rejected_and_named(self, tmp_path: Path, database: Path) -> None:
        log(tmp_path / "long.log", [*map(squid, range(40)), "x" * ((1 << 20) + 1), squid(41)])
        good(scan(database, tmp_path / "long.log"))
        assert report(database)["totals"]["events"] == 41
        assert "long.log:41: 1048577 bytes long" in shadowscan("db", "rejects", "--db", database).out

    def test_nul_bytes_reject_only_their_line(self, tmp_path: Path, database: Path) -> None:
        path = log(tmp_path / "nul.log", [*map(squid, range(40)), "\0" * 300, squid(41)])
        good(scan(database, path))
        totals = report(database)["totals"]
        assert (totals["lines"], totals["events"]) == (42, 41)

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
    def test_other_encodings_are_read(self, tmp_path: Path, database: Path, encoding: str) -> None:
        path = tmp_path / "other.log"
        lines = "".join(squid(second, user="zoë") + "\r\n" for second in range(9))
        mark = "" if encoding in {"utf-16", "utf-8-sig"} else "\ufeff"
        path.write_bytes((mark + lines).encode(encoding))
        good(scan(database, path))
        assert report(database)["people"][0]["who"] == "zoë"

    def test_latin1_is_read(self, tmp_path: Path, database: Path) -> None:
        good(
            scan(
                database,
                log(tmp_path / "old.log", (squid(second, user="zoë") for second in range(9)), encoding="latin-1"),
            )
        )
        assert report(database)["people"][0]["who"] == "zoë"

    def test_a_wrong_format_is_said(self, tmp_path: Path, database: Path) -> None:
        ran = scan(database, plain(tmp_path / "access.log"), "--format", "fortinet-fortigate")
        assert ran.code == ExitCode.INCOMPLETE
        assert report(database)["totals"]["rejected"] == 20

    def test_an_unknown_format_is_answered_with_the_nearest(self, tmp_path: Path, database: Path) -> None:
        ran = scan(database, plain(tmp_path / "access.log"), "--format", "squidd")
        assert ran.code == ExitCode.USAGE
        assert "did you mean squid" in ran.err
        assert not database.exists()

    def test_too_many_rejected_lines_make_it_incomplete(self, tmp_path: Path, database: Path) -> None:
        path = log(tmp_path / "half.log", [*map(squid, range(18)), "garbage", "more garbage"])
        assert scan(database, path).code == ExitCode.INCOMPLETE

    def test_the_limit_of_rejected_lines_is_the_users(self, tmp_path: Path, database: Path) -> None:
        path = log(tmp_path / "half.log", [*map(squid, range(18)), "garbage", "more garbage"])
        good(scan(database, path, "--max-rejected", "10"))


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    lines = [squid(second, user=EVIL_USER) for second in range(5)]
    lines += [squid(9, f"http://{EVIL}/{EVIL}", method="GET", result="TCP_MISS/200")] * 2
    lines += [
        squid(10, f"http://gpu.example.com:11434/api/chat{EVIL}", method="POST", result="TCP_MISS/200", user=EVIL_USER)
    ] * 2
    log(folder / "\x1b[31mevil[red].log", lines)
    assert shadowscan("scan", folder, "--db", folder / "db.duckdb", "--keep-all").code in {0, 3}
    return folder / "db.duckdb"


class TestStrangersText:
    """Host names, URLs and user names written by strangers take no effect in any output."""

    @pytest.mark.parametrize("form", ["text", "csv", "markdown", "html"])
    def test_reports(self, scanned: Path, form: str) -> None:
        out = good(shadowscan("report", "--db", scanned, "--output", form)).out
        harmless(out)
        assert "<script>" not in out or form == "text"

    def test_json_reports(self, scanned: Path) -> None:
        harmless(good(shadowscan("report", "--db", scanned, "--output", "json")).out)

    @pytest.mark.parametrize("form", ["text", "ndjson", "csv"])
    def test_evidence(self, scanned: Path, form: str) -> None:
        out = good(shadowscan("evidence", "--db", scanned, "--output", form, "--raw")).out
        harmless(out)
        assert EVIL_USER.split("(", maxsplit=1)[0] in out

    def test_rejects_and_info(self, scanned: Path) -> None:
        harmless(good(shadowscan("db", "rejects", "--db", scanned)).out)
        harmless(good(shadowscan("db", "info", "--db", scanned)).out)

    @pytest.mark.parametrize("form", ["text", "ndjson"])
    def test_signatures_match(self, form: str) -> None:
        harmless(good(shadowscan("signatures", "match", f"https://{EVIL}/", "--output", form)).out)

    def test_policy_explain(self) -> None:
        harmless(good(shadowscan("policy", "explain", f"https://{EVIL}/")).out)

    def test_messages(self, tmp_path: Path) -> None:
        ran = scan(tmp_path / "db.duckdb", tmp_path / "gone\x1b[2J.log")
        assert ran.code == ExitCode.INCOMPLETE
        harmless(ran.err)

    @pytest.mark.parametrize("table", ["people", "sources", "tools", "candidates", "findings"])
    def test_no_cell_of_a_csv_report_is_a_formula(self, scanned: Path, table: str) -> None:
        rows = good(shadowscan("report", "--db", scanned, "--output", "csv", "--table", table)).csv()
        assert rows
        assert not [cell for row in rows for cell in row.values() if cell[:1] in "=+-@\t\r" and cell[:1]]

    def test_no_cell_of_csv_evidence_is_a_formula(self, scanned: Path) -> None:
        rows = good(shadowscan("evidence", "--db", scanned, "--output", "csv")).csv()
        assert {row["user"] for row in rows} >= {f"'{EVIL_USER}"}

    def test_no_cell_of_csv_events_is_a_formula(self, scanned: Path) -> None:
        source = next(path for path in scanned.parent.iterdir() if path.name.endswith(".log"))
        rows = shadowscan("parse", source, "--output", "csv").csv()
        assert {row["user"] for row in rows} >= {f"'{EVIL_USER}"}
