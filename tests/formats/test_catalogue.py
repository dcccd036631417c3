"""Over all formats: every mapping and pattern is exercised by a sample, and each column means the same everywhere."""

import ipaddress
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from shadowscan.formats.library import BUILT_IN, FormatLibrary, load_library
from shadowscan.formats.spec import FormatSpec
from shadowscan.ingest.examine import examine
from shadowscan.model.events import EVENT_COLUMNS, Action, HostBasis, Kind
from shadowscan.sources import Source, discover

SAMPLES = Path(__file__).parents[2] / "samples" / "formats"
FORMATS = sorted(load_library(), key=lambda spec: spec.id)
EXCEPTIONS: dict[str, dict[str, str]] = yaml.safe_load(Path(__file__).with_name("unexercised.yaml").read_text()) or {}
_WITH_URL = ("host", "url_path", "url_query")
_TYPES: dict[str, tuple[type, ...]] = {
    "TIMESTAMP": (str,),
    "VARCHAR": (str,),
    "BIGINT": (int,),
    "INTEGER": (int,),
    "DOUBLE": (int, float),
}


@cache
def expected(format_id: str) -> list[dict[str, Any]]:
    path = SAMPLES / format_id / "expected.ndjson"
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()] if path.exists() else []


def everything() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(SAMPLES.glob("*/expected.ndjson")):
        for event in expected(path.parent.name):
            yield path.parent.name, event


@cache
def filled(format_id: str) -> frozenset[str]:
    """Columns that the format fills in at least one event of its sample."""
    spec = next(spec for spec in FORMATS if spec.id == format_id)
    found = discover([str(SAMPLES / format_id / "sample.log")])
    sources = [item for item in found if isinstance(item, Source)]
    if not sources:
        return frozenset()
    return frozenset(examine(sources[0], FormatLibrary([spec]), forced=spec).coverage)


def unexercised(spec: FormatSpec) -> list[str]:
    """Columns that no event of the format's sample fills, and patterns that cut none of its lines."""
    seen = filled(spec.id)
    idle = [name for name in spec.columns if seen.isdisjoint(_WITH_URL if name == "url" else (name,))]
    return idle + [f"pattern {number}" for number in _idle_patterns(spec)]


def _idle_patterns(spec: FormatSpec) -> list[int]:
    path = SAMPLES / spec.id / "sample.log"
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
    patterns = [re.compile(pattern) for pattern in spec.reader.patterns]
    payloads = [found[1] for line in lines if (found := re.search(spec.payload or "(.*)", line))]
    used = {next((n for n, pattern in enumerate(patterns) if pattern.search(text)), -1) for text in payloads}
    return [number for number in range(len(patterns)) if number not in used]


@pytest.mark.parametrize("spec", FORMATS, ids=lambda spec: spec.id)
def test_every_mapping_and_pattern_is_exercised_by_a_sample(spec: FormatSpec) -> None:
    known = EXCEPTIONS.get(spec.id, {})
    assert sorted(set(unexercised(spec)) - known.keys()) == [], "extend the sample, or review it into unexercised.yaml"


def test_no_exception_has_become_needless() -> None:
    known = {spec.id: set(unexercised(spec)) for spec in FORMATS}
    stale = [
        (name, what) for name, reasons in EXCEPTIONS.items() for what in reasons if what not in known.get(name, ())
    ]
    assert stale == []
    assert all(reason for reasons in EXCEPTIONS.values() for reason in reasons.values())


def test_a_column_has_one_type_everywhere() -> None:
    types = {column.name: _TYPES[column.sql_type] for column in EVENT_COLUMNS}
    wrong = [
        (name, column, value)
        for name, event in everything()
        for column, value in event.items()
        if column in types and value is not None and (not isinstance(value, types[column]) or isinstance(value, bool))
    ]
    assert wrong == []


def test_a_column_means_the_same_everywhere() -> None:
    words: dict[str, set[str]] = {"kind": set(Kind), "action": set(Action), "host_basis": set(HostBasis)}
    wrong = [
        (name, column, event[column])
        for name, event in everything()
        for column, allowed in words.items()
        if event.get(column) is not None and event[column] not in allowed
    ]
    wrong += [
        (name, "host", host) for name, event in everything() if (host := event.get("host")) and not _is_host(host)
    ]
    wrong += [
        (name, column, event[column])
        for name, event in everything()
        for column in ("src_ip", "dst_ip")
        if event.get(column) and not _is_address(event[column])
    ]
    wrong += [
        (name, "method", method)
        for name, event in everything()
        if (method := event.get("method")) and not method.isupper()
    ]
    assert wrong == []


def _is_host(host: str) -> bool:
    return host == host.lower() and not host.endswith(".") and "/" not in host and " " not in host


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def test_no_file_is_named_otherwise() -> None:
    assert [path.name for path in BUILT_IN.iterdir() if path.suffix != ".yaml"] == []
