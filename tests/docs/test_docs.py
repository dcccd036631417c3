"""What the documentation says exists, and what exists is in the documentation."""

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main

from shadowscan.cli.app import STOPPED, app
from shadowscan.errors import ExitCode
from tests.commandline import ROOT, good, shadowscan

PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
}
TEXT = "\n".join(PAGES.values())
UNDOCUMENTED = {"--help", "--install-completion", "--show-completion"}
"""Options that say all there is to say in the help text."""


def commands(group: Any = None, before: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every command with its full name."""
    members: dict[str, Any] = vars(group or typer.main.get_command(app))["commands"]
    for name, command in members.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*before, name))
        else:
            yield " ".join((*before, name)), command


COMMANDS = dict(commands())


def test_every_command_is_documented() -> None:
    assert [name for name in COMMANDS if f"shadowscan {name}" not in TEXT] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_documented(name: str) -> None:
    options = {opt for parameter in COMMANDS[name].params for opt in parameter.opts if opt.startswith("--")}
    assert sorted(opt for opt in options - UNDOCUMENTED if not re.search(rf"{opt}\b", TEXT)) == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does(name: str) -> None:
    text = good(shadowscan(*name.split(), "--help")).out
    assert f"Usage: shadowscan {name}" in text
    assert len(COMMANDS[name].help) > 20


def test_every_exit_code_is_documented() -> None:
    missing = [int(code) for code in (*ExitCode, STOPPED) if not re.search(rf"(?m)^\|?\s*`?{int(code)}`?\s*\|", TEXT)]
    assert missing == []


def test_every_environment_variable_is_documented() -> None:
    variables = {parameter.envvar for command in COMMANDS.values() for parameter in command.params if parameter.envvar}
    assert sorted(name for name in variables if str(name) not in TEXT) == []


def test_every_command_that_is_documented_exists() -> None:
    """In code blocks and in `code`: the command, and each long option it is called with."""
    wrong = []
    for page, text in PAGES.items():
        for call in _calls(text):
            name = next(
                (known for known in sorted(COMMANDS, key=len, reverse=True) if f"{call} ".startswith(f"{known} ")), None
            )
            group = any(known.startswith(f"{call.split(' ')[0]} ") for known in COMMANDS) and len(call.split()) == 1
            if name is None:
                wrong += [] if group or not call or call.startswith("-") else [f"{page}: shadowscan {call}"]
                continue
            options = {
                opt for parameter in COMMANDS[name].params for opt in (*parameter.opts, *parameter.secondary_opts)
            }
            wrong += [
                f"{page}: {name} {word}"
                for word in _words(call)
                if word.startswith("--") and word.split("=")[0] not in options | {"--help"}
            ]
    assert wrong == []


def _calls(text: str) -> Iterator[str]:
    """What follows ``shadowscan`` in every example."""
    blocks = re.findall(r"(?ms)^```[^\n]*\n(.*?)^```", text)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"(?ms)^```.*?^```", "", text))
    for line in [line for block in blocks for line in block.replace("\\\n", " ").splitlines()] + spans:
        for call in re.findall(r"(?:^|[|;&$] ?)shadowscan ([a-z-][^|;&#]*)", line.strip()):
            yield call.strip()


def _words(call: str) -> list[str]:
    try:
        return shlex.split(call)
    except ValueError:
        return call.split()


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    folder = (ROOT / page).parent
    targets = [link.split("#")[0] for link in re.findall(r"\]\((?!https?:|mailto:)([^)\s]+)\)", PAGES[page])]
    assert [target for target in targets if target and not (folder / target).exists()] == []
