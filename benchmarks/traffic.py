"""Columns of made-up web traffic: 2,000 users, 4,000 ordinary hosts, about 3 % of requests to AI services, 14 days.

Three in five ordinary requests name an object of their own (an image, an item, a page), some objects far more popular
than others: so about half of all URLs are distinct, as in the log of a proxy that sees whole URLs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

SEED = 20_261_102
USERS = 2_000
HOSTS = 4_000
OBJECTS = 4_000_000
OBJECT_SHARE = 0.6
AI_SHARE = 0.03
FIRST_MOMENT = 1_793_577_600.0
"""2026-11-02T00:00:00Z"""
SPAN_S = 14 * 86_400.0
BLOCK = 50_000
"""Rows made at a time: memory stays the same for any number of lines."""

AI_REQUESTS: tuple[tuple[str, str, str], ...] = (
    ("POST", "chatgpt.com", "/backend-api/conversation"),
    ("POST", "chatgpt.com", "/backend-api/f/conversation"),
    ("GET", "cdn.oaistatic.com", "/assets/app.js"),
    ("POST", "claude.ai", "/api/organizations/3f1c/chat_conversations/77ab/completion"),
    ("POST", "api.openai.com", "/v1/chat/completions"),
    ("POST", "api.anthropic.com", "/v1/messages"),
    ("GET", "gemini.google.com", "/app"),
    ("POST", "chat.deepseek.com", "/api/v0/chat/completion"),
    ("POST", "www.perplexity.ai", "/rest/sse/perplexity_ask"),
    ("GET", "huggingface.co", "/models"),
    ("POST", "api2.cursor.sh", "/aiserver.v1.AiService/StreamChat"),
    ("GET", "copilot.cloud.microsoft", "/chat"),
    ("POST", "api.githubcopilot.com", "/chat/completions"),
    ("GET", "app.grammarly.com", "/"),
)
_PATHS = ("/", "/index.html", "/api/v1/items", "/static/app.js", "/img/logo.png", "/search", "/news/today", "/feed")
_TOPS = ("example.com", "example.net", "example.org")
_WORDS = ("shop", "mail", "cdn", "static", "api", "news", "portal", "media", "login", "files", "maps", "video")
AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
)


class Row(NamedTuple):
    """One request."""

    number: int
    moment: float
    """Epoch seconds."""
    user: int
    client: str
    method: str
    host: str
    path: str
    server: str
    sent: int
    received: int
    milliseconds: int
    roll: int
    """0 to 99, for choices of the format's own."""


@dataclass(frozen=True, slots=True)
class _Target:
    method: str
    host: str
    path: str
    server: str


def rows(count: int) -> Iterator[Row]:
    """Yield requests in order of time; the same for the same count."""
    random = np.random.default_rng(SEED)
    clients = [f"10.{20 + number // 250}.{number // 25 % 250}.{1 + number % 250}" for number in range(USERS)]
    targets = [_Target("GET", *_ordinary(number)) for number in range(HOSTS)]
    ai = [_Target(method, host, path, f"203.0.113.{10 + i}") for i, (method, host, path) in enumerate(AI_REQUESTS)]
    for first in range(0, count, BLOCK):
        size = min(BLOCK, count - first)
        moments = FIRST_MOMENT + (first + np.sort(random.random(size)) * size) * (SPAN_S / count)
        users = random.integers(0, USERS, size)
        # Popular hosts are far more frequent than rare ones.
        hosts = (random.random(size) ** 3 * HOSTS).astype(np.int64)
        objects = (random.random(size) ** 3 * OBJECTS).astype(np.int64)
        objects[random.random(size) >= OBJECT_SHARE] = -1
        to_ai = random.random(size) < AI_SHARE
        services = random.integers(0, len(ai), size)
        sent, received = random.integers(400, 9_000, size), random.integers(500, 90_000, size)
        waits, rolls = random.integers(5, 2_000, size), random.integers(0, 100, size)
        columns = (moments, users, hosts, objects, to_ai, services, sent, received, waits, rolls)
        numbered = enumerate(zip(*(column.tolist() for column in columns), strict=True), start=first)
        for number, (moment, user, host, item, is_ai, service, out, back, wait, roll) in numbered:
            target = ai[service] if is_ai else targets[host]
            method, name, path, server = target.method, target.host, target.path, target.server
            if item >= 0 and not is_ai:
                path = f"{path.rstrip('/')}/{item:07x}"
            yield Row(number, moment, user, clients[user], method, name, path, server, out, back, wait, roll)


def _ordinary(number: int) -> tuple[str, str, str]:
    host = f"{_WORDS[number % len(_WORDS)]}{number}.{_TOPS[number % 3]}"
    return host, _PATHS[number % len(_PATHS)], f"198.51.100.{1 + number % 250}"
