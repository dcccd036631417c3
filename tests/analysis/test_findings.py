"""Each kind of finding: raised by what its rule says, and not by what comes close to it."""

import shlex
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shadowscan.analysis.findings import RULES
from shadowscan.analysis.queries import Bounds
from tests.cli.logs import DAY, START, log, squid
from tests.commandline import good, shadowscan
from tests.ingest.bench import Bench

MONDAY = 1_793_577_600
"""2 November 2026, 00:00 UTC: a Monday."""
HOUR = 3600


def zscaler(
    second: int, host: str, path: str = "/", *, user: str = "ada", sent: int = 900, method: str = "POST",
    agent: str = "Mozilla/5.0", action: str = "Allowed", client: str = "10.0.0.1",
) -> str:  # fmt: skip
    """One request as a cloud proxy's CSV gives it, ``second`` seconds after the Monday."""
    at = datetime.fromtimestamp(MONDAY + second, UTC)
    cells = (f"{at:%Y-%m-%dT%H:%M:%SZ}", user, client, method, f"https://{host}{path}", agent, action, sent, 1200)
    return ",".join(f'"{cell}"' for cell in cells)


HEADER = "time,user,src_ip,method,url,user_agent,action,bytes_out,bytes_in"
UPLOAD = "/backend-api/files/process_upload_stream"
PROMPT = "/backend-api/f/conversation"


