"""Runs the command line as a user does: in this process where speed matters, in one of its own where that matters."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from shadowscan.cli.app import main

ROOT = Path(__file__).parents[1]
COMMAND = (sys.executable, "-c", "import sys; sys.argv[0] = 'shadowscan'; from shadowscan.cli.app import main; main()")


@dataclass(frozen=True, slots=True)
class Ran:
    """What one command said and how it ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Standard output as one JSON document."""
        return json.loads(self.out)

    def ndjson(self) -> list[dict[str, Any]]:
        """Standard output as one JSON object a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    def csv(self) -> list[dict[str, str]]:
        """Standard output as CSV with a header."""
        return list(csv.DictReader(io.StringIO(self.out)))


class _Output(io.TextIOWrapper):
    """Standard output of a command in this process: text over bytes, as the real one is."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", newline="")

    def text(self) -> str:
        self.flush()
        raw = self.buffer
        assert isinstance(raw, io.BytesIO)
        return raw.getvalue().decode("utf-8")


def shadowscan(*arguments: str | Path) -> Ran:
    """Run a command in this process."""
    out, err = _Output(), _Output()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["shadowscan", *map(str, arguments)])
        with redirect_stdout(out), redirect_stderr(err):
            code = _exit_code()
    return Ran(code, out.text(), err.text())


def _exit_code() -> int:
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def in_process(
    *arguments: str | Path, stdin: bytes = b"", cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> Ran:
    """Run a command in a process of its own."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)], input=stdin, capture_output=True, cwd=cwd, env=env, timeout=60, check=False
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def good(ran: Ran) -> Ran:
    """Return the command's result if it ended well."""
    assert ran.code == 0, ran.err
    return ran


def report(database: Path, *arguments: str) -> Any:
    """Return the report document on a database."""
    return good(shadowscan("report", "--db", database, "--output", "json", *arguments)).json()
