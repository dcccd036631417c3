"""What people files and a changed policy add to the report, in every output; the logs are gone."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.logs import DAY, log, squid
from tests.commandline import good, report, shadowscan

PEOPLE = "user,department\nada,Sales\nbob,Sales\neve,Legal\nkim,Legal\nzoe,Research\n"
OLD = """\
rules:
  - {verdict: approved, services: [openai-chatgpt], ticket: SEC-1}
  - {verdict: tolerated, services: [deepl]}
"""
NEW = """\
rules:
  - verdict: approved
    services: [openai-chatgpt]
    scope: {departments: [Sales]}
    review_by: 2026-11-02
  - {verdict: approved, services: [deepl]}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ada and Bob of Sales, Eve of Legal at ChatGPT on two days; Kim at DeepL; a device nobody is named for."""
    folder = tmp_path_factory.mktemp("reports")
    users = ["ada", "bob", "eve"]
    lines = [squid(n % 2 * DAY + n, user=users[n % 3], client=f"10.0.0.{n % 3}") for n in range(30)]
    lines += [squid(50, "www.deepl.com:443", user="kim", client="10.0.0.8"), squid(60, user="-", client="10.0.0.9")]
    path = log(folder / "access.log", lines)
    good(shadowscan("scan", path, "--db", folder / "db.duckdb"))
    path.unlink()
    for name, text in (("people.csv", PEOPLE), ("old.yaml", OLD), ("new.yaml", NEW)):
        (folder / name).write_text(text)
    return folder


@pytest.fixture(scope="module")
def arguments(folder: Path) -> list[str]:
    return [f"--people={folder / 'people.csv'}", f"--policy={folder / 'new.yaml'}"]


def test_departments_add_up(folder: Path, arguments: list[str]) -> None:
    document = report(folder / "db.duckdb", *arguments)
    told = {
        row["department"]: (
            row["people"],
            row["people_ai"],
            row["people_unapproved"],
            row["requests"],
            row["unapproved"],
        )
        for row in document["departments"]
    }
    assert told == {"Sales": (2, 2, 0, 20, 0), "Legal": (2, 2, 1, 11, 10), None: (None, 1, 1, 1, 1)}
    assert sum(row["requests"] for row in document["departments"]) == document["totals"]["requests"]
    assert report(folder / "db.duckdb")["departments"] == []


def changes(folder: Path, arguments: list[str], *more: str) -> dict[tuple[str, ...], Any]:
    document = report(folder / "db.duckdb", *arguments, *more)
    return {(row["change"], row["service"], *row["people"]): row for row in document["policy_changes"]["changes"]}


def test_a_changed_policy_says_who_became_a_finding_and_why(folder: Path, arguments: list[str]) -> None:
    told = changes(folder, arguments, f"--compare-policy={folder / 'old.yaml'}")
    assert set(told) == {
        ("became a finding", "openai-chatgpt", "10.0.0.9", "eve"),
        ("became a finding", "openai-chatgpt", "ada", "bob"),
        ("ceased to be one", "deepl", "kim"),
    }
    eve = told["became a finding", "openai-chatgpt", "10.0.0.9", "eve"]
    assert (eve["old_verdict"], eve["old_rule"], eve["verdict"], eve["rule"]) == ("approved", 1, "unreviewed", None)
    assert (eve["requests"], eve["old_why"], eve["why"]) == (
        11, "rule 1 names service openai-chatgpt (SEC-1)", "no rule fits: the default",
    )  # fmt: skip
    late = told["became a finding", "openai-chatgpt", "ada", "bob"]
    assert (late["verdict"], late["overdue"], late["requests"]) == ("approved", True, 10)


def test_the_other_way_round_findings_cease(folder: Path, arguments: list[str]) -> None:
    swapped = [arguments[0], f"--policy={folder / 'old.yaml'}", f"--compare-policy={folder / 'new.yaml'}"]
    assert [key[0] for key in changes(folder, swapped)] == ["became a finding", "ceased to be one", "ceased to be one"]


def test_the_same_policy_changes_nothing(folder: Path, arguments: list[str]) -> None:
    same = f"--compare-policy={folder / 'new.yaml'}"
    assert changes(folder, arguments, same) == {}
    assert (
        "Nothing: all use is judged as before."
        in good(shadowscan("report", "--db", folder / "db.duckdb", *arguments, same)).out
    )


@pytest.mark.parametrize("output", ["text", "markdown", "html"])
def test_every_output_tells_departments_and_changes(folder: Path, arguments: list[str], output: str) -> None:
    compare = f"--compare-policy={folder / 'old.yaml'}"
    out = good(shadowscan("report", "--db", folder / "db.duckdb", *arguments, compare, "--output", output)).out
    flat = " ".join(out.split())
    for words in ("Departments", "Legal", "became a finding", "SEC-1", "review overdue", "10.0.0.9, eve"):
        assert words in flat.replace("\\.", ".").replace("\\-", "-")


def test_tables(folder: Path, arguments: list[str]) -> None:
    def table(name: str, *more: str) -> list[dict[str, str]]:
        return good(
            shadowscan("report", "--db", folder / "db.duckdb", *arguments, *more, "--output", "csv", "--table", name)
        ).csv()

    assert [row["department"] for row in table("departments")] == ["Legal", "", "Sales"]
    assert table("policy_changes") == []
    assert len(table("policy_changes", f"--compare-policy={folder / 'old.yaml'}")) == 3
    assert {row["how"]: row["confidence"] for row in table("known_by")} == {
        "record": "certain", "device": "nobody named",
    }  # fmt: skip
