"""Formats out of free text: sentences that name two ends, a DNS question, or a request, in whatever words."""

import re
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from shadowscan.formats.infer.preamble import RECORD, VERDICT, taken, time_in
from shadowscan.formats.infer.shapes import LONGEST_LINE
from shadowscan.formats.spec import FormatSpec, ReaderSpec
from shadowscan.formats.syslog import peel

_IP = r"(?:\d{1,3}(?:\.\d{1,3}){3}|\[?[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}\]?)"
_NAME = r"[A-Za-z0-9_*-]+(?:\.[A-Za-z0-9_-]+)*\.?"
_QTYPE = r"(?:A|AAAA|ANY|CNAME|HTTPS|MX|NS|PTR|SOA|SRV|SVCB|TXT|TYPE\d+)"


def _end(side: str) -> str:
    """One end of a connection: address and port, perhaps behind an interface's name."""
    return rf"(?:[\w.-]+[:/])?(?P<{side}>{_IP})(?:[/:(#](?P<{side}_port>\d{{1,5}})\)?)?"


SENTENCES: tuple[str, ...] = (
    # dnsmasq: query[A] name from address
    rf"query\[(?P<qtype>\w+)\] (?P<host>{_NAME}) from (?P<src>{_IP})",
    # BIND and its kin: client address#port (name): query: name class type
    rf"client (?:@0x[0-9a-f]+ )?(?P<src>{_IP})#(?P<src_port>\d+) \((?P<host>{_NAME})\)",
    (
        rf"client (?:@0x[0-9a-f]+ )?(?P<src>{_IP})#(?P<src_port>\d+).*?"
        rf"\b(?:query|answer): (?P<host>{_NAME}) "
    ),
    # Unbound, and any "address name type class"
    rf"(?P<src>{_IP}) (?P<host>{_NAME}) {_QTYPE} (?:IN|CH)\b",
    # CoreDNS: address:port - id "type class name
    rf'(?P<src>{_IP}):(?P<src_port>\d+) - \d+ "{_QTYPE} IN (?P<host>{_NAME}) ',
    # Technitium: [address:port] ... QNAME: name
    rf"\[(?P<src>{_IP}):(?P<src_port>\d+)\] .*?\bQNAME: (?P<host>{_NAME});",
    # Windows DNS debug log: labels behind their lengths
    rf"\bRcv (?P<src>{_IP}) .*?\b{_QTYPE}\s+(?P<labels>(?:\(\d+\)[\w-]+)+\(0\))",
    # from A to B, A -> B, src A dst B
    (
        rf"(?i:\b(?:from|src|source|for|client)\b)[ :=]+{_end('src')}.{{0,120}}?"
        rf"(?:->|=>|(?i:\b(?:to|dst|destination)\b))[ :=]*{_end('dst')}"
    ),
    # dst B src A
    rf"(?i:\b(?:to|dst|destination)\b)[ :=]+{_end('dst')}.{{0,60}}?(?i:\b(?:from|src|source)\b)[ :=]+{_end('src')}",
    rf"{_end('src')}[^\d]{{0,60}}?(?:->|=>|\bto\b) ?{_end('dst')}",
)
"""A DNS question, or two ends: told by their own words."""
REQUESTS: tuple[str, ...] = (
    # a request: METHOD URL, from an address
    (
        rf"(?P<src>{_IP}).*?\b"
        rf"(?P<method>GET|POST|PUT|HEAD|CONNECT|OPTIONS|DELETE|PATCH) (?P<url>[a-z]+://\S+|[\w.-]+:\d+)"
    ),
    # a URL visited by an address
    rf"(?P<src>{_IP}).*?\b(?P<url>https?://[^\s\"'<>]+)",
)
"""A URL and an address: weak, where nothing else is found."""
_PROTO = r"(?i)\b(tcp|udp|icmp)\b"
_PHRASES = {
    "bytes_out": r"(?i)\b(?:(?:sent|send|out|tx|upload(?:ed)?)[ _-]?bytes?|bytes?[ _-](?:sent|out))[ =:]+(\d+)",
    "bytes_in": r"(?i)\b(?:(?:received?|rcvd|in|rx|download(?:ed)?)[ _-]?bytes?|bytes?[ _-](?:received|in))[ =:]+(\d+)",
    "user": r"(?i)\buser(?:name)?(?:[=:] ?|\s+)\"?([\w.+-]+[@\\][\w.-]+)",
}
"""Column -> what a sentence says of it in its own words."""
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
    return FormatSpec(
        id="generic-text",
        title="free text that names two ends, a DNS question or a URL",
        vendor="",
        reference="",
        revision=1,
        reader=ReaderSpec("regex", patterns=used),
        columns=_columns(used) | _said(texts) | _time(texts),
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
    return columns | {"action": taken(RECORD, VERDICT), "proto": taken(RECORD, _PROTO)}


def _said(lines: Sequence[str]) -> dict[str, str]:
    return {
        column: taken(RECORD, pattern)
        for column, pattern in _PHRASES.items()
        if any(re.search(pattern, line) for line in lines)
    }


def _time(lines: Sequence[str]) -> dict[str, str]:
    expression = time_in([peel(line)[1] for line in lines], least=0.0)
    return {"ts": expression} if expression else {}
