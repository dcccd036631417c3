"""What relays and collectors put in front of a record: syslog headers, container prefixes.

The forms are RE2 text (valid in Python's ``re`` too), each to stand at the start of a line. Sources: RFC 3164
section 4.1, RFC 5424 section 6, the Kubernetes CRI log format, and the headers that relays really write.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

_STAMP = r"[A-Z][a-z]{2} {1,2}\d{1,2} (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d+)?(?: \d{4})?(?: [A-Z]{2,4})?"
_ISO = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?"
_ISO_T = _ISO.replace("[T ]", "T")
_TAG = r"(?:[A-Za-z][\w./-]*(?:\[[\w.-]*\])?: +)?"
_PRI = r"(?:\d{1,6} )?<\d{1,3}>"
"""Behind the octet count of RFC 6587, if a collector left it."""
_BOM = "\ufeff"
_HOST = r"[\w.:-]+(?:@[\w.:/-]+)?"
"""syslog-ng may state a chain: ``source@host/address``."""
_CISCO = r"(?:\d+: )?(?:[\w.-]+: )?[*.]?"
"""Cisco's sequence number, host, and mark of a clock that isn't set; then the time, and a colon."""

FORMS: tuple[tuple[str, str], ...] = (
    ("container", rf"{_ISO} (?:stdout|stderr) [FP] "),
    ("docker", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z "),
    ("kiwi", rf"{_ISO}\t\w+\.\w+\t\S+\t"),
    (
        "rfc5424",
        rf'{_PRI}\d{{1,2}} \S+ \S+ \S+ \S+ \S+ (?:- |(?:\[[^ \]]+(?: [^ =]+="(?:[^"\\]|\\.)*")*\])+ ?)' + f"{_BOM}?",
    ),
    ("rfc5424-short", rf"{_PRI}\d{{1,2}} {_ISO} \S+ "),
    ("cisco", rf"(?:{_PRI})?\s*{_CISCO}{_STAMP}: "),
    ("rfc3164", rf"(?:{_PRI})?\s*{_STAMP} {_HOST} (?:: )?(?:(?:{_PRI})?{_STAMP} \S+ )?{_TAG}"),
    ("iso", rf"(?:{_PRI})?\s*{_ISO_T} {_HOST} {_TAG}"),
    ("tagged", rf"(?:{_PRI})?\s*(?:[\w.-]+ )?[A-Za-z][\w.-]*\[\d+\]: +"),
    ("priority", rf"{_PRI}\s*(?:\d{{1,2}} )?"),
    ("level", r"[A-Z][a-z]+: +"),
)
"""Name and pattern of each form of header, the most particular first."""


@lru_cache(maxsize=64)
def header_pattern(names: tuple[str, ...] = ()) -> str:
    """Return the pattern of the named forms of header (all by default), to stand at the start of a line."""
    return "|".join(pattern for name, pattern in FORMS if not names or name in names)


@lru_cache(maxsize=1)
def _forms() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(pattern)) for name, pattern in FORMS)


def peel(line: str) -> tuple[str, str]:
    """Return the name of the header's form ("" if there is none) and the record behind it."""
    for name, pattern in _forms():
        match = pattern.match(line)
        if match and match.end() < len(line):
            return name, line[match.end() :]
    return "", line


def payload_pattern(names: Iterable[str], record: str = ".*") -> str:
    """Return a format's ``payload``: the record behind any of the named forms of header; "" if none is named."""
    seen = set(names)
    forms = tuple(name for name, _ in FORMS if name in seen)
    if not forms:
        return ""
    optional = "?" if "" in seen else ""
    return f"^(?:{header_pattern(forms)}){optional}({record})$"


def common_forms(lines: Sequence[str]) -> set[str]:
    """Forms of header that stand in front of the lines; "" where a line has none."""
    return {peel(line)[0] for line in lines}
