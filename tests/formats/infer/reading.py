"""Reads lines as the engine does, with nothing but what inference makes of them."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from shadowscan.formats.compile import UNCLAIMED, CompiledFormat
from shadowscan.formats.detect import is_bare
from shadowscan.formats.infer import infer
from shadowscan.formats.spec import FormatSpec
from shadowscan.ingest.extract import Wanted, extract
from shadowscan.model.events import EVENT_COLUMN_NAMES
from shadowscan.store.scratch import Scratch
from tests.linetable import as_lines

REFERENCE = datetime(2025, 6, 1)  # noqa: DTZ001 - event times are UTC without a zone


def cases(name: str) -> list[dict[str, Any]]:
    """The cases of a YAML file beside this module."""
    found: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    return found


@cache
def _scratch() -> Scratch:
    return Scratch(threads=1)


def run(spec: FormatSpec, lines: Sequence[str]) -> list[dict[str, Any]]:
    """One row a line: outcome and all event columns."""
    compiled = CompiledFormat(spec, bare=is_bare(spec, lines))
    table = as_lines(lines, latest=REFERENCE)
    rows: list[dict[str, Any]] = extract(_scratch(), compiled, table, Wanted(EVENT_COLUMN_NAMES)).to_pylist()
    return sorted(rows, key=lambda row: row["_n"])


def events(lines: Sequence[str]) -> list[dict[str, Any]]:
    """The events in ``lines``: formats are inferred for what is left until nothing more is found."""
    found: dict[int, dict[str, Any]] = {}
    left = dict(enumerate(lines))
    while left and (spec := infer(list(left.values()))) is not None:
        claimed = {
            number: row
            for number, row in zip(left, run(spec, list(left.values())), strict=True)
            if row["outcome"] != UNCLAIMED
        }
        if not claimed:
            break
        found |= {number: row | {"format": spec.id} for number, row in claimed.items() if row["outcome"] == "event"}
        left = {number: line for number, line in left.items() if number not in claimed}
    return [found[number] for number in sorted(found)]


def shown(event: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    """The expected columns of an event, times as text."""
    return {name: str(event[name]) if name == "ts" else event[name] for name in expected}
