r"""Host and path patterns: a small language that can't backtrack badly, compiled to anchored RE2-compatible regexes.

In a host ``*`` is part of one label and ``**`` is one or more labels. In a path ``*`` is part of one segment (at
least one character) and ``**`` is anything, also nothing. ``{a|b|}`` is one of the alternatives. All else is literal.
A path pattern also matches with one more ``/`` at its end.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

_PIECE = re.compile(r"\*\*|\*|\{[^{}]*\}|[^*{}]+|[{}]")
_WHOLE_LABELS = re.compile(r"\{(?:[^{}|]*\.)?(?:\|(?:[^{}|]*\.)?)+\}")
"""Alternatives that are nothing or end in a dot, as in ``{www.|}example.com``: what follows starts a label."""

_LABEL = "[a-z0-9_-]"
_HOST_STARS = {"*": f"{_LABEL}+", "**": rf"{_LABEL}+(?:\.{_LABEL}+)*"}
_PATH_STARS = {"*": "[^/]+", "**": ".*"}
_RE2_SPECIAL = re.compile(r"([\\.+*?()|\[\]{}^$])")
MAX_PATH = 2048
"""Characters of a path that are looked at: bounds the work on hostile input."""


def host_regex(pattern: str) -> str:
    """Turn a host pattern into an RE2-compatible regex, unanchored."""
    return "".join(_translate(pattern, _HOST_STARS))


def path_regex(pattern: str) -> str:
    """Turn a path pattern into an RE2-compatible regex, unanchored."""
    text = "".join(_translate(pattern, _PATH_STARS))
    return text if pattern.endswith(("/", "**")) else f"{text}/?"


def literal_segments(pattern: str) -> frozenset[str]:
    """Return the segments of the paths that a pattern fits which hold no wildcard."""
    choice = re.search(r"\{([^{}]*)\}", pattern)
    if choice is None:
        return frozenset(part for part in pattern.split("/") if part and "*" not in part)
    ends = pattern[: choice.start()], pattern[choice.end() :]
    return frozenset().union(*(literal_segments(ends[0] + one + ends[1]) for one in choice[1].split("|")))


@lru_cache(maxsize=4096)
def compile_host(pattern: str) -> re.Pattern[str]:
    """Compile a host pattern for ``fullmatch``."""
    return re.compile(host_regex(pattern))


@lru_cache(maxsize=4096)
def compile_path(pattern: str) -> re.Pattern[str]:
    """Compile a path pattern for ``fullmatch``."""
    return re.compile(path_regex(pattern), re.DOTALL)


def is_pattern(text: str) -> bool:
    """Say whether a host is a pattern rather than a plain name."""
    return "*" in text or "{" in text


def literal_suffix(pattern: str) -> str:
    """Return the labels at the end of a host pattern that hold no wildcard: the key it is looked up by."""
    labels = _WHOLE_LABELS.sub("*.", pattern).split(".")
    plain: list[str] = []
    while labels and not is_pattern(labels[-1]) and "}" not in labels[-1]:
        plain.insert(0, labels.pop())
    return ".".join(plain)


def sample(pattern: str) -> str:
    """Return a host or path that a pattern fits."""
    return re.sub(r"\*+", "x", re.sub(r"\{([^{}|]*)[^{}]*\}", r"\1", pattern))


def typical_piece(pattern: str) -> str:
    """Return a short text that is in every path which a path pattern fits; empty if nothing is sure."""
    pieces = [piece for piece in _PIECE.findall(pattern) if piece[0] not in "*{}"]
    longest = max(pieces, key=len, default="")
    end = longest.find("/", 1) + 1
    return longest[:end] if end else longest


def literal_length(pattern: str) -> int:
    """Count the literal characters: how specific a pattern is."""
    return sum(len(piece) for piece in _PIECE.findall(pattern) if piece[0] not in "*{}")


def problems(pattern: str, *, path: bool) -> Iterator[str]:
    """Say what is wrong with a pattern: unbalanced braces, too many wildcards, a shape that could run long."""
    pieces: list[str] = _PIECE.findall(pattern)
    if "{" in pieces or "}" in pieces:
        yield "braces don't pair, or are nested"
    if any("**" in piece for piece in pieces if piece[0] == "{"):
        yield "`**` inside braces"
    if path:
        yield from _path_problems(pattern, pieces)
    elif literal_suffix(pattern).count(".") < 1:
        yield "a host pattern must end in a plain domain of two labels or more"


def _path_problems(pattern: str, pieces: list[str]) -> Iterator[str]:
    if not pattern.startswith(("/", "**")):
        yield "a path pattern starts with `/` or `**`"
    if sum(piece == "**" for piece in pieces[:-1]) > 1:
        yield "more than one `**` before the end"
    if any(segment.count("*") - 2 * segment.count("**") > 2 for segment in pattern.split("/")):
        yield "more than two `*` in one segment"


def _translate(pattern: str, stars: dict[str, str]) -> Iterator[str]:
    for piece in _PIECE.findall(pattern):
        if piece in stars:
            yield stars[piece]
        elif piece[0] == "{" and len(piece) > 1:
            choices = ("".join(_translate(choice, stars)) for choice in piece[1:-1].split("|"))
            yield f"(?:{'|'.join(choices)})"
        else:
            yield escape(piece)


def escape(text: str) -> str:
    """Escape literal text for both ``re`` and RE2 (``re.escape`` also escapes what RE2 leaves alone)."""
    return _RE2_SPECIAL.sub(r"\\\1", text)
