"""Formats what ``signatures match`` says: many lines in, one object or two text lines each out, in order."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator
from itertools import islice

from shadowscan.catalog import HostLabel, Match, parse_input
from shadowscan.catalog.matcher import Matcher

_BLOCK = 20_000
_NOT_A_BARE_HOST = frozenset(" \t/?#@:\\")


def match_lines(matcher: Matcher, lines: Iterator[str], *, ndjson: bool) -> Iterator[str]:
    """Yield text to write, in blocks; bare hosts take the bulk path."""
    writer = _Ndjson(matcher) if ndjson else _Text(matcher)
    while block := list(islice(lines, _BLOCK)):
        yield writer.write(block)


class _Writer(ABC):
    """Answers a block of input lines."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._tails: dict[HostLabel, str] = {}

    def write(self, lines: list[str]) -> str:
        """Return the output for a block of lines."""
        labels = self._matcher.label_hosts(lines)
        return "".join(
            self.line(line, self._of_label(label) if _NOT_A_BARE_HOST.isdisjoint(line) else self._of_request(line))
            for line, label in zip(lines, labels, strict=True)
        )

    def _of_label(self, label: HostLabel) -> str:
        tail = self._tails.get(label)
        if tail is None:
            tail = self._tails[label] = self.tail(self._matcher.of_label(label))
        return tail

    def _of_request(self, line: str) -> str:
        one = parse_input(line)
        found = self._matcher.match(host=one.host, method=one.method, path=one.path, query=one.query, port=one.port)
        return self.tail(found)

    @abstractmethod
    def tail(self, found: Match) -> str:
        """Return what follows the input in the output."""

    @abstractmethod
    def line(self, line: str, tail: str) -> str:
        """Join input and answer."""


class _Ndjson(_Writer):
    def tail(self, found: Match) -> str:
        fields = {
            "verdict": found.verdict,
            "service": found.service,
            "activity": found.activity,
            "signature": found.signature,
            "why": found.why,
        }
        return ", " + json.dumps(fields)[1:] + "\n"

    def line(self, line: str, tail: str) -> str:
        return f'{{"input": {json.dumps(line)}{tail}'


class _Text(_Writer):
    def tail(self, found: Match) -> str:
        what = " ".join(part for part in (found.verdict, found.service, found.activity) if part)
        signature = f" [{found.signature}]" if found.signature else ""
        return f"\n  {what}{signature}\n  {found.why}\n"

    def line(self, line: str, tail: str) -> str:
        return visible(line) + tail


def visible(text: str) -> str:
    """Return text from outside with control and other unprintable characters as escapes."""
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
