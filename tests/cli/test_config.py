"""The settings file: gives options their values, is outweighed by them, and is told by line where it is wrong."""

import json
from pathlib import Path

import pytest

from shadowscan.errors import ExitCode
from tests.cli.logs import log, squid
from tests.commandline import ROOT, good, report, shadowscan

POLICY = "rules:\n  - {verdict: %s, services: [openai-chatgpt]}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a log, two policies and a settings file, and another one to stand in."""
    log(tmp_path / "access.log", [squid(1)])
    for verdict in ("approved", "prohibited"):
        (tmp_path / f"{verdict}.yaml").write_text(POLICY % verdict)
    (tmp_path / "shadowscan.yaml").write_text("database: sub.duckdb\npolicy: approved.yaml\n")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def verdict(*arguments: str) -> str:
    document = good(shadowscan(*arguments, "--output", "json")).json()
    return str(document["tools"][0]["verdict"])


def test_options_not_given_take_their_values_from_the_file(folder: Path) -> None:
    assert verdict("scan", "access.log") == "approved"
    assert (folder / "sub.duckdb").exists()
    assert report(folder / "sub.duckdb")["tools"][0]["verdict"] == "approved"


def test_an_option_outweighs_the_environment_that_outweighs_the_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHADOWSCAN_POLICY", "prohibited.yaml")
    assert verdict("scan", "access.log") == "prohibited"
    assert verdict("report", "--policy", "approved.yaml") == "approved"


def test_paths_are_relative_to_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder / "elsewhere")
    assert verdict("--config", "../shadowscan.yaml", "scan", "../access.log") == "approved"
    assert (folder / "sub.duckdb").exists()


def test_check_shows_what_is_set(folder: Path) -> None:
    out = good(shadowscan("config", "check", "shadowscan.yaml")).out
    assert "sound" in out
    assert "policy: approved.yaml" in out


def test_the_schema_names_every_setting() -> None:
    schema = good(shadowscan("config", "schema")).json()
    assert set(schema["properties"]) >= {"database", "policy", "people", "networks", "leases", "timezone", "watch"}
    assert schema == json.loads((ROOT / "docs" / "config.schema.json").read_text())


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("timezone: UTC\npolcy: approved.yaml\n", 2, ["polcy", "did you mean policy?"]),
        ("timezone: Europe/Berln\n", 1, ["Europe/Berln", "Europe/Berlin"]),
        ("watch:\n  directories:\n    - path: in\n      fromat: squid\n", 4, ["fromat", "did you mean format?"]),
        ("version: 2\n", 1, ["version", "2 is not allowed"]),
        ("leases: x.csv\n", 1, ["leases"]),
        ("a: [\n", 2, ["not valid YAML"]),
    ],
)
def test_a_wrong_file_is_told_by_line(folder: Path, text: str, line: int, words: list[str]) -> None:
    (folder / "shadowscan.yaml").write_text(text)
    ran = shadowscan("report")
    assert (ran.code, ran.out) == (ExitCode.USAGE, "")
    for word in [f"shadowscan.yaml:{line}:", *words]:
        assert word in ran.err


def test_a_named_file_must_be_there(folder: Path) -> None:
    ran = shadowscan("--config", "none.yaml", "report")
    assert ran.code == ExitCode.USAGE
    assert "none.yaml: no such file" in ran.err
