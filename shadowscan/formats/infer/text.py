"""Formats out of free text: sentences that name two ends, a DNS question, or a request, in whatever words."""

import re
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from shadowscan.formats.infer.preamble import VERDICT
from shadowscan.formats.infer.shapes import LONGEST_LINE
from shadowscan.formats.infer.times import STAMPS, time_expression
from shadowscan.formats.spec import FormatSpec, ReaderSpec
from shadowscan.formats.sqltext import literal

_IP = r"(?:\d{1,3}(?:\.\d{1,3}){3}|\[?[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}\]?)"
_NAME = r"[A-Za-z0-9_*-]+(?:\.[A-Za-z0-9_-]+)*\.?"
_QTYPE = r"(?:A|AAAA|ANY|CNAME|HTTPS|MX|NS|PTR|SOA|SRV|SVCB|TXT|TYPE\d+)"


_WHEN = "|".join(stamp.replace("(", "(?:", 1) for stamp in STAMPS)
_HEAD = rf"^(?:.*?(?P<when>{_WHEN}))?(?P<before>.*?)"


def _end(side: str) -> str:
    """One end of a connection: address and port, perhaps behind an interface's name."""
    return rf"(?:[\w.-]+[:/])?(?P<{side}>{_IP})(?:[/:(#](?P<{side}_port>\d{{1,5}})\)?)?"


SENTENCES: tuple[str, ...] = (
    # dnsmasq: query[A] name from address
    rf"{_HEAD}query\[(?P<qtype>\w+)\] (?P<host>{_NAME}) from (?P<src>{_IP})",
    # BIND and its kin: client address#port (name): query: name class type
    rf"{_HEAD}client (?:@0x[0-9a-f]+ )?(?P<src>{_IP})#(?P<src_port>\d+) \((?P<host>{_NAME})\)(?P<after>.*)$",
    (
        rf"{_HEAD}client (?:@0x[0-9a-f]+ )?(?P<src>{_IP})#(?P<src_port>\d+).*?"
        rf"\b(?:query|answer): (?P<host>{_NAME}) (?P<after>.*)$"
    ),
    # Unbound, and any "address name type class"
    rf"{_HEAD}(?P<src>{_IP}) (?P<host>{_NAME}) {_QTYPE} (?:IN|CH)\b",
    # CoreDNS: address:port - id "type class name
    rf'{_HEAD}(?P<src>{_IP}):(?P<src_port>\d+) - \d+ "{_QTYPE} IN (?P<host>{_NAME}) ',
    # Windows DNS debug log: labels behind their lengths
    rf"{_HEAD}\bRcv (?P<src>{_IP}) .*?\b{_QTYPE}\s+(?P<labels>(?:\(\d+\)[\w-]+)+\(0\))",
    # from A to B, A -> B, src A dst B
    (
        rf"{_HEAD}(?i:\b(?:from|src|source|for|client)\b)[ :=]+{_end('src')}.{{0,120}}?"
        rf"(?:->|=>|(?i:\b(?:to|dst|destination)\b))[ :=]*{_end('dst')}(?P<after>.*)$"
    ),
    rf"{_HEAD}{_end('src')}[^\d]{{0,60}}?(?:->|=>|\bto\b) ?{_end('dst')}(?P<after>.*)$",
)
"""A DNS question, or two ends: told by their own words."""
REQUESTS: tuple[str, ...] = (
    # a request: METHOD URL, from an address
    (
        rf"{_HEAD}(?P<src>{_IP})(?P<mid>.*?)\b"
        rf"(?P<method>GET|POST|PUT|HEAD|CONNECT|OPTIONS|DELETE|PATCH) (?P<url>[a-z]+://\S+|[\w.-]+:\d+)(?P<after>.*)$"
    ),
    # a URL visited by an address
    rf"{_HEAD}(?P<src>{_IP})(?P<mid>.*?)\b(?P<url>https?://[^\s\"'<>]+)(?P<after>.*)$",
)
"""A URL and an address: weak, where nothing else is found."""
_PROTO = r"(?i)\b(tcp|udp|icmp)\b"
LEAST = 0.04
_COLUMNS = {
    "src_ip": "src",
    "src_port": "src_port",
    "dst_ip": "dst",
    "dst_port": "dst_port",
    "method": "method",
    "url": "url",
}


def text_format(lines: Sequence[str], patterns: Sequence[str]) -> FormatSpec | None:
    """Sentences: those of the patterns of which at least one line of the sample is an instance."""
    texts = [line[:LONGEST_LINE] for line in lines]
    hits = _matches(texts, patterns)
    found = {pattern for pattern, _ in hits}
    used = tuple(pattern for pattern in patterns if pattern in found)
    if sum(bool(pattern) for pattern, _ in hits) < LEAST * len(texts) or not used:
        return None
    stamps = tuple(groups["when"] for _, groups in hits if groups.get("when"))
    return FormatSpec(
        id="generic-text",
        title="free text that names two ends, a DNS question or a URL",
        vendor="",
        reference="",
        revision=1,
        reader=ReaderSpec("regex", patterns=used),
        columns=_columns(used) | _time(stamps),
        detect=(),
        origin="inferred",
    )


def _matches(lines: Sequence[str], patterns: Sequence[str]) -> list[tuple[str, dict[str, str]]]:
    """The first pattern that each line is an instance of, with its groups; by RE2, whose cost is linear."""
    found: list[tuple[str, dict[str, str]]] = [("", {})] * len(lines)
    texts = pa.array(lines, pa.string())
    for pattern in patterns:
        rows = pc.extract_regex(texts, pattern).to_pylist()
        found = [old if old[0] or row is None else (pattern, row) for old, row in zip(found, rows, strict=True)]
    return found


def _columns(used: Sequence[str]) -> dict[str, str]:
    named = {group for pattern in used for group in re.findall(r"\(\?P<(\w+)>", pattern)}
    columns = {column: group for column, group in _COLUMNS.items() if group in named}
    if hosts := [
        expression for group, expression in (("host", "host"), ("labels", "dns_labels(labels)")) if group in named
    ]:
        columns["host"] = hosts[0] if len(hosts) == 1 else f"coalesce({', '.join(hosts)})"
        columns["kind"] = f"CASE WHEN {columns['host']} IS NOT NULL THEN 'dns' END"
    sides = [side for side in ("before", "mid", "after") if side in named]
    columns["action"] = _search(sides, VERDICT)
    columns["proto"] = _search(sides, _PROTO)
    return columns


def _search(sides: Sequence[str], pattern: str) -> str:
    found = (f"nullif(regexp_extract({side}, {literal(pattern)}, 1), '')" for side in sides)
    return f"coalesce({', '.join(found)})"


def _time(stamps: Sequence[str]) -> dict[str, str]:
    expression = time_expression("when", stamps)
    return {"ts": expression} if expression else {}
