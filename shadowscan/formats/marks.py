"""By what lines are told to be of a format, and where in them its records begin: from RE2 patterns to conditions."""

import re

from shadowscan.formats.patterns import needed_text
from shadowscan.formats.spec import FormatSpec
from shadowscan.formats.sqltext import literal

_TO_THE_END = re.compile(r"(?P<flags>(?:\(\?i\))?)\((?!\?)(?P<head>.+)\.\*\)\$")
_CLASS = re.compile(r"\\.|\[(?:\\.|[^\]\\])+\]")
_GROUP = re.compile(r"\([^()]*\)")


def payload_head(pattern: str) -> str | None:
    """Return what records begin with where a payload's group is a head and then the whole rest of the line."""
    head = _TO_THE_END.fullmatch(pattern)
    return None if head is None or "|" in _nesting_removed(head["head"]) else head["flags"] + head["head"]


def _nesting_removed(pattern: str) -> str:
    """Leave only what stands outside of brackets and is not escaped."""
    pattern = _CLASS.sub("", pattern)
    while (shorter := _GROUP.sub("", pattern)) != pattern:
        pattern = shorter
    return pattern


def found(pattern: str, subject: str = "_line") -> str:
    """Return a condition for "the RE2 pattern is in the subject"; text that it needs is searched first: cheaper."""
    text = needed_text(pattern)
    conditions = [f"contains({subject}, {literal(text)})"] if len(text) >= 3 or text == pattern else []
    if text != pattern:
        conditions.append(f"regexp_matches({subject}, {literal(pattern)})")
    return " AND ".join(conditions)


def marks(spec: FormatSpec) -> str | None:
    """Return the condition that a line bears a format's marks; None where only its fields tell."""
    if spec.only or spec.reader.header or not spec.detect:
        return None
    present = [found(pattern) for pattern in spec.detect]
    return " AND ".join([*present, *(f"NOT ({found(pattern)})" for pattern in spec.exclude)])
