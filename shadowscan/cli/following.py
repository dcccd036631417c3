"""`report --follow`: the report again whenever the database has changed."""

import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from shadowscan.cli.console import emit, say
from shadowscan.errors import DatabaseHeldError

PAUSE = 2.0
"""Seconds between two looks at the database, and so between two reports."""
_CLEAR = "\x1b[H\x1b[2J\x1b[3J"


def follow(database: Path, render: Callable[[], str]) -> None:
    """Show what ``render`` returns, and again after every change of the database file, until Ctrl-C.

    On a terminal each takes the former one's place, cut to its height; else they come one after the other.
    """
    shown = 0
    while True:
        changed = database.stat().st_mtime_ns if database.exists() else -1
        if changed != shown:
            try:
                text = render()
            except DatabaseHeldError as error:
                say(f"shadowscan: {error.problem}")
            else:
                shown = changed
                _show(text)
        time.sleep(PAUSE)


def _show(text: str) -> None:
    if not sys.stdout.isatty():
        emit(text)
        return
    height = shutil.get_terminal_size().lines - 1
    emit(_CLEAR + "\n".join(text.splitlines()[:height]))
