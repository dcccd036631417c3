"""Hosts no signature knows, from logs to the list: what speaks for them, and what doesn't."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.logs import DAY, log, squid
from tests.commandline import good, shadowscan

BODY = "https://app.quill-example.ai/x"


def visit(day: int, url: str, *, user: str, sent: int = 500) -> str:
    """A proxy's line as CSV with sizes both ways."""
    return f"2026-11-{2 + day:02d} 09:00:00,10.0.0.{len(user)},{user},POST,{url},200,{sent},900"


def scan(folder: Path, lines: list[str]) -> Path:
    head = "date,client_ip,username,method,url,status,bytes_sent,bytes_received"
    log(folder / "proxy.csv", [head, *lines])
    good(shadowscan("scan", folder / "proxy.csv", "--db", folder / "db", "-o", "json"))
    return folder / "db"


def listed(database: Path, *options: str) -> dict[str, Any]:
    return {row["host"]: row for row in good(shadowscan("unknown", "--db", database, "-o", "json", *options)).json()}


def test_company_and_uploads_raise_an_ai_domain_and_nothing_else(tmp_path: Path) -> None:
    people = ["ada", "bela", "chris", "dorian"]
    lines = [visit(day, "https://chatgpt.com/", user="ada") for day in range(6)]
    lines += [visit(day, "https://notes.quill-example.ai/doc", user="ada") for day in range(6)]
    lines += [visit(day, "https://up.brush-example.ai/put", user="bela", sent=90_000) for day in range(3)]
    lines += [visit(day, "https://www.plain-example.ai/", user=who) for day in range(6) for who in people]
    lines += [visit(day, "https://backup.example.com/v", user=who, sent=10**7) for day in range(6) for who in people]
    found = listed(scan(tmp_path, lines))
    assert set(found) == {"notes.quill-example.ai", "up.brush-example.ai"}
    assert found["notes.quill-example.ai"]["evidence"][1].startswith("used on days with known AI by the same people")
    assert found["up.brush-example.ai"]["evidence"] == ["domain ends in .ai", "90 kB sent a request: uploads"]
    assert (found["up.brush-example.ai"]["first"], found["up.brush-example.ai"]["last"]) == ("2026-11-02", "2026-11-04")


def test_the_command_and_the_report_list_the_same(tmp_path: Path) -> None:
    lines = [visit(n % 5, f"https://gw{n}.example.net/v1/chat/completions", user="ada") for n in range(12)]
    database = scan(tmp_path, lines)
    report = good(shadowscan("report", "--db", database, "-o", "json")).json()
    assert {row["host"]: row for row in report["candidates"]} == listed(database)
    csv = good(shadowscan("unknown", "--db", database, "-o", "csv")).csv()
    assert [row["host"] for row in csv] == [row["host"] for row in report["candidates"]]
    text = good(shadowscan("unknown", "--db", database, "--top", "2")).out
    assert "and 10 more" in text
    assert "shadowscan signatures add gw0.example.net" in text


def test_bounds_and_threshold(tmp_path: Path) -> None:
    lines = [visit(0, "https://my-llm.example.net/", user="ada"), visit(5, "https://up.brush-example.ai/", user="bela")]
    database = scan(tmp_path, lines)
    assert set(listed(database)) == {"my-llm.example.net"}
    assert set(listed(database, "--min-score", "0.2")) == {"my-llm.example.net", "up.brush-example.ai"}
    assert listed(database, "--since", "2026-11-04") == {}
    assert listed(database, "--user", "bela") == {}


def test_only_lookups_show_as_lookups(tmp_path: Path) -> None:
    lines = [f"0{2 + n}-Nov-2026 09:00:00.000 client @0x7f 10.0.0.1#5353 (my-llm.example.net): query:"
             " my-llm.example.net IN A + (10.0.0.53)" for n in range(3)]  # fmt: skip
    log(tmp_path / "named.log", lines)
    good(shadowscan("scan", tmp_path / "named.log", "--db", tmp_path / "db", "-o", "json"))
    (row,) = listed(tmp_path / "db").values()
    assert (row["requests"], row["lookups"], row["people"]) == (0, 3, 1)
    assert "3 DNS lookups" in good(shadowscan("unknown", "--db", tmp_path / "db")).out


@pytest.mark.parametrize("url", ["https://$(reboot).my-llm.example.net/", "https://\u202emy-llm.example.net/"])
def test_the_commands_shown_are_safe_to_paste(tmp_path: Path, url: str) -> None:
    log(tmp_path / "access.log", [squid(n * DAY, url, method="GET", result="TCP_MISS/200") for n in range(3)])
    shadowscan("scan", tmp_path / "access.log", "--db", tmp_path / "db", "-o", "json")
    text = good(shadowscan("unknown", "--db", tmp_path / "db")).out
    assert "\u202e" not in text
    assert "add $(" not in text


def test_an_added_host_is_a_tool_with_its_history_and_a_removed_one_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    lines = [visit(day, "https://www.plain-example.com/", user="ada") for day in range(6)]
    lines += [visit(day, "https://my-llm.example.net/v1/messages", user="bela") for day in range(3)]
    database = scan(tmp_path, lines)
    before = good(shadowscan("report", "--db", database, "-o", "json")).json()
    added = [good(shadowscan("signatures", "add", host)).out for host in ("my-llm.example.net", "plain-example.com")]
    assert "my-llm.example.net" not in listed(database)
    report = good(shadowscan("report", "--db", database, "-o", "json")).json()
    tools = {row["service"]: row for row in report["tools"]}
    assert {name: (row["requests"], row["bytes_out"]) for name, row in tools.items()} == {
        "my-llm-example-net": (3, 1500),
        "plain-example-com": (6, 3000),
    }
    assert {row["who"] for row in report["people"]} == {"ada", "bela"}
    assert {row["service"]: (row["uses"], row["first"]) for row in report["recognised"]} == {
        "my-llm-example-net": (3, "2026-11-02"),
        "plain-example-com": (6, "2026-11-02"),
    }
    text = good(shadowscan("report", "--db", database)).out
    assert "Newly recognised since" in text
    evidence = good(shadowscan("evidence", "--db", database, "-o", "ndjson")).ndjson()
    assert sum(row["requests"] for row in evidence if row["service"] == "plain-example-com") == 6
    good(shadowscan("evidence", "--db", database, "--raw"))
    good(shadowscan("scan", tmp_path / "proxy.csv", "--db", database, "-o", "json"))
    for name in added:
        Path(name.strip()).unlink()
    after = good(shadowscan("report", "--db", database, "-o", "json")).json()
    assert {key: value for key, value in after.items() if key not in {"generated", "basis"}} == {
        key: value for key, value in before.items() if key not in {"generated", "basis"}
    }
