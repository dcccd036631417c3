"""The policy: written, checked, explained; wrong ones told by line; a changed one judges past traffic anew."""

import json
from pathlib import Path

import pytest

from shadowscan.errors import ExitCode
from tests.cli.logs import log, squid
from tests.commandline import ROOT, Ran, good, report, shadowscan

POLICY = """\
version: 1
default: prohibited
rules:
  - verdict: approved
    services: [openai-chatgpt]
    owner: IT
    ticket: SEC-7
  - verdict: tolerated
    categories: [writing-translation]
"""
SCOPED = """\
rules:
  - verdict: prohibited
    scope: {activities: [file_upload]}
  - verdict: approved
    services: [deepl]
    scope: {departments: [Sales]}
    review_by: 2026-06-01
    expires: 2026-12-31
  - verdict: tolerated
    services: [deepl]
    scope: {people: [ada], networks: [10.1.0.0/16]}
"""


def write(path: Path, text: str = POLICY) -> Path:
    path.write_text(text)
    return path


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people at ChatGPT, one at DeepL and Claude; the logs are gone."""
    folder = tmp_path_factory.mktemp("policy")
    hosts = ["chatgpt.com:443", "www.deepl.com:443", "claude.ai:443"]
    lines = [squid(n, hosts[n % 3], user="ada") for n in range(30)] + [squid(40, hosts[0], user="bob")]
    path = log(folder / "access.log", lines)
    good(shadowscan("scan", path, "--db", folder / "db.duckdb"))
    path.unlink()
    return folder / "db.duckdb"


def verdicts(database: Path, *arguments: str) -> dict[str, str]:
    return {tool["service"]: tool["verdict"] for tool in report(database, *arguments)["tools"]}


class TestFiles:
    def test_a_written_policy_is_sound_and_commented(self, tmp_path: Path) -> None:
        path = tmp_path / "policy.yaml"
        assert str(path) in good(shadowscan("policy", "init", path)).out
        assert "0 rules, default unreviewed" in good(shadowscan("policy", "check", path)).out
        assert "#" in path.read_text()

    def test_the_examples_of_a_written_policy_are_sound(self, tmp_path: Path) -> None:
        path = tmp_path / "policy.yaml"
        shadowscan("policy", "init", path)
        path.write_text(path.read_text().replace("  # ", "  "))
        assert "5 rules" in good(shadowscan("policy", "check", path)).out

    def test_a_policy_is_never_overwritten(self, tmp_path: Path) -> None:
        path = write(tmp_path / "policy.yaml")
        ran = shadowscan("policy", "init", path)
        assert (ran.code, path.read_text()) == (ExitCode.USAGE, POLICY)
        assert "is there already" in ran.err

    def test_the_schema_names_every_field(self) -> None:
        schema = good(shadowscan("policy", "schema")).json()
        assert set(schema["properties"]) == {"version", "default", "rules"}
        assert schema == json.loads((ROOT / "docs" / "policy.schema.json").read_text())
        assert set(schema["$defs"]["Rule"]["properties"]) >= {"verdict", "services", "categories", "owner", "review_by"}

    def test_a_missing_policy_ends_a_scan_before_it_begins(self, tmp_path: Path) -> None:
        path = log(tmp_path / "access.log", [squid(1)])
        ran = shadowscan("scan", path, "--db", tmp_path / "db.duckdb", "--policy", tmp_path / "none.yaml")
        assert (ran.code, (tmp_path / "db.duckdb").exists()) == (ExitCode.USAGE, False)
        assert "none.yaml" in ran.err


class TestExplain:
    @pytest.mark.parametrize(
        ("request_", "words"),
        [
            ("https://chatgpt.com/backend-api/conversation", ["openai-chatgpt", "approved", "rule 1", "SEC-7", "IT"]),
            ("www.deepl.com", ["deepl", "tolerated", "rule 2", "category writing-translation"]),
            ("https://claude.ai/new", ["anthropic-claude", "prohibited", "default"]),
            ("https://www.example.com/", ["no service of the catalogue"]),
        ],
    )
    def test_says_what_holds_and_why(self, tmp_path: Path, request_: str, words: list[str]) -> None:
        path = write(tmp_path / "policy.yaml")
        out = good(shadowscan("policy", "explain", request_, "--policy", path)).out
        for word in words:
            assert word in out

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (
                [],
                [
                    "unreviewed: no rule fits",
                    "rule 2 (approved) does not fit: it wants departments Sales",
                    "none known",
                ],
            ),
            (["--department", "sales"], ["approved: rule 2 names service deepl for departments Sales"]),
            (["--department", "Sales", "--activity", "file_upload"], ["prohibited: rule 1 speaks of every service"]),
            (["--department", "Sales", "--on", "2026-06-02"], ["approved: rule 2", "past its review date"]),
            (
                ["--department", "Sales", "--on", "2027-01-01"],
                ["it expired on 2026-12-31", "unreviewed: rule 2 expired"],
            ),
            (["--user", "Ada", "--address", "10.1.2.3"], ["tolerated: rule 3 names service deepl for people ada and"]),
            (["--user", "ada", "--address", "10.2.2.3"], ["it wants networks 10.1.0.0/16, found 10.2.2.3"]),
        ],
    )
    def test_a_scope_limits_a_rule(self, tmp_path: Path, arguments: list[str], words: list[str]) -> None:
        path = write(tmp_path / "policy.yaml", SCOPED)
        day = [] if "--on" in arguments else ["--on", "2026-03-01"]
        out = good(shadowscan("policy", "explain", "www.deepl.com", "--policy", path, *arguments, *day)).out
        for word in words:
            assert word in out

    def test_a_tenant_is_told_by_its_host(self, tmp_path: Path) -> None:
        text = "rules:\n  - {verdict: approved, services: [azure-openai], scope: {hosts: [acme*.openai.azure.com]}}\n"
        path = write(tmp_path / "policy.yaml", text)
        for host, verdict in (("acme-prod.openai.azure.com", "approved"), ("other.openai.azure.com", "unreviewed")):
            assert f"  {verdict}: " in good(shadowscan("policy", "explain", host, "--policy", path)).out

    def test_without_a_policy_nothing_is_reviewed(self) -> None:
        assert "unreviewed: there is no policy" in good(shadowscan("policy", "explain", "claude.ai")).out


class TestJudging:
    def test_without_a_policy_everything_is_unreviewed(self, database: Path) -> None:
        assert set(verdicts(database).values()) == {"unreviewed"}
        assert any(gap["what"] == "no policy" for gap in report(database)["gaps"])

    def test_a_policy_judges_what_was_read_before(self, database: Path, tmp_path: Path) -> None:
        path = write(tmp_path / "policy.yaml")
        judged = {"openai-chatgpt": "approved", "deepl": "tolerated", "anthropic-claude": "prohibited"}
        assert verdicts(database, "--policy", str(path)) == judged
        totals = report(database, "--policy", str(path))["totals"]
        assert (totals["requests"], totals["approved_requests"], totals["people_unapproved"]) == (31, 11, 1)

    def test_a_changed_policy_judges_anew(self, database: Path, tmp_path: Path) -> None:
        path = write(tmp_path / "policy.yaml", POLICY.replace("openai-chatgpt", "anthropic-claude"))
        judged = {"openai-chatgpt": "prohibited", "deepl": "tolerated", "anthropic-claude": "approved"}
        assert verdicts(database, "--policy", str(path)) == judged

    def test_the_first_rule_that_fits_decides(self, database: Path, tmp_path: Path) -> None:
        first = "rules:\n  - {verdict: prohibited, services: [deepl]}\n" + POLICY.partition("rules:\n")[2]
        assert verdicts(database, "--policy", str(write(tmp_path / "p.yaml", first)))["deepl"] == "prohibited"

    def test_a_former_id_still_names_its_service(self, database: Path, tmp_path: Path) -> None:
        from shadowscan.catalog import load_catalog

        catalog = load_catalog()
        former, rule = next(
            (old, catalog.service(old).hosts[0]) for old in catalog.aliases if catalog.service(old).hosts
        )
        path = write(tmp_path / "p.yaml", f"rules:\n  - {{verdict: approved, services: [{former}]}}\n")
        good(shadowscan("policy", "check", path))
        out = good(shadowscan("policy", "explain", rule.value, "--policy", path)).out
        assert "approved: rule 1" in out

    @pytest.mark.parametrize(
        ("threshold", "policy", "code"),
        [
            ("low", POLICY, ExitCode.FINDINGS),
            ("high", POLICY, ExitCode.FINDINGS),
            ("high", POLICY.replace("prohibited", "unreviewed"), ExitCode.COMPLETE),
            ("medium", POLICY.replace("prohibited", "unreviewed"), ExitCode.FINDINGS),
            ("low", POLICY.replace("prohibited", "approved"), ExitCode.COMPLETE),
        ],
    )
    def test_fail_on(self, database: Path, tmp_path: Path, threshold: str, policy: str, code: ExitCode) -> None:
        path = write(tmp_path / "policy.yaml", policy)
        assert shadowscan("report", "--db", database, "--policy", path, "--fail-on", threshold).code == code

    def test_an_incomplete_scan_outweighs_findings(self, tmp_path: Path) -> None:
        path = log(tmp_path / "access.log", [squid(1)])
        ran: Ran = shadowscan("scan", path, tmp_path / "gone.log", "--db", tmp_path / "d.duckdb", "--fail-on", "low")
        assert ran.code == ExitCode.INCOMPLETE
        assert shadowscan("scan", path, "--db", tmp_path / "d.duckdb", "--fail-on", "low").code == ExitCode.FINDINGS

    def test_the_policy_may_come_from_the_environment(
        self, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SHADOWSCAN_POLICY", str(write(tmp_path / "policy.yaml")))
        assert verdicts(database)["openai-chatgpt"] == "approved"
