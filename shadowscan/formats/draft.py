"""A format file written down: what was inferred from a sample, as YAML that people can correct."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from shadowscan.errors import UsageError
from shadowscan.formats.infer import infer
from shadowscan.formats.readers.pattern import capture
from shadowscan.formats.spec import FormatSpec, ReaderSpec
from shadowscan.formats.sqltext import names_in

MOSTLY = 0.9
"""Share of a sample's lines that must bear a mark."""
MOST_MARKS = 3
_TELLING = ("host", "url", "dst_ip", "src_ip", "ts")
_HEADING = """\
# Proposed by `shadowscan formats new`; correct it by hand, then: shadowscan formats test {id}.yaml SAMPLE
# docs/formats.md explains every key; `shadowscan formats schema` gives the JSON Schema for editors.
"""


def drafted(lines: Sequence[str], *, format_id: str, title: str, name: str) -> FormatSpec:
    """Return a format inferred from sample lines; UsageError where nothing in them tells of a connection."""
    spec = infer(lines)
    if spec is None:
        raise UsageError(
            "no format can be proposed",
            reason="no field of the sample was understood as a destination (host, address or URL)",
            where=name,
            hint="write one by hand, docs/formats.md walks through it",
        )
    return replace(spec, id=format_id, title=title, detect=_marks(spec, lines))


def _marks(spec: FormatSpec, lines: Sequence[str]) -> tuple[str, ...]:
    """Patterns that lines of this log bear: its own fields, so that the format claims no other log."""
    reader = spec.reader
    if reader.kind == "regex":
        return spec.detect or ("|".join(f"(?:{capture(pattern, '')})" for pattern in reader.patterns),)
    if reader.kind == "csv":
        return (*spec.detect, _columns_mark(reader, lines))
    forms = {"json": r'"{}"\s*:', "kv": rf"\b{{}}{re.escape(reader.assign)}", "cef": r"\b{}=", "leef": r"\b{}="}
    if reader.kind not in forms:
        return spec.detect
    keys = [name.split(".")[-1].split("[")[0] for column in _TELLING for name in names_in(spec.columns.get(column, ""))]
    patterns = [forms[reader.kind].format(re.escape(key)) for key in dict.fromkeys(keys) if key]
    common = [text for text in patterns if sum(bool(re.search(text, line)) for line in lines) >= MOSTLY * len(lines)]
    return (*spec.detect, *common[:MOST_MARKS])


def _columns_mark(reader: ReaderSpec, lines: Sequence[str]) -> str:
    separator = reader.separator or ","
    counts = [line.count(separator) for line in lines if line.count(separator) >= max(reader.minimum - 1, 1)]
    cell = f"[^{re.escape(separator)}]*{re.escape(separator)}"
    return f"^(?:{cell}){{{min(*counts, 900, 900)}}}" if counts else re.escape(separator)


def default_id(path: str) -> str:
    """Return an id made of a file's name: ``my-edge-proxy`` for ``Edge_Proxy.log.gz``."""
    stem = Path(path).name.split(".")[0].lower()
    words = re.sub(r"[^a-z0-9]+", "-", stem).strip("-")
    return f"my-{words or 'log'}"[:60].rstrip("-")


def as_yaml(spec: FormatSpec) -> str:
    """Return the text of a format file."""
    content: dict[str, Any] = {"id": spec.id, "title": spec.title}
    content |= {"vendor": spec.vendor, "reference": spec.reference} if spec.vendor else {}
    content["reader"] = _reader(spec.reader)
    optional = {
        "detect": list(spec.detect),
        "exclude": list(spec.exclude),
        "payload": spec.payload,
        "only": spec.only,
        "claim": spec.claim,
        "hostless": spec.hostless,
        "null_values": list(spec.null_values) if spec.null_values != ("", "-") else [],
        "skip": [{"when": rule.when, "reason": rule.reason} for rule in spec.skip],
        "notes": list(spec.notes),
    }
    content |= {key: value for key, value in optional.items() if value}
    content["columns"] = dict(spec.columns)
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110)
    return _HEADING.format(id=spec.id) + text


def _reader(reader: ReaderSpec) -> dict[str, Any]:
    values = {
        "kind": reader.kind,
        "separator": reader.separator,
        "assign": reader.assign if reader.assign != "=" else "",
        "quoted": reader.quoted,
        "fields": list(reader.fields),
        "patterns": list(reader.patterns),
        "header": reader.header,
        "minimum": reader.minimum,
    }
    return {key: value for key, value in values.items() if value}
