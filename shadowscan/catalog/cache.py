"""The compiled catalogue on disk: plain JSON under the user's cache directory, keyed by content, rebuilt at will."""

import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from shadowscan.catalog.places import cache_directory

_KEEP = 6
"""Compiled catalogues that stay: a few versions and a few sets of directories."""


def load(key: str) -> Any:
    """Return what was stored under a key, or None; a damaged file counts as none."""
    try:
        return json.loads(_file(key).read_bytes())
    except (OSError, ValueError, RuntimeError, RecursionError):
        return None


def store(key: str, tables: Any) -> None:
    """Store tables under a key, whole or not at all; a directory that can't be written means no cache."""
    with suppress(OSError, RuntimeError):
        file = _file(key)
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix="catalogue-", suffix=".tmp")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                json.dump(tables, stream, separators=(",", ":"))
            Path(name).replace(file)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _prune(file.parent)


def _file(key: str) -> Path:
    return cache_directory() / f"catalogue-{key}.json"


def _prune(directory: Path) -> None:
    files = sorted(directory.glob("catalogue-*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in files[_KEEP:]:
        path.unlink(missing_ok=True)
