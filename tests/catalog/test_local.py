"""Signatures of one's own, made from a host seen in the logs."""

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from shadowscan.catalog import Category, Role, Status, load_catalog, local_directory
from shadowscan.catalog.local import add_signature, dismiss_host
from shadowscan.catalog.matcher import Matcher
from shadowscan.cli.signatures import app
from shadowscan.errors import UsageError


@pytest.fixture(autouse=True)
def _own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def test_an_added_host_is_a_provisional_service_everywhere() -> None:
    written = add_signature("Chat.Quill-Example.COM.", name="Quill: chat", category=Category.CHAT_ASSISTANT)
    assert written == local_directory() / "chat-assistant" / "chat-quill-example-com.yaml"
    catalog = load_catalog()
    service = catalog.service("chat-quill-example-com")
    assert (service.name, service.status) == ("Quill: chat", Status.PROVISIONAL)
    assert Matcher(catalog).match(host="eu.chat.quill-example.com").service == service.id
    assert Matcher(catalog).match(host="quill-example.com").verdict == "none"


def test_without_own_signatures_or_unless_wanted_the_built_in_ones_stand_alone() -> None:
    plain = load_catalog()
    assert plain.version == load_catalog(()).version
    add_signature("api.quill-example.com", name="Quill", category=Category.LLM_API, role=Role.API)
    assert load_catalog().version != plain.version
    assert load_catalog(()).version == plain.version


def test_a_directory_of_choice(tmp_path: Path) -> None:
    written = add_signature("quill-example.com", name="Quill", category=Category.SEARCH, to=tmp_path / "own")
    assert written.is_relative_to(tmp_path / "own")
    assert not local_directory().exists()
    assert "quill-example-com" in load_catalog([tmp_path / "own"]).services


@pytest.mark.parametrize(
    ("host", "message"),
    [
        ("api.openai.com", "known already"),
        ("deep.chatgpt.com", "known already"),
        ("github.io", "lint refuses"),
        ("co.uk", "lint refuses"),
        ("10.1.2.3", "not a host name"),
        ("localhost", "not a host name"),
        ("../../etc/passwd", "not a host name"),
        ("\x1b[31m", "not a host name"),
        ("", "not a host name"),
    ],
)
def test_what_may_not_be_added_leaves_no_trace(host: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        add_signature(host, name="X", category=Category.SEARCH)
    assert not local_directory().exists()


def test_a_host_is_added_once() -> None:
    add_signature("quill-example.com", name="Quill", category=Category.SEARCH)
    with pytest.raises(UsageError, match="known already"):
        add_signature("www.quill-example.com", name="Quill", category=Category.SEARCH)


@pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")
def test_a_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="can't write"):
        add_signature("quill-example.com", name="Quill", category=Category.SEARCH, to=tmp_path / "file" / "below")


def test_the_command_names_the_file_and_the_words_allowed() -> None:
    arguments = ["add", "quill-example.com", "--name", "Quill", "--category"]
    done = CliRunner().invoke(app, [*arguments, "nonsense"])
    assert done.exit_code == 2
    assert "chat-assistant" in done.output
    done = CliRunner().invoke(app, [*arguments, "search"])
    assert done.exit_code == 0, done.output
    assert Path(done.stdout.strip()) == local_directory() / "search" / "quill-example-com.yaml"


def test_a_host_alone_is_enough() -> None:
    done = CliRunner().invoke(app, ["add", "chat.quill-example.com"])
    assert done.exit_code == 0, done.output
    service = load_catalog().service("chat-quill-example-com")
    assert (service.name, service.category) == ("chat.quill-example.com", Category.CHAT_ASSISTANT)


def test_a_dismissed_host_is_no_candidate_and_keeps_its_reason() -> None:
    assert Matcher(load_catalog()).label_hosts(["my-llm.quill-example.com"])[0].verdict == "candidate"
    for host in ("other-llm.example.com", "my-llm.quill-example.com"):
        done = CliRunner().invoke(app, ["dismiss", host, "--reason", "a firm: its name"])
        assert done.exit_code == 0, done.output
    catalog = load_catalog()
    assert Matcher(catalog).label_hosts(["eu.my-llm.quill-example.com"])[0].verdict == "none"
    assert {entry.reason for entry in catalog.not_ai if entry.suffix.endswith("example.com")} == {"a firm: its name"}


@pytest.mark.parametrize(("host", "message"), [("chatgpt.com", "known service"), ("10.1.2.3", "not a host name")])
def test_what_may_not_be_dismissed(host: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        dismiss_host(host, reason="x")
    assert not local_directory().exists()
