"""Runs one process and says what it took.

Kept free of heavy imports: a child starts as a copy of this process, and its peak memory is at least ours.
"""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""getrusage(2): KiB on Linux, bytes on macOS."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a process and all its children took."""

    wall_s: float
    user_s: float
    system_s: float
    peak_bytes: int
    exit_code: int
    last_words: str
    """End of what it wrote to stderr."""

    @property
    def cpu_s(self) -> float:
        """User and system time."""
        return self.user_s + self.system_s


def run(command: list[str]) -> Run:
    """Run to the end and measure; output goes to files, never to a terminal or pipe that could hold the process up."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        err.seek(0)
        words = err.read().decode("utf-8", "replace").strip()[-300:]
    peak = usage.ru_maxrss * _MAXRSS_UNIT
    return Run(wall, usage.ru_utime, usage.ru_stime, peak, process.returncode, words)


def floor_bytes() -> int:
    """Return the peak memory below which nothing can be measured: our own, which a child is born with."""
    return run(["true"]).peak_bytes


def warm(path: Path) -> None:
    """Read the file once, so that every contestant finds it in the page cache."""
    with path.open("rb") as file:
        while file.read(1 << 18):
            pass
