"""`report --follow`: the report again whenever the database has changed."""

import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from shadowscan.cli.console import emit, say, width
from shadowscan.cli.watch_status import in_a_line
from shadowscan.errors import DatabaseHeldError

PAUSE = 2.0
"""Seconds between two looks at the database, and so between two reports."""
_HOME, _REST_OF_LINE, _REST_OF_SCREEN = "\x1b[H", "\x1b[K", "\x1b[J"


def follow(database: Path, render: Callable[[], str]) -> None:
    """Show what ``render`` returns, and again after every change of the database file or of the width, until Ctrl-C.

    On a terminal each takes the former one's place, cut to its height, with the watcher's state below; else they come
    one after the other.
    """
    shown, text, on_screen = (0, 0), "", ""
    while True:
        changed = (database.stat().st_mtime_ns if database.exists() else -1, width())
        if changed != shown:
            try:
                text = render()
            except DatabaseHeldError as error:
                say(f"shadowscan: {error.problem}")
            else:
                shown = changed
                if not sys.stdout.isatty():
                    emit(text)
        if sys.stdout.isatty():
            page = _page(text, in_a_line(database))
            if page != on_screen:
                emit(page)
            on_screen = page
        time.sleep(PAUSE)


def _page(text: str, foot: str) -> str:
    """A screenful that covers the former one without a blank moment."""
    height = shutil.get_terminal_size().lines - 1
    lines = text.splitlines()[: height - bool(foot)]
    if foot:
        lines += [""] * (height - 1 - len(lines)) + [foot[: width()]]
    return _HOME + "\n".join(line + _REST_OF_LINE for line in lines) + _REST_OF_SCREEN
