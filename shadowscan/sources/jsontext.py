"""JSON as text: where a value ends, and whether a file is one document rather than lines of objects.

Works on bytes and never builds the values: what a record holds is the format's affair.
"""

import re
from dataclasses import dataclass

LISTS = (
    b"records",
    b"Records",
    b"entries",
    b"events",
    b"Events",
    b"results",
    b"value",
    b"items",
    b"logs",
    b"logEvents",
    b"hits",
)
"""Members that hold a wrapper's records: Azure, AWS, HAR, and what exports of APIs use."""
OUTER = (b"log", b"hits", b"response", b"result", b"data")
"""Members that hold the member that holds the records (HAR's ``log.entries``, ``hits.hits``)."""
_SURE = (b"records", b"Records")
"""Lists that mean a wrapper even where each line holds one whole object."""
BOM = b"\xef\xbb\xbf"
_STRING = rb'"(?:[^"\\\n]++|\\.)*+"'
_RUN = rb'(?:[^{}\[\]"]++|' + _STRING + rb")*+"
BRACKET = re.compile(_RUN + rb"([{}\[\]])", re.DOTALL)
UNTIL = re.compile(_RUN, re.DOTALL)
MEMBER = re.compile(rb"\s*,?\s*(" + _STRING + rb")\s*:\s*", re.DOTALL)
SCALAR = re.compile(_STRING + rb"|[-+.\w]+", re.DOTALL)
GAP = re.compile(rb"[\s,\]\}\[\x1e]+")
BREAK = re.compile(rb"\s*\n\s*")
"""Strings hold no line end, so what stands around one is layout."""
SIGN = re.compile(rb'[{}\[\]"]')
IN_STRING = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Document:
    """How a document holds its records."""

    lists: tuple[bytes, ...] = ()
    """Names of the members that lead to the records of a wrapper; none if records stand by themselves."""


def document_in(beginning: bytes) -> Document | None:
    """Recognise a JSON document by its first bytes; None for lines, also for lines of one JSON object each."""
    text = beginning.removeprefix(BOM).lstrip()
    if text.startswith(b"["):
        return Document() if re.match(rb"\[\s*(?:\{|\])", text) else None
    if not re.match(rb'\{\s*"', text):
        return None
    lists = list_within(text)
    first, _, _ = text.partition(b"\n")
    end = end_of(first, 0)
    if end is None:
        whole = b"\n" in text or len(beginning) == len(first)
        return Document(lists) if lists or whole else None
    if lists and (lists[-1] in _SURE or b"\n" not in text.strip()):
        return Document(lists)
    return Document() if first[end:].strip().startswith(b"{") else None


def list_within(text: bytes, depth: int = 0) -> tuple[bytes, ...]:
    """Names of the members from an object at the start of ``text`` down to its list of objects."""
    position = 1
    while member := MEMBER.match(text, position):
        name, position = member[1][1:-1], member.end()
        if name in LISTS and re.compile(rb"\[\s*\{").match(text, position):
            return (name,)
        if name in OUTER and not depth and text[position : position + 1] == b"{":
            inner = list_within(text[position:], 1)
            if inner:
                return (name, *inner)
        after = _past(text, position)
        if after is None:
            break
        position = after
    return ()


def _past(text: bytes, position: int) -> int | None:
    """Position behind the value at ``position``; None if it doesn't end here."""
    if text[position : position + 1] in (b"{", b"["):
        return end_of(text, position)
    scalar = SCALAR.match(text, position)
    return scalar.end() if scalar and scalar.end() < len(text) else None


def end_of(text: bytes | bytearray, position: int) -> int | None:
    """Position behind the object or array at ``position``; None if it doesn't end in the text."""
    depth = 0
    while bracket := BRACKET.match(text, position):
        depth += 1 if bracket[1] in b"{[" else -1
        position = bracket.end()
        if depth <= 0:
            return position
    return None
