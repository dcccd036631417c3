"""Secrets of sinks, each in a file of its own and never in the settings."""

from pathlib import Path

from shadowscan.errors import UsageError


def read_secret(path: Path) -> str:
    """Return the file's first line; UsageError if it can't be read, is empty, or others may read it."""
    try:
        mode = path.stat().st_mode
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("the secret can't be read", reason=str(error), where=str(path)) from error
    if mode & 0o007:
        raise UsageError("the secret can be read by everyone", where=str(path), hint=f"chmod 600 {path}")
    if not lines or not lines[0].strip():
        raise UsageError("the secret is empty", where=str(path))
    return lines[0].strip()
