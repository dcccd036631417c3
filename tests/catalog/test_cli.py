import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from shadowscan.cli.signatures import app
from tests.catalog.conftest import WriteSignatures
from tests.catalog.samples import ALL, NOT_AI

runner = CliRunner()


def run(*args: str, stdin: str | bytes | None = None, code: int = 0) -> str:
    done = runner.invoke(app, list(args), input=stdin)
    assert done.exit_code == code, done.output
    return done.stdout


def test_match_prints_one_object_a_line_in_order() -> None:
    lines = ["chatgpt.com", "POST https://chatgpt.com/backend-api/conversation", "unknown.example", ""]
    output = run("match", "-", "--output", "ndjson", stdin="\n".join(lines) + "\n")
    rows = [json.loads(line) for line in output.splitlines()]
    assert [row["input"] for row in rows] == lines
    assert [row["verdict"] for row in rows] == ["service", "service", "none", "none"]
    assert [row["activity"] for row in rows] == [None, "prompt", None, None]
    assert list(rows[0]) == ["input", "verdict", "service", "activity", "signature", "why"]
    assert rows[1]["service"] == "openai-chatgpt"


def test_match_takes_arguments_and_own_signatures(signatures: WriteSignatures) -> None:
    output = run("match", "POST https://chat.acme.example/api/v1/talk/1", "--signatures", str(signatures(ALL)))
    assert "service acme-chat prompt [acme-chat@3]" in output


def test_match_never_writes_what_a_stranger_wrote_as_it_is() -> None:
    hostile = "evil\x1b[31m.example\x07\u202e[bold]"
    text = run("match", hostile)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "[bold]" in text
    assert "\x1b" not in run("match", hostile, "-o", "ndjson")
    assert json.loads(run("match", hostile, "-o", "ndjson"))["input"] == hostile


def test_match_reads_bytes_that_are_no_text() -> None:
    rows = run("match", "-", "-o", "ndjson", stdin=b"\xff\xfe.example\nclaude.ai\r\n").splitlines()
    assert [json.loads(row)["verdict"] for row in rows] == ["none", "service"]


def test_list_show_and_search(signatures: WriteSignatures) -> None:
    own = str(signatures(ALL))
    assert "acme-code" in run("list", "--signatures", own, "--category", "code-assistant")
    assert "acme-code" not in run("list", "--signatures", own, "--category", "search")
    assert run("list", "--signatures", own, "--search", "QUILL PEN").count("\n") == 2
    page = run("show", "acme-bot", "--signatures", own)
    assert "retention: 30 days (https://acme.example/terms, 2026-11-01)" in page
    assert "regions: unknown" in page
    assert json.loads(run("show", "acme-chat", "--signatures", own, "-o", "ndjson"))["revision"] == 3


def test_lint_tells_and_exits(signatures: WriteSignatures) -> None:
    assert run("lint", str(signatures(ALL))) == "5 services: clean\n"
    broken = signatures(ALL | {"catalogue.yaml": 'released: "2026-11-23"\nsources: {}\n'}, "broken")
    output = run("lint", str(broken), code=2)
    assert "FactsHaveSources" in output
    assert all(json.loads(line)["advice"] for line in run("lint", str(broken), "-o", "ndjson", code=2).splitlines())


def test_lint_beside_the_built_in_ones(signatures: WriteSignatures) -> None:
    own = signatures({"not-ai.yaml": NOT_AI}, "own")
    assert "error" not in run("lint", str(own), "--beside")


def test_diff_schema_summary_update(
    signatures: WriteSignatures, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    directory = signatures(ALL)
    assert run("diff", str(directory), str(directory)) == "no difference\n"
    assert "removed" in run("diff", "built-in", str(directory))
    assert json.loads(run("schema"))["$defs"]["ServiceFile"]
    assert "| services |" in run("summary")
    assert "5 services" in run("update", "--from", str(directory))


def test_an_unknown_output_is_refused() -> None:
    run("match", "x.example", "--output", "xml", code=2)
