"""Findings on the command line: listed, decided on, back again when the decision no longer holds."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shadowscan.errors import ExitCode
from tests.cli.logs import START, log, squid
from tests.commandline import Ran, good, report, shadowscan

NOW = int(datetime.now(UTC).timestamp()) - START
"""Seconds from the start of the logs to now: for evidence younger than a decision."""
TODAY = datetime.now(UTC).date()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """ChatGPT, Claude and DeepL, none reviewed."""
    hosts = ("chatgpt.com:443", "claude.ai:443", "www.deepl.com:443")
    good(scan(tmp_path, "old", [squid(n, hosts[n % 3]) for n in range(30)]))
    return tmp_path / "db.duckdb"


def scan(folder: Path, name: str, lines: list[str]) -> Ran:
    return shadowscan("scan", log(folder / f"{name}.log", lines), "--db", folder / "db.duckdb", "--quiet")


def findings(database: Path, *arguments: str) -> dict[str, Any]:
    """Findings by service."""
    listed = good(shadowscan("findings", "list", "--db", database, "--output", "json", *arguments)).json()
    return {finding["service"]: finding for finding in listed}


def decide(database: Path, action: str, finding: str, *arguments: str) -> Ran:
    return shadowscan("findings", action, finding, "--db", database, "--why", "as agreed, SEC-9", *arguments)


def shown(database: Path, finding: str) -> Any:
    return good(shadowscan("findings", "show", finding, "--db", database, "--output", "json")).json()


def test_an_accepted_finding_leaves_the_list_the_report_and_fail_on(database: Path) -> None:
    before = findings(database)
    assert set(before) == {"openai-chatgpt", "anthropic-claude", "deepl"}
    for finding in before.values():
        good(decide(database, "accept", finding["id"][:6], "--until", str(TODAY), "--by", "ada"))
    assert findings(database) == {}
    again = findings(database, "--all")
    assert {one["status"] for one in again.values()} == {"accepted"}
    assert again["deepl"]["decision"] | {"at": ""} == {
        "status": "accepted", "at": "", "by": "ada", "why": "as agreed, SEC-9", "until": str(TODAY),
    }  # fmt: skip
    screen = shadowscan("report", "--db", database, "--fail-on", "low")
    assert screen.code == ExitCode.COMPLETE
    assert "3 findings accepted or resolved" in screen.out
    assert before["deepl"]["title"] not in screen.out


def test_a_resolved_finding_opens_again_with_younger_evidence_only(database: Path, tmp_path: Path) -> None:
    claude = findings(database)["anthropic-claude"]["id"]
    good(decide(database, "resolve", claude))
    good(scan(tmp_path, "late", [squid(NOW - 3600, "claude.ai:443")]))
    assert "anthropic-claude" not in findings(database), "what happened before is dealt with"
    good(scan(tmp_path, "young", [squid(NOW + 3600, "claude.ai:443")]))
    found = findings(database)["anthropic-claude"]
    assert (found["status"], found["id"]) == ("open", claude)
    assert found["reopened"].startswith(f"resolved on {TODAY}, seen again on ")


def test_every_decision_is_kept(database: Path) -> None:
    finding = findings(database)["deepl"]["id"]
    for action in ("resolve", "reopen"):
        good(decide(database, action, finding))
    good(decide(database, "accept", finding, "--until", "2999-12-31"))
    assert [one["status"] for one in shown(database, finding)["history"]] == ["resolved", "open", "accepted"]
    screen = good(shadowscan("findings", "show", finding, "--db", database)).out
    assert "accepted until 31 Dec 2999" in screen
    assert "as agreed, SEC-9" in screen


def test_a_decision_outlives_its_finding(database: Path, tmp_path: Path) -> None:
    """An approved service is no finding; what was decided on it before can still be looked up."""
    deepl = findings(database)["deepl"]
    good(decide(database, "resolve", deepl["id"]))
    policy = tmp_path / "policy.yaml"
    policy.write_text("version: 1\nrules:\n  - verdict: approved\n    services: [deepl]\n")
    assert "deepl" not in findings(database, "--all", "--policy", str(policy))
    out = good(shadowscan("findings", "show", deepl["id"], "--db", database, "--policy", policy)).out
    assert deepl["title"] in out
    assert "no longer found" in out


def test_the_report_and_the_list_agree(database: Path) -> None:
    listed = [finding["id"] for finding in findings(database, "--all").values()]
    assert [finding["id"] for finding in report(database)["findings"]] == listed


def test_filters(database: Path) -> None:
    assert findings(database, "--severity", "high") == {}
    assert set(findings(database, "--kind", "unapproved-use", "--severity", "medium")) == set(findings(database))
    ran = shadowscan("findings", "list", "--db", database, "--kind", "nonsense")
    assert (ran.code, "unapproved-use" in ran.err) == (ExitCode.USAGE, True)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("accept", "{id}", "--until", "yesterday", "--why", "x"), "not a day"),
        (("accept", "{id}", "--until", str(TODAY - timedelta(days=1)), "--why", "x"), "in the past"),
        (("resolve", "{id}", "--why", "  "), "--why is empty"),
        (("resolve", "ffffffffffff", "--why", "x"), "no finding"),
        (("show", "a"), "too short"),
    ],
)
def test_what_makes_no_sense_changes_nothing(database: Path, arguments: tuple[str, ...], complaint: str) -> None:
    finding = findings(database)["deepl"]["id"]
    ran = shadowscan("findings", *(one.format(id=finding) for one in arguments), "--db", database)
    assert ran.code == ExitCode.USAGE
    assert complaint in ran.err
    assert shown(database, finding)["history"] == []


def test_strangers_names_are_harmless(database: Path) -> None:
    finding = findings(database)["deepl"]["id"]
    good(shadowscan("findings", "resolve", finding, "--db", database, "--why", "\x1b[31mred\u202e", "--by", "\x07"))
    out = good(shadowscan("findings", "show", finding, "--db", database)).out
    assert r"\x1b[31mred\u202e" in out
    assert not {"\x1b", "\u202e", "\x07"} & set(out)
