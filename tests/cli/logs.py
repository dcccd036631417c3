"""Small logs to scan: one line a request, written from Squid's native format."""

from collections.abc import Iterable
from pathlib import Path

START = 1_793_600_000
"""2 November 2026, 06:13:20 UTC."""
DAY = 86_400


def squid(
    second: int,
    url: str = "chatgpt.com:443",
    *,
    user: str = "ada",
    method: str = "CONNECT",
    result: str = "TCP_TUNNEL/200",
    client: str = "10.0.0.1",
) -> str:
    """One request, ``second`` seconds after the start."""
    return f"{START + second}.118    211 {client} {result} 4096 {method} {url} {user} HIER_DIRECT/192.0.2.1 -"


def log(path: Path, lines: Iterable[str], *, end: str = "\n", encoding: str = "utf-8") -> Path:
    """Write lines to a file."""
    path.write_bytes("".join(line + end for line in lines).encode(encoding))
    return path


def plain(path: Path, count: int = 20) -> Path:
    """A sound log of requests to one service by one person."""
    return log(path, (squid(second) for second in range(count)))
