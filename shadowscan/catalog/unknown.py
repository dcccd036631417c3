"""AI that no signature knows: scores a host by its name, its requests and its company, with the evidence in words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from shadowscan.catalog.globs import MAX_PATH
from shadowscan.catalog.hosts import is_address

CANDIDATE = 0.5
"""Score from which a host is a candidate: one strong sign, or two weak ones of different kind."""

SUSPECT_NAMES = (
    r"\.ai$|(^|[.-])(ai|genai|aigc|copilot|assistant|chatbot|chat|inference|completions?|embeddings?|llama|"
    r"mistral|qwen|gemini|whisper|diffusion)([.-]|$)"
)
"""RE2 pattern of names worth a look, none of which makes a candidate by itself."""

_STRONG = re.compile(
    r"(?<![a-z0-9])(?:chat-?gpt|gpt-?[345][a-z]?|[a-z]{0,12}gpt|llms?|llm-?(?:api|gateway|proxy|router|chat)|"
    r"open-?ai|gen-?ai|ai-?(?:chat|assistant|gateway|writer|agents?|copilot|studio)|chat-?ai|"
    r"deepseek|claude|copilot|stable-?diffusion|text-?to-?(?:image|video|speech)|prompts?-?ai|"
    r"ollama|vllm|langchain|rag-?api)(?![a-z0-9])"
)
_WEAK = re.compile(SUSPECT_NAMES)
_API_PATH = re.compile(
    r"(?:^|/)(?:chat/completions|v1/(?:completions|messages|responses|embeddings)|api/generate|api/chat|"
    r"generate_?stream|v1/models|images/generations|audio/(?:speech|transcriptions)|rerank)/?$"
)
_CHAT_PATH = re.compile(r"(?:^|[/_-])(?:conversations?|completions?|prompts?|chat|ask|generate|inference)(?:[/_.-]|$)")
_UPLOAD_PATH = re.compile(r"(?:^|[/_-])(?:uploads?|attachments?|files?)(?:[/_.-]|$)")

_UPLOAD_BYTES = 20_000
"""Bytes out a request, on average, from which a host is sent texts or files rather than clicks."""
_STREAM_SECONDS = 5.0
_ENOUGH_DAYS = 5
"""Days of use, counted per person, below which company is chance."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What logs tell of one host that no signature names."""

    host: str
    tools: tuple[str, ...] = ()
    """What host-free signatures said of its requests, in the catalogue's words."""
    paths: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    requests: int = 0
    bytes_out: int | None = None
    """Client to server, over all requests."""
    bytes_in: int | None = None
    seconds: float | None = None
    """Mean duration of a request."""
    streamed: int = 0
    """Responses of type text/event-stream."""
    days: int = 0
    """Days on which somebody used it, counted per person."""
    days_with_ai: int = 0
    """Of these the days on which the same person used known AI."""
    usual: float = 0.0
    """Share of all days of all people with known AI."""


class Evidence(NamedTuple):
    """One reason, in words, and what it adds to the score (the score is 1 - product of (1 - weight))."""

    weight: float
    words: str


@dataclass(frozen=True, slots=True)
class UnknownScore:
    """How likely a host is AI, 0 to 1, and why, strongest reason first."""

    score: float
    evidence: tuple[Evidence, ...]


def name_evidence(host: str) -> Evidence | None:
    """Judge a canonical host by its name; None where the name doesn't make a candidate."""
    found = _STRONG.search(host)
    return Evidence(CANDIDATE, f"name holds {found[0]!r}") if found else None


def score_unknown(seen: Sighting) -> UnknownScore:
    """Score a host that no signature names.

    Volumes, durations and company say nothing by themselves: backups and mail have them too. They count where the
    name or a request speaks of AI.
    """
    signs = [*_of_name(seen.host), *_of_requests(seen)]
    if signs:
        signs += [*_of_volume(seen), *_of_streaming(seen), *_of_company(seen)]
    signs.sort(key=lambda one: -one.weight)
    rest = 1.0
    for one in signs:
        rest *= 1 - one.weight
    return UnknownScore(round(1 - rest, 2), tuple(signs))


def _of_name(host: str) -> Iterator[Evidence]:
    if is_address(host.partition(":")[0]):
        return
    if strong := name_evidence(host):
        yield strong
    elif (weak := _WEAK.search(host)) and weak[0] != ".ai":
        yield Evidence(0.2, f"name holds {weak[0].strip('.-')!r}")
    if host.endswith(".ai"):
        yield Evidence(0.3, "domain ends in .ai")


def _of_requests(seen: Sighting) -> Iterator[Evidence]:
    yield from (Evidence(0.7, words) for words in seen.tools[:2])
    paths = [path[:MAX_PATH].lower() for path in seen.paths]
    if not seen.tools and any(_API_PATH.search(path) for path in paths):
        yield Evidence(0.7, "paths have the shape of a model API")
    elif any(_CHAT_PATH.search(path) for path in paths):
        yield Evidence(0.2, "paths speak of chats, prompts or completions")
    if {"POST", "PUT"} & set(seen.methods) and any(_UPLOAD_PATH.search(path) for path in paths):
        yield Evidence(0.2, "paths speak of uploads")


def _of_volume(seen: Sighting) -> Iterator[Evidence]:
    if not seen.requests or seen.bytes_out is None:
        return
    average = seen.bytes_out // seen.requests
    if average >= _UPLOAD_BYTES:
        yield Evidence(0.3, f"{average // 1000:,} kB sent a request: uploads")
    elif seen.bytes_in is not None and seen.bytes_out > max(seen.bytes_in, _UPLOAD_BYTES):
        yield Evidence(0.2, "more is sent than received")


def _of_streaming(seen: Sighting) -> Iterator[Evidence]:
    if seen.streamed:
        yield Evidence(0.4, f"{seen.streamed:,} responses streamed as events")
    elif seen.seconds is not None and seen.seconds >= _STREAM_SECONDS:
        yield Evidence(0.2, f"answers last {seen.seconds:.0f} s on average, as streamed text does")


def _of_company(seen: Sighting) -> Iterator[Evidence]:
    if seen.days < _ENOUGH_DAYS:
        return
    share = seen.days_with_ai / seen.days
    if share >= 0.75 and share >= 1.5 * seen.usual:
        yield Evidence(
            0.3,
            f"used on days with known AI by the same people: {share:.0%} of {seen.days:,} (usual: {seen.usual:.0%})",
        )
