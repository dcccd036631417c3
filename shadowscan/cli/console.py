"""How commands speak: results to stdout, everything else to stderr, colour and progress only for people."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shadowscan.errors import Problem, UsageError

DEFAULT_WIDTH = 100
WIDEST = 200


def wants_color() -> bool:
    """Colour only on a terminal that takes it (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Columns for text output: the terminal's, COLUMNS, or a readable default when piped."""
    if not sys.stdout.isatty() and not os.environ.get("COLUMNS"):
        return DEFAULT_WIDTH
    return max(60, min(shutil.get_terminal_size((DEFAULT_WIDTH, 24)).columns, WIDEST))


def emit(text: str, target: Path | None = None) -> None:
    """Write a result to stdout, or to a file the user named."""
    if target is not None:
        try:
            target.write_text(text, encoding="utf-8")
        except OSError as error:
            raise UsageError("can't be written", reason=error.strerror or "", where=str(target)) from error
        return
    with _utf8_stdout():
        sys.stdout.write(text if text.endswith("\n") or not text else text + "\n")
        sys.stdout.flush()


@contextmanager
def _utf8_stdout() -> Iterator[None]:
    """A terminal that can't show a character shows a substitute: output never fails for its encoding."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure:
        reconfigure(errors="backslashreplace")
    yield


def say(text: str) -> None:
    """Write a remark to stderr."""
    from shadowscan.report.escape import safe_text

    sys.stderr.write("\n".join(safe_text(line) for line in text.split("\n")) + "\n")


def tell(problem: Problem) -> None:
    """Report a problem that didn't stop the run."""
    say(f"shadowscan: {problem}")
