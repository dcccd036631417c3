"""A finding derived on one screen, through the command line.

The golden screens are rewritten with ``REWRITE_GOLDEN=1 pytest tests/cli/test_explain.py``; review the diff.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from shadowscan.errors import ExitCode
from tests.cli.logs import START, log, squid
from tests.commandline import good, report, shadowscan

GOLDEN = Path(__file__).parent / "golden"
ONE_SCREEN = 45


def request(second: int, sent: int, path: str = "/backend-api/conversation", user: str = "ada") -> str:
    """A request with its bytes, as JSON lines in our own names."""
    event = {"ts": START + second, "user": user, "src_ip": "10.0.0.1", "method": "POST", "host": "chatgpt.com"}
    return json.dumps(event | {"url": f"https://chatgpt.com{path}", "bytes_out": sent, "action": "allowed"})


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """ChatGPT, seen by a proxy that shows URLs and bytes and by one that shows tunnels."""
    monkeypatch.chdir(tmp_path)
    log(tmp_path / "full.jsonl", [request(60 * n, 6_000 + 900 * (n % 4)) for n in range(12)])
    log(tmp_path / "tunnels.log", [squid(60 * n) for n in range(5)])
    good(shadowscan("scan", "full.jsonl", "tunnels.log", "--db", "db.duckdb", "--quiet"))
    return tmp_path / "db.duckdb"


def the_finding(database: Path, kind: str = "unapproved-use") -> Any:
    listed = good(shadowscan("findings", "list", "--all", "--db", database, "-o", "json", "--kind", kind)).json()
    (found,) = listed
    return found


@pytest.mark.parametrize("columns", [80, 120])
def test_the_screen(database: Path, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    screen = good(shadowscan("explain", the_finding(database)["id"][:6], "--db", database)).out
    lines = screen.splitlines()
    assert len(lines) <= ONE_SCREEN
    assert max(map(len, lines)) <= columns
    golden = GOLDEN / f"explain-{columns}.txt"
    if os.environ.get("REWRITE_GOLDEN"):
        golden.write_text(screen, encoding="utf-8")
    assert screen == golden.read_text(encoding="utf-8")


def test_the_steps_agree_with_the_report_and_with_one_another(database: Path) -> None:
    finding = the_finding(database)
    found = good(shadowscan("explain", finding["id"], "--db", database, "--output", "json")).json()
    document = report(database)
    (tool,) = document["tools"]
    assert found["finding"] == finding
    assert found["exposure"] == document["exposure"]["tools"][0]
    assert {name: found["visits"][name] for name in ("people", "requests", "bytes_out")} == {
        name: tool[name] for name in ("people", "requests", "bytes_out")
    }
    (step,) = found["content"]
    assert step["content"] == found["exposure"]["volume"]
    assert step["prompts"] == 12
    assert [(one["file"], one["first_line"], one["last_line"], one["events"]) for one in found["inputs"]] == [
        ("full.jsonl", 1, 12, 12),
        ("tunnels.log", 1, 5, 5),
    ]
    assert sum(one["leads"] for one in found["views"]) == found["visits"]["requests"]
    assert found["rulings"] == [{"service": tool["service"], "verdict": tool["verdicts"][0]}]


def test_a_number_of_ones_own_shows_as_the_factor(database: Path, tmp_path: Path) -> None:
    own = "{low: 1.9, likely: 2, high: 2.1, unit: factor, source: us, year: 2026, caveat: none}"
    priors = log(tmp_path / "priors.yaml", ["version: 1", "quantities:", f"  web.resend: {own}"])
    arguments = ("explain", the_finding(database)["id"], "--db", database, "-o", "json")
    before, after = (good(shadowscan(*arguments, *more)).json() for more in ((), ("--priors", priors)))
    factors = {one["name"]: one for one in after["content"][0]["factors"]}
    assert (factors["web.resend"]["low"], factors["web.resend"]["high"]) == (1.9, 2.1)
    assert after["exposure"]["volume"] != before["exposure"]["volume"]


def test_a_finding_without_use_of_a_known_service_shows_what_it_rests_on(tmp_path: Path) -> None:
    asked = [squid(n, "http://gpu.example.com:11434/api/chat", method="POST", result="TCP_MISS/200") for n in range(9)]
    database = tmp_path / "db.duckdb"
    good(shadowscan("scan", log(tmp_path / "a.log", asked), "--db", database, "--quiet"))
    finding = the_finding(database, "self-hosted-model")
    screen = good(shadowscan("explain", finding["id"], "--db", database)).out
    assert "Rests on" in screen
    assert "gpu.example.com" in screen
    assert not {"Lines", "Content", "Ranges"} & set(screen.split())


def test_an_unknown_id_and_hostile_names(database: Path, tmp_path: Path) -> None:
    ran = shadowscan("explain", "ffffffff", "--db", database)
    assert ran.code == ExitCode.USAGE
    assert "no finding 'ffffffff'" in ran.err
    evil = log(tmp_path / "e\x1b[31m\u202e.jsonl", [request(9_000, 5_000, user="e\x1b[2Jve")])
    good(shadowscan("scan", evil, "--db", database, "--quiet"))
    screen = good(shadowscan("explain", the_finding(database)["id"], "--db", database)).out
    assert "\x1b" not in screen
    assert "\u202e" not in screen
    assert r"\x1b[31m" in screen


def test_one_persons_finding_rests_on_that_persons_lines_and_the_rule(database: Path, tmp_path: Path) -> None:
    sent = [request(60 * n, 30_000_000, path="/backend-api/files", user="bob") for n in range(3)]
    good(shadowscan("scan", log(tmp_path / "bob.jsonl", sent), "--db", database, "--quiet"))
    rules = ["version: 1", "rules:", "  - services: [openai-chatgpt]", "    verdict: prohibited", "    ticket: SEC-7"]
    policy = log(tmp_path / "policy.yaml", rules)
    listed = good(shadowscan("findings", "list", "--db", database, "--policy", policy, "-o", "json")).json()
    (finding,) = [one for one in listed if one["kind"] == "bulk-upload"]
    assert finding["who"] == "bob"
    found = good(shadowscan("explain", finding["id"], "--db", database, "--policy", policy, "-o", "json")).json()
    (lines,) = found["inputs"]
    assert (Path(lines["file"]).name, lines["first_line"], lines["last_line"], lines["events"]) == (
        "bob.jsonl",
        1,
        3,
        3,
    )
    assert sum(view["records"] for view in found["views"]) == found["visits"]["requests"] == 3
    assert (found["visits"]["people"], found["visits"]["bytes_out"]) == (1, 90_000_000)
    assert sum(step["bytes_out"] for step in found["content"]) == 90_000_000
    (ruling,) = found["rulings"]
    assert (ruling["verdict"]["verdict"], ruling["verdict"]["rule"]) == ("prohibited", 1)
    bounds = ("--service", "openai-chatgpt", "--user", "bob", "--policy", policy)
    alone = good(shadowscan("report", "--db", database, *bounds, "-o", "json")).json()
    assert found["exposure"] == alone["exposure"]["tools"][0]
    assert found["exposure"]["volume"]["low"] <= 90_000_000
