"""Whose processes run: shadowscan and, where installed, others that read the same file."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
_AI_HOSTS = r"chatgpt\.com|oaistatic\.com|claude\.ai|api\.openai\.com|api\.anthropic\.com|chat\.deepseek\.com"

Command = Callable[[str, Path, Path], list[str]]
"""Benchmark's name, the log, an empty scratch directory -> argument list."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """One program and how it is started."""

    name: str
    does: str
    """What it does with a line, for the reader of the table."""
    program: str
    """Path of the executable; empty where it isn't installed."""
    command: Command
    logs: tuple[str, ...] = ()
    """Benchmarks it can read; empty: all."""
    version: tuple[str, ...] = ()
    """Arguments that print the version."""
    leaves: str = ""
    """File in the scratch directory without which nothing was done, whatever the exit code."""


def contestants() -> list[Contestant]:
    """Return all, shadowscan first."""
    shadowscan = _beside_python("shadowscan")
    goaccess, ripgrep, count = (shutil.which(name) or "" for name in ("goaccess", "rg", "wc"))
    return [
        Contestant(
            "shadowscan scan", "parse, match, store, report", shadowscan,
            lambda _, log, scratch: [shadowscan, "scan", str(log), "--db", str(scratch / "scan.db"), "--no-progress"],
            version=("--version",), leaves="scan.db",
        ),
        Contestant(
            "GoAccess", "parse, count, report", goaccess,
            lambda _, log, scratch: [
                goaccess, str(log), "--no-global-config", "--no-progress",
                # Its own SQUID format expects a syslog header.
                "--log-format=%x.%^ %~%L %h %^/%s %b %m %U", "--datetime-format=%s",
                "--date-format=%s", "--time-format=%s",
                "-o", str(scratch / "report.json"),
            ],
            ("squid",), ("--version",), "report.json",
        ),
        Contestant(
            "plain Python loop", "split, count in a dict", sys.executable,
            lambda name, log, _: [sys.executable, str(HERE / "plain_loop.py"), name, str(log)],
        ),
        Contestant("rg -c", "search six AI names", ripgrep, lambda _, log, __: [ripgrep, "-c", _AI_HOSTS, str(log)],
                   version=("--version",)),
        Contestant("wc -l", "count lines", count, lambda _, log, __: [count, "-l", str(log)]),
    ]  # fmt: skip


def _beside_python(name: str) -> str:
    """Return the command of this environment, else the one on the path."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else shutil.which(name) or ""
