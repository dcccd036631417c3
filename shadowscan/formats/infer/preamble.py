"""What a key=value record says outside its pairs: a time, a verdict, a request."""

import re
from collections.abc import Mapping, Sequence

from shadowscan.formats.infer.times import STAMPS, time_expression
from shadowscan.formats.sqltext import literal
from shadowscan.formats.syslog import peel

RECORD = "_record"
"""The raw field that is the record itself (see ``formats.compile``)."""
VERDICT = (
    r"(?i)\b(den(?:y|ied)|block(?:ed)?|drop(?:ped)?|reject(?:ed)?|discard(?:ed)?|allow(?:ed)?|accept(?:ed)?|permit(?:ted)?"
    r"|pass(?:ed)?|built|teardown)\b"
)
_BEFORE = r"^(.*?)[\w.-]+="
_METHODS = "GET|POST|PUT|HEAD|CONNECT|OPTIONS|DELETE|PATCH"
_REQUEST = rf"\b(?:{_METHODS}|UNKNOWN) ([a-z]+://[^\s\"']+)"
_METHOD = rf"\b({_METHODS}) [a-z]+://"


def around(lines: Sequence[str], columns: Mapping[str, str]) -> dict[str, str]:
    """Return the columns with what the text around the pairs adds."""
    found = dict(columns)
    heads = [match[1] for line in lines if (match := re.match(_BEFORE, peel(line)[1]))]
    if "ts" not in found and (ts := _time(heads)):
        found["ts"] = ts
    if any(re.search(VERDICT, head) for head in heads):
        verdict = _taken(f"regexp_extract({RECORD}, {literal(_BEFORE)}, 1)", VERDICT)
        found["action"] = f"coalesce(action_of({found['action']}), {verdict})" if "action" in found else verdict
    if any(re.search(_REQUEST, line) for line in lines):
        url = _taken(RECORD, _REQUEST)
        found["url"] = f"coalesce({found['url']}, {url})" if "url" in found else url
        found.setdefault("method", _taken(RECORD, _METHOD))
    return found


def _time(heads: Sequence[str]) -> str:
    for stamp in STAMPS:
        times = [match[1] for head in heads if (match := re.search(stamp, head))]
        if heads and len(times) * 2 > len(heads):
            return time_expression(RECORD, times).replace(f'"{RECORD}"', _taken(RECORD, stamp))
    return ""


def _taken(subject: str, pattern: str) -> str:
    return f"nullif(regexp_extract({subject}, {literal(pattern)}, 1), '')"
