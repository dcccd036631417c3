"""Where signatures lie: shipped with the package, installed by an update, written by the user."""

import os
import re
import sys
from pathlib import Path

_RELEASED = re.compile(rb'^released: *"?(\d{4}-\d{2}-\d{2})', re.MULTILINE)


def cache_directory() -> Path:
    """Return shadowscan's directory under the user's cache directory; it need not exist."""
    return _user_directory("XDG_CACHE_HOME", "LOCALAPPDATA", "Library/Caches", ".cache")


def data_directory() -> Path:
    """Return shadowscan's directory under the user's data directory; it need not exist."""
    return _user_directory("XDG_DATA_HOME", "APPDATA", "Library/Application Support", ".local/share")


def local_directory() -> Path:
    """Return the directory of the user's own signatures, which updates leave alone; it need not exist."""
    return data_directory() / "local-signatures"


def updates_directory() -> Path:
    """Return the directory that ``signatures update`` installs into; it need not exist."""
    return data_directory() / "catalogue"


def shipped_directory() -> Path:
    """Return the signatures shipped with the package; in a working tree those at its top."""
    package = Path(__file__).parent.parent
    shipped = package / "_signatures"
    return shipped if shipped.is_dir() else package.parent / "signatures"


def updated_directory() -> Path | None:
    """Return the catalogue installed by the last update, or None."""
    try:
        name = (updates_directory() / "current").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError, RuntimeError):
        return None
    found = updates_directory() / name
    return found if name and Path(name).name == name and (found / "catalogue.yaml").is_file() else None


def builtin_directory() -> Path:
    """Return the shipped catalogue, or the installed update where that is of a later date."""
    shipped, updated = shipped_directory(), updated_directory()
    return updated if updated and released(updated) > released(shipped) else shipped


def released(directory: Path) -> str:
    """Return the day a catalogue says it was released, empty if it doesn't."""
    try:
        found = _RELEASED.search((directory / "catalogue.yaml").read_bytes())
    except OSError:
        return ""
    return found[1].decode("ascii") if found else ""


def _user_directory(variable: str, windows: str, mac: str, other: str) -> Path:
    if base := os.environ.get(variable):
        return Path(base) / "shadowscan"
    if sys.platform == "win32":
        return Path(os.environ.get(windows, str(Path.home()))) / "shadowscan"
    return Path.home() / (mac if sys.platform == "darwin" else other) / "shadowscan"