class Company:
    """A folder of logs, a policy, and the findings on them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bench = Bench(folder / "db.duckdb")
        self._rules: list[str] = []

    def logs(self, lines: list[str], name: str = "proxy", header: str = HEADER) -> None:
        self._bench.scan(log(self._folder / f"{name}.csv", [header, *lines] if header else lines))

    def feed(self, name: str, hours: Iterable[int]) -> None:
        """One line in each of the hours after the Monday."""
        (self._folder / name).mkdir()
        lines = [squid(MONDAY - START + hour * HOUR, "www.example.com:443") for hour in hours]
        self._bench.scan(log(self._folder / name / "access.log", lines))

    def rule(self, verdict: str, service: str, *more: str) -> None:
        self._rules.append(f"  - verdict: {verdict}\n    services: [{service}]\n" + "".join(f"    {m}\n" for m in more))

    def report(self, since: str | None = None) -> Any:
        policy = self._folder / "policy.yaml"
        policy.write_text("version: 1\nrules:\n" + ("".join(self._rules) or "  []\n"))
        bounds = Bounds(since=datetime.fromisoformat(since) if since else None)
        return self._bench.report(bounds, policy=policy).model_dump(mode="json")

    def found(self, kind: str) -> list[dict[str, Any]]:
        return [one for one in self.report()["findings"] if one["kind"] == kind]


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


def test_an_upload_is_bulk_from_the_threshold_on(company: Company) -> None:
    near = [zscaler(n, "chatgpt.com", UPLOAD, sent=4_999_999, user="bob", client="10.0.0.2") for n in range(4)]
    over = [zscaler(n, "chatgpt.com", UPLOAD, sent=5_000_000) for n in range(4)]
    small = [zscaler(n, "chatgpt.com", PROMPT, sent=100_000, user="cy", client="10.0.0.3") for n in range(300)]
    company.logs([*near, *over, *small])
    (one,) = company.found("bulk-upload")
    assert (one["who"], one["service"], one["severity"], one["bytes_out"]) == (
        "ada",
        "openai-chatgpt",
        "high",
        20_000_000,
    )
    company.rule("approved", "openai-chatgpt")
    (approved,) = company.found("bulk-upload")
    assert (approved["id"], approved["severity"]) == (one["id"], "medium")


def test_an_integration_nobody_registered(company: Company) -> None:
    agent = "OpenAI/Python 1.99.6"
    server = [
        zscaler(day * DAY + n, "api.openai.com", "/v1/chat/completions", user="", agent=agent, client="10.9.0.1")
        for day in range(5)
        for n in range(3)
    ]
    person = [zscaler(n, "api.openai.com", "/v1/chat/completions", agent=agent) for n in range(3)]
    company.logs([*server, *person])
    (one,) = company.found("unregistered-integration")
    assert (one["who"], one["service"], one["severity"]) == ("10.9.0.1", "openai-api", "high")
    register = {row["who"]: row for row in company.report()["integrations"]}
    assert {who: (row["days"], row["requests"], row["registered"]) for who, row in register.items()} == {
        "10.9.0.1": (5, 15, False),
        "ada": (1, 3, False),
    }
    company.rule("approved", "openai-api", "owner: Platform", "ticket: SEC-1", "approved_on: 2026-03-02")
    assert company.found("unregistered-integration") == []
    row = company.report()["integrations"][0]
    assert (row["registered"], row["owner"], row["ticket"], row["reviewed"]) == (
        True,
        "Platform",
        "SEC-1",
        "2026-03-02",
    )


def test_calls_faster_than_a_person_makes_them(company: Company) -> None:
    fast = [zscaler(n * 2, "api.anthropic.com", "/v1/messages", agent="claude-cli/2.0") for n in range(600)]
    slow = [
        zscaler(n * 2, "api.anthropic.com", "/v1/messages", agent="claude-cli/2.0", user="bob", client="10.0.0.2")
        for n in range(500)
    ]
    company.logs([*fast, *slow])
    (one,) = company.found("machine-speed")
    assert one["who"] == "ada"
    assert "600 calls in half an hour" in one["title"]


def test_a_runaway_is_measured_by_its_own_habit(company: Company) -> None:
    def calls(half_hour: int, number: int, who: str, client: str) -> list[str]:
        at = half_hour * 1800
        return [
            zscaler(at + n, "api.anthropic.com", "/v1/messages", agent="claude-cli/2.0", user=who, client=client)
            for n in range(number)
        ]

    steady = [line for half in range(9) for line in calls(half, 150, "bob", "10.0.0.2")]
    usual = [line for half in range(8) for line in calls(half, 10, "ada", "10.0.0.1")]
    company.logs([*steady, *usual, *calls(8, 150, "ada", "10.0.0.1")])
    assert [one["who"] for one in company.found("machine-speed")] == ["ada"]


def test_a_day_far_above_the_others(company: Company) -> None:
    usual = [zscaler(day * DAY, "chatgpt.com", PROMPT, sent=50_000) for day in range(6)]
    burst = [zscaler(6 * DAY + n, "chatgpt.com", PROMPT, sent=200_000) for n in range(40)]
    company.logs([*usual, *burst])
    (one,) = company.found("unusual-volume")
    assert (one["who"], one["severity"], one["bytes_out"]) == ("ada", "medium", 8_000_000)


def test_a_bulk_upload_is_not_told_twice(company: Company) -> None:
    usual = [zscaler(day * DAY, "chatgpt.com", PROMPT, sent=50_000) for day in range(6)]
    company.logs([*usual, *(zscaler(6 * DAY + n, "chatgpt.com", UPLOAD, sent=5_000_000) for n in range(6))])
    assert [len(company.found(kind)) for kind in ("bulk-upload", "unusual-volume")] == [1, 0]


def test_an_approval_overdue_and_one_expired(company: Company) -> None:
    company.logs([zscaler(day * DAY, "chatgpt.com", PROMPT) for day in range(4)])
    company.rule("approved", "openai-chatgpt", "owner: IT", "review_by: 2026-11-03")
    (overdue,) = company.found("approval-overdue")
    assert (overdue["severity"], "2 requests after" in overdue["basis"][0]) == ("medium", True)
    company._rules.clear()
    company.rule("approved", "openai-chatgpt", "expires: 2026-11-03")
    (expired,) = company.found("approval-overdue")
    assert (expired["severity"], expired["id"]) == ("high", overdue["id"])
    assert company.found("unapproved-use") == []


def test_the_consumer_version_of_an_approved_tool(company: Company) -> None:
    company.logs([zscaler(n, "copilot.microsoft.com") for n in range(3)])
    assert len(company.found("unapproved-use")) == 1
    company.rule("approved", "microsoft-365-copilot")
    (one,) = company.found("personal-tier")
    assert (one["service"], "Microsoft 365 Copilot is approved" in one["title"]) == ("microsoft-copilot", True)
    assert company.found("unapproved-use") == []


def test_outside_the_company_tenant(company: Company) -> None:
    company.logs([zscaler(1, "chatgpt.com"), zscaler(2, "acme.chatgpt.com", user="bob", client="10.0.0.2")])
    company.rule("approved", "openai-chatgpt", "scope: {hosts: [acme.chatgpt.com]}")
    (one,) = company.found("personal-tier")
    assert (one["people"], "own tenant" in one["title"]) == (1, True)


def test_a_gateway_after_a_block(company: Company) -> None:
    blocked = [zscaler(n, "chatgpt.com", action="Blocked") for n in range(3)]
    other = [zscaler(HOUR, "openrouter.ai", user="bob", client="10.0.0.2")]
    company.logs([*blocked, *other])
    assert company.found("policy-bypass") == [], "bob was not blocked"
    company.logs([zscaler(DAY, "openrouter.ai")], "next")
    (one,) = company.found("policy-bypass")
    assert (one["who"], one["severity"], one["title"]) == (
        "ada", "high", "ada was blocked at ChatGPT and then used OpenRouter",
    )  # fmt: skip


def test_a_vpn_after_a_block(company: Company) -> None:
    lines = [zscaler(0, "chatgpt.com", action="Blocked"), zscaler(60, "api.nordvpn.com"), zscaler(61, "notnordvpn.com")]
    company.logs([*lines, zscaler(62, "api.nordvpn.com", user="bob", client="10.0.0.2")])
    (one,) = company.found("policy-bypass")
    assert (one["who"], one["severity"]) == ("ada", "medium")
    vpn = next(gap for gap in company.report()["gaps"] if gap["kind"] == "vpn")
    assert vpn["where"] == ["api.nordvpn.com"]
    assert vpn["what"].startswith("2 people")


def test_a_model_server_is_one_however_it_is_named(company: Company) -> None:
    company.logs([zscaler(n, "gpu.example.com:11434", "/api/chat", agent="ollama-python/0.6") for n in range(3)])
    (one,) = company.found("self-hosted-model")
    assert (one["severity"], one["service"], "Ollama" in one["title"]) == ("medium", "ollama", True)


def test_a_new_tool_and_what_changed(company: Company) -> None:
    old = [zscaler(day * DAY, "chatgpt.com", PROMPT) for day in range(14) for _ in range(10)]
    new = [zscaler((7 + n) * DAY, "claude.ai", user="bob", client="10.0.0.2") for n in range(3)]
    gone = [zscaler(n * DAY, "www.perplexity.ai") for n in range(3)]
    company.logs([*old, *new, *gone])
    (one,) = company.found("new-tool")
    assert (one["service"], one["severity"]) == ("anthropic-claude", "low")
    changes = company.report()["changes"]
    assert changes["recent"] == {"first": "2026-11-09", "last": "2026-11-15"}
    assert [(row["what"], row["service"]) for row in changes["tools"]] == [
        ("new", "anthropic-claude"),
        ("no longer used", "perplexity"),
    ]
    assert (changes["people_before"], changes["people"], changes["new_people"]) == (1, 2, ["bob"])
    assert company.report(since="2026-11-09")["changes"] == changes, "the period asked for, against the one before"
    assert company.report(since="2026-11-03")["changes"] is None, "there is no such time before it"


def test_a_source_gone_silent_and_one_that_paused(company: Company) -> None:
    company.feed("a", [*range(60), *range(65, 240)])
    company.feed("b", range(230))
    (silent,) = company.found("source-silent")
    assert silent["severity"] == "medium"
    assert silent["title"].endswith("b since 2026-11-11 13:00")
    pauses = {Path(gap["where"][0]).name: gap["what"] for gap in company.report()["gaps"] if gap["kind"] == "no-data"}
    assert pauses["a"].startswith("5 hours without data from squid")
    assert pauses["a"].endswith("2026-11-04 12:00 to 17:00")
    assert set(pauses) == {"a", "b"}


def test_nights_and_weekends_are_no_pauses(company: Company) -> None:
    company.feed("office", [day * 24 + hour for day in range(21) if day % 7 < 5 for hour in range(8, 18)])
    company.feed("firewall", range(21 * 24))
    document = company.report()
    assert [gap for gap in document["gaps"] if gap["kind"] == "no-data"] == []
    assert document["findings"] == []


def test_every_kind_says_what_it_is() -> None:
    assert len({rule.kind for rule in RULES}) == len(RULES) == 13
    for rule in RULES:
        assert rule.severities, rule.kind
        assert rule.next_step, rule.kind
        frameworks = {one.framework.split(" ")[0] for one in rule.relevant}
        assert "NIST" in frameworks, rule.kind
        assert frameworks & {"MITRE", "OWASP"}, rule.kind
        assert "attack" not in f"{rule.title}{rule.raised}{rule.next_step}".lower(), rule.kind


def test_evidence_of_every_finding_is_a_command_that_runs(company: Company, tmp_path: Path) -> None:
    company.logs([zscaler(n, "chatgpt.com", UPLOAD, sent=9_000_000, user="o'hara; rm") for n in range(4)])
    for finding in company.report()["findings"]:
        ran = good(shadowscan(*shlex.split(finding["evidence"])[1:], "--db", tmp_path / "db.duckdb"))
        assert "chatgpt.com" in ran.out


def test_no_finding_on_nothing(company: Company) -> None:
    company.logs([zscaler(n * HOUR, "www.example.com", "/") for n in range(50)])
    assert company.report()["findings"] == []


def test_files_of_types_that_an_approval_does_not_allow(company: Company) -> None:
    """A file type known for an allowed class, for none, or blocked, is nothing; nor is a rule that names no classes."""
    sent = [
        ("ada", "Allowed", "app.py"),
        ("ada", "Allowed", "clients.csv"),
        ("bob", "Allowed", "server.pem"),
        ("eve", "Blocked", "dump.sql"),
        ("eve", "Allowed", "notes.txt"),
    ]
    for service, host in (("openai-chatgpt", "chatgpt.com"), ("deepseek", "chat.deepseek.com")):
        path = UPLOAD if service == "openai-chatgpt" else "/api/v0/file/upload_file"
        lines = [
            f'{zscaler(n, host, path, user=user, action=action)},"{name}"'
            for n, (user, action, name) in enumerate(sent)
        ]
        company.logs(lines, name=service, header=f"{HEADER},file_name")
    company.rule("approved", "openai-chatgpt", "data_classes: [Source code, credentials]")
    company.rule("approved", "deepseek")
    (one,) = company.found("data-outside-approval")
    assert (one["severity"], one["people"], one["service"]) == ("high", 1, "openai-chatgpt")
    assert one["basis"] == [
        "1 file of types known for other data: .csv (mostly customer or personal)",
        "rule 1 of the policy allows Source code, credentials",
    ]


def test_labels_of_the_vendor_are_told_beside_what_a_rule_allows(company: Company) -> None:
    def web(second: int, engine: str) -> str:
        cells = (
            f"Mon Nov 2 09:00:{second:02d} 2026", "ada", "HTTPS", f"chatgpt.com{PROMPT}", "Allowed", "ChatGPT", "AI",
            "900", "500", "1", "1", "a", "b", "c", "None", "None", "0", engine, "None", "HQ", "Sales", "10.0.0.1",
            "192.0.2.7", "POST", "200", "Mozilla/5.0", "None", "None", "None", "Other", "None", "NA", "NA", "N/A",
        )  # fmt: skip
        return ",".join(f'"{cell}"' for cell in cells)

    company.logs([web(second, "PCI" if second < 3 else "None") for second in range(9)], header="")
    assert not company.found("data-outside-approval")
    company.rule("approved", "openai-chatgpt", "data_classes: [source code]")
    (one,) = company.found("data-outside-approval")
    assert (one["severity"], one["basis"][0]) == ("medium", "3 requests marked by the vendor's data-loss engine")
