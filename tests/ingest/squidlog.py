"""Squid lines to order."""

import gzip
from collections.abc import Iterable
from pathlib import Path

START = 1_793_600_000
HOSTS = ("chatgpt.com", "claude.ai", "www.example.com", "intranet.example.com")
SERVICES = ("openai-chatgpt", "anthropic-claude")


def line(number: int, host: str = "") -> str:
    """One request; equal numbers give equal lines, and number % 4 chooses the host."""
    return (
        f"{START + number}.{number % 1000:03} {number % 900:6} 10.0.0.{number % 7 + 1} TCP_TUNNEL/200 {4000 + number} "
        f"CONNECT {host or HOSTS[number % len(HOSTS)]}:443 user{number % 5} HIER_DIRECT/192.0.2.{number % 9 + 1} -"
    )


def text(numbers: Iterable[int], end: str = "\n") -> bytes:
    """Lines as a file holds them."""
    return "".join(line(number) + end for number in numbers).encode()


def write(path: Path, content: bytes) -> Path:
    """Write a file, compressed if its name says so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def expected(numbers: Iterable[int]) -> dict[str, int]:
    """Return requests by service of these lines, each counted."""
    names = [SERVICES[number % len(HOSTS)] for number in numbers if number % len(HOSTS) < len(SERVICES)]
    return {name: names.count(name) for name in sorted(set(names))}
