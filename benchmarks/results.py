"""Writes the table of measurements as Markdown."""

import os
import platform
import subprocess
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.contestants import Contestant
from benchmarks.measure import Run, floor_bytes

_FIRST = "shadowscan scan"


@dataclass(frozen=True, slots=True)
class Measured:
    """One contestant's best run over one log."""

    log: str
    lines: int
    size: int
    """Bytes of the log."""
    contestant: str
    does: str
    run: Run

    @property
    def failed(self) -> bool:
        """Whether the numbers mean nothing: an uncaught exception ends with 1, so only 0 counts."""
        return self.run.exit_code != 0


def document(measured: list[Measured], contestants: list[Contestant], repeat: int) -> str:
    """Return the whole results file."""
    logs = list(dict.fromkeys(one.log for one in measured))
    parts = [
        "# Benchmark results",
        _preface(repeat),
        _machine(contestants),
        *(_table([one for one in measured if one.log == log]) for log in logs),
    ]
    return "\n\n".join(parts) + "\n"


def _preface(repeat: int) -> str:
    floor = floor_bytes() / 1e6
    return (
        "Whole processes from start to exit, on the same file in the same run, the file in the page cache; of each the "
        f"run with the least CPU time out of {repeat}. Ratio: wall time over shadowscan's (above 1: shadowscan is "
        f"faster). Peak memory of the whole process tree's largest process; below {floor:.0f} MB it can't be told. "
        "Written by `python -m benchmarks.run`."
    )


def _table(rows: list[Measured]) -> str:
    first = next((row for row in rows if row.contestant == _FIRST and not row.failed), None)
    head = f"## {rows[0].log}: {rows[0].lines:,} lines, {rows[0].size / 1e6:.0f} MB"
    columns = (
        "| contestant | does | wall s | CPU s | lines/s | MB/s | peak MB | ratio |\n|---|---|--:|--:|--:|--:|--:|--:|"
    )
    return "\n".join([head, "", columns, *(_row(row, first) for row in rows)])


def _row(row: Measured, first: Measured | None) -> str:
    if row.failed:
        return f"| {row.contestant} | failed: exit code {row.run.exit_code} | | | | | | |"
    run = row.run
    ratio = f"{run.wall_s / first.run.wall_s:.2f}" if first else ""
    return (
        f"| {row.contestant} | {row.does} | {run.wall_s:.2f} | {run.cpu_s:.2f} | {row.lines / run.wall_s:,.0f} | "
        f"{row.size / run.wall_s / 1e6:,.0f} | {run.peak_bytes / 1e6:,.0f} | {ratio} |"
    )


def _machine(contestants: list[Contestant]) -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    facts = [
        f"{cores} cores of {_processor()}, {_memory()}{platform.system()} {platform.machine()}",
        f"Python {platform.python_version()}" + "".join(f", {name} {_package(name)}" for name in ("duckdb", "pyarrow")),
        *(f"{one.name.split()[0]}: {_version(one)}" for one in contestants if one.program and one.version),
    ]
    return "\n".join(f"- {fact}" for fact in facts)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "an unnamed processor"
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _memory() -> str:
    try:
        return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 1e9:.0f} GB memory, "
    except (ValueError, OSError):
        return ""


def _package(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _version(contestant: Contestant) -> str:
    asked = subprocess.run([contestant.program, *contestant.version], capture_output=True, text=True, check=False)
    lines = asked.stdout.strip().splitlines()
    return lines[0].rstrip(".") if asked.returncode == 0 and lines else "version unknown"
