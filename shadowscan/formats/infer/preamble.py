"""What a record says outside the fields its reader cuts: a time, a verdict, a request."""

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
    if "ts" not in found and (ts := time_in(heads)):
        found["ts"] = ts
    if any(re.search(VERDICT, head) for head in heads):
        verdict = taken(f"regexp_extract({RECORD}, {literal(_BEFORE)}, 1)", VERDICT)
        found["action"] = f"coalesce(action_of({found['action']}), {verdict})" if "action" in found else verdict
    if any(re.search(_REQUEST, line) for line in lines):
        url = taken(RECORD, _REQUEST)
        found["url"] = f"coalesce({found['url']}, {url})" if "url" in found else url
        found.setdefault("method", taken(RECORD, _METHOD))
    return found


def time_in(heads: Sequence[str], least: float = 0.5) -> str:
    """Return the expression for the times that stand in a sufficient share of the texts; "" if none does."""
    parts = []
    for stamp in STAMPS:
        times = [match[1] for head in heads if (match := re.search(stamp, head))]
        if times and len(times) >= least * len(heads):
            parts.append(time_expression(RECORD, times).replace(f'"{RECORD}"', taken(RECORD, stamp)))
    return f"coalesce({', '.join(parts)})" if len(parts) > 1 else "".join(parts)


def taken(subject: str, pattern: str) -> str:
    """Return SQL for the pattern's group in the subject; NULL where it isn't found."""
    return f"nullif(regexp_extract({subject}, {literal(pattern)}, 1), '')"
