"""What docs/signatures.md says holds."""

import re

import pytest

from shadowscan.catalog import Activity, Role, load_catalog
from shadowscan.catalog.lint import ALL_CHECKS, Level, lint, load_subject
from tests.catalog.conftest import ROOT, WriteSignatures

PAGE = (ROOT / "docs" / "signatures.md").read_text(encoding="utf-8")
SAMPLE, LISTED = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def test_its_sample_is_a_signature_without_fault(signatures: WriteSignatures) -> None:
    subject = load_subject([signatures({"chat-assistant/example-chat.yaml": SAMPLE})])
    assert [one for one in lint(subject) if one.level is Level.ERROR] == []
    assert subject.catalog.service("example-bot").name == "Example Chat"


def test_its_list_is_a_list(signatures: WriteSignatures) -> None:
    catalog = load_catalog([signatures({"search/_some.yaml": LISTED})], builtin=False)
    assert list(catalog.services) == ["example-com", "example-two"]


@pytest.mark.parametrize("word", [*Activity, *Role])
def test_it_explains_every_word(word: str) -> None:
    assert f"`{word}`" in PAGE


def test_it_names_every_check_as_it_is() -> None:
    rows = [f"| `{check.__name__}` | {check.level} |" for check in ALL_CHECKS]
    assert rows == re.findall(r"^\| `[A-Z]\w+` \| \w+ \|", PAGE, re.MULTILINE)


def test_its_dialogue_is_real() -> None:
    from typer.testing import CliRunner

    from shadowscan.cli.signatures import app

    shown = re.search(r'\$ shadowscan signatures match "([^"]+)" (\S+)\n(.*?)```', PAGE, re.DOTALL)
    assert shown is not None
    assert CliRunner().invoke(app, ["match", shown[1], shown[2]]).stdout == shown[3]
