"""Pseudonyms: nobody's name is in the database or a report, the counts are the same, and the key's holder can tell."""

import json
from pathlib import Path
from typing import Any

import pytest

from shadowscan.errors import ExitCode
from shadowscan.people.pseudonyms import Tokens, load_tokens
from shadowscan.store.database import Database
from tests.cli.logs import log, squid
from tests.commandline import good, report, shadowscan

PEOPLE = "user,department,aliases\nmara,Sales,al017;LAPTOP-M\nbob,Legal,\nsvc-crawler,IT,\n"
NAMES = ("mara", "al017", "bob", "crawler", "zoe", "carol", "example.com.au", "LAPTOP")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same logs in two databases, one of them under pseudonyms; Carol is in a path, Bob in a broken line."""
    folder = tmp_path_factory.mktemp("pseudonyms")
    users = ["mara", r"EXAMPLE\mara", "al017", "Bob", "svc-crawler", "zoe@example.com.au"]
    urls = [
        "https://chatgpt.com/backend-api/conversation",
        "https://chatgpt.com/u/carol/bob.smith",
        "www.deepl.com:443",
    ]
    lines = [
        squid(n, urls[n % 3], user=users[n % 6], client=f"10.0.0.{n % 6}", method="POST" if n % 3 < 2 else "CONNECT")
        for n in range(60)
    ]
    log(folder / "access.log", [*lines, "bob wrote no log line"])
    (folder / "people.csv").write_text(PEOPLE)
    (folder / "leases.csv").write_text("address,user,from\n10.0.0.9,bob,2026-01-01T00:00Z\n")
    good(shadowscan("people", "key", folder / "key"))
    good(shadowscan("scan", folder / "access.log", "--db", folder / "clear.db", "-o", "json"))
    good(shadowscan("scan", folder / "access.log", "--db", folder / "hidden.db", *hiding(folder), "-o", "json"))
    return folder


def hiding(folder: Path) -> list[str]:
    return ["--pseudonymise", "--key-file", str(folder / "key")]


def everything(path: Path) -> str:
    """All there is in a database, but for the names of files and commands."""
    with Database(path).read() as session:
        tables = [name for (name,) in session.rows("SELECT table_name FROM duckdb_tables() WHERE NOT temporary")]
        return "\n".join(
            json.dumps(row, default=str)
            for table in tables
            if table not in ("files", "runs", "hosts")
            for row in session.dicts(f'FROM "{table}"')
        )


def test_no_name_is_stored(folder: Path) -> None:
    clear, hidden = everything(folder / "clear.db").lower(), everything(folder / "hidden.db").lower()
    assert all(name.lower() in clear for name in NAMES if name != "LAPTOP")
    assert [name for name in NAMES if name.lower() in hidden] == []
    assert "/backend-api/conversation" in hidden
    assert "10.0.0.3" in hidden


def test_the_reports_count_alike(folder: Path) -> None:
    people = ["--people", str(folder / "people.csv"), "--leases", str(folder / "leases.csv")]
    clear = report(folder / "clear.db", *people)
    hidden = report(folder / "hidden.db", *people, "--key-file", str(folder / "key"))
    assert hidden["totals"] == clear["totals"]
    assert hidden["departments"] == clear["departments"]
    tokens = load_tokens(folder / "key")
    assert {row["who"]: row["requests"] for row in hidden["people"]} == {
        tokens.user(row["who"]): row["requests"] for row in clear["people"]
    }
    for tool, other in zip(hidden["tools"], clear["tools"], strict=True):
        assert (tool["service"], tool["prompts"], tool["people"]) == (
            other["service"],
            other["prompts"],
            other["people"],
        )
    assert not any(f'"{name}' in json.dumps(hidden["people"]) for name in NAMES)


def test_a_policy_still_knows_people_and_their_departments(folder: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(
        "rules:\n  - {verdict: prohibited, services: [deepl], scope: {people: [mara]}}\n"
        "  - {verdict: approved, scope: {kinds: [service-account]}}\n"
        "  - {verdict: tolerated, scope: {departments: [Legal]}}\n"
    )
    given = ["--policy", str(policy), "--people", str(folder / "people.csv")]

    def verdicts(database: Path, *arguments: str) -> Any:
        return {tool["service"]: tool["verdicts"] for tool in report(database, *arguments)["tools"]}

    clear = verdicts(folder / "clear.db", *given)
    hidden = verdicts(folder / "hidden.db", *given, "--key-file", str(folder / "key"))
    strip = ("verdict", "rule", "people", "requests")
    assert {name: [[one[key] for key in strip] for one in rows] for name, rows in hidden.items()} == {
        name: [[one[key] for key in strip] for one in rows] for name, rows in clear.items()
    }
    ran = shadowscan("report", "--db", folder / "hidden.db", "--policy", policy)
    assert (ran.code, "the policy names" in ran.err, "--key-file" in ran.err) == (ExitCode.USAGE, True, True)


class TestMixing:
    @pytest.fixture
    def other(self, folder: Path, tmp_path: Path) -> Path:
        good(shadowscan("people", "key", tmp_path / "key"))
        return tmp_path / "key"

    def refused(self, ran: Any, *words: str) -> None:
        assert ran.code in (ExitCode.DATABASE, ExitCode.USAGE)
        for word in words:
            assert word in ran.err

    def test_clear_names_do_not_enter_a_database_of_pseudonyms(self, folder: Path) -> None:
        ran = shadowscan("scan", folder / "access.log", "--db", folder / "hidden.db")
        self.refused(ran, "holds pseudonyms", "--pseudonymise")

    def test_pseudonyms_do_not_enter_a_database_of_names(self, folder: Path) -> None:
        ran = shadowscan("scan", folder / "access.log", "--db", folder / "clear.db", *hiding(folder))
        self.refused(ran, "names in clear", "another --db")

    def test_another_key_is_refused(self, folder: Path, other: Path) -> None:
        ran = shadowscan(
            "scan", folder / "access.log", "--db", folder / "hidden.db", "--pseudonymise", "--key-file", other
        )
        self.refused(ran, "another key")
        given: list[str | Path] = ["--people", folder / "people.csv", "--key-file", other]
        self.refused(shadowscan("report", "--db", folder / "hidden.db", *given), "another key")

    def test_other_columns_are_refused(self, folder: Path) -> None:
        ran = shadowscan(
            "scan", folder / "access.log", "--db", folder / "hidden.db", *hiding(folder), "--pseudonymise-addresses"
        )
        self.refused(ran, "other columns")

    def test_people_without_a_key_are_refused(self, folder: Path) -> None:
        ran = shadowscan("report", "--db", folder / "hidden.db", "--people", folder / "people.csv")
        self.refused(ran, "holds pseudonyms", "--key-file")

    def test_raw_lines_are_not_shown(self, folder: Path) -> None:
        self.refused(shadowscan("evidence", "--db", folder / "hidden.db", "--raw"), "--raw")
        assert "u-" in good(shadowscan("evidence", "--db", folder / "hidden.db")).out


class TestKeys:
    def test_only_its_owner_reads_a_key(self, tmp_path: Path) -> None:
        good(shadowscan("people", "key", tmp_path / "key"))
        assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
        (tmp_path / "key").chmod(0o640)
        ran = shadowscan("scan", "x.log", "--db", tmp_path / "d", "--pseudonymise", "--key-file", tmp_path / "key")
        assert (ran.code, "chmod 600" in ran.err, (tmp_path / "d").exists()) == (ExitCode.USAGE, True, False)

    def test_a_key_is_never_overwritten(self, tmp_path: Path) -> None:
        good(shadowscan("people", "key", tmp_path / "key"))
        before = (tmp_path / "key").read_text()
        assert shadowscan("people", "key", tmp_path / "key").code == ExitCode.USAGE
        assert (tmp_path / "key").read_text() == before

    @pytest.mark.parametrize("text", ["", "short", "ab" * 31, "zz" * 32])
    def test_a_bad_key_is_told(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "key").write_text(text)
        (tmp_path / "key").chmod(0o600)
        ran = shadowscan("scan", "x.log", "--db", tmp_path / "d", "--pseudonymise", "--key-file", tmp_path / "key")
        assert (ran.code, "not a key" in ran.err) == (ExitCode.USAGE, True)

    def test_pseudonyms_need_a_key(self, tmp_path: Path) -> None:
        ran = shadowscan("scan", "x.log", "--db", tmp_path / "d", "--pseudonymise")
        assert (ran.code, "people key" in ran.err) == (ExitCode.USAGE, True)


class TestReveal:
    def test_the_key_and_a_list_of_names_tell(self, folder: Path) -> None:
        tokens = load_tokens(folder / "key")
        asked = [tokens.user("mara"), tokens.user("AL017"), tokens.user("zoe")]
        given: list[str | Path] = [
            "--people",
            folder / "people.csv",
            "--key-file",
            folder / "key",
            "--db",
            folder / "hidden.db",
        ]
        ran = shadowscan("people", "reveal", *asked, "--why", "case 12", "--by", "dpo", *given)
        told = dict(line.split("  ") for line in ran.out.splitlines())
        assert ran.code == ExitCode.INCOMPLETE
        assert list(told.values()) == ["mara", "al017", "none of the names given"]
        trail = good(shadowscan("people", "reveals", "--db", folder / "hidden.db")).out
        for token in asked:
            assert f"dpo  {token}" in trail
        assert trail.count("case 12") == 3
        assert "mara" not in trail

    def test_without_the_key_nobody_is_told(self, folder: Path) -> None:
        given: list[str | Path] = ["--people", folder / "people.csv", "--db", folder / "hidden.db", "--why", "curious"]
        assert shadowscan("people", "reveal", "u-1", *given).code == ExitCode.USAGE
        ran = shadowscan("people", "reveal", "u-1", *given[:-1], " ", "--key-file", folder / "key")
        assert (ran.code, "--why" in ran.err) == (ExitCode.USAGE, True)


def test_addresses_are_hidden_too_and_leases_still_fit(folder: Path, tmp_path: Path) -> None:
    path = log(tmp_path / "a.log", [squid(n, user="-", client="10.0.0.9") for n in range(5)])
    database = tmp_path / "d.db"
    good(shadowscan("scan", path, "--db", database, *hiding(folder), "--pseudonymise-addresses"))
    assert "10.0.0.9" not in everything(database)
    given = ["--leases", str(folder / "leases.csv"), "--key-file", str(folder / "key")]
    assert [row["who"] for row in report(database, *given)["people"]] == [load_tokens(folder / "key").user("bob")]
    assert report(database)["people"][0]["who"].startswith("a-")


def test_pseudonyms_differ_by_name_and_key_only() -> None:
    one, two = Tokens(b"a" * 32), Tokens(b"b" * 32)
    assert one.user("mara") == one.user(r"EXAMPLE\MARA") == one.user("Mara@x.example").partition("@")[0]
    assert len({one.user("mara"), one.user("bob"), two.user("mara"), one.device("mara")}) == 4
    assert one.user("svc-mara").startswith("svc-")
    assert one.device("10.0.0.1") == "10.0.0.1"
