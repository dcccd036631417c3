"""Records that numpy cuts give what the same format's SQL gives, whatever was done to their lines."""

import random
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from shadowscan.formats.compile import CompiledFormat
from shadowscan.formats.library import load_library
from shadowscan.formats.spec import FormatSpec
from shadowscan.ingest.cut import Aside, cut
from shadowscan.model.events import EVENT_COLUMN_NAMES
from shadowscan.store.scratch import Scratch
from tests.linetable import as_lines

SAMPLES = Path(__file__).parents[2] / "samples" / "formats"
LIBRARY = load_library()
NATIVE = [
    "paloalto-ngfw",
    "cisco-umbrella-firewall",
    "zscaler-zia",
    "squid",
    "fortinet-fortigate",
    "fortinet-fortigate-csv",
    "zscaler-zia-kv",
    "checkpoint-splunk",
    "mcafee-mwg-short",
    "sonicwall",
    "fortinet-fortigate-cef",
    "paloalto-ngfw-cef",
    "paloalto-ngfw-leef",
    "zscaler-zia-leef",
    "watchguard-firebox-leef",
]
PIECES = [
    '"',
    '""',
    "\\",
    "=",
    " a=b ",
    "|",
    "\t",
    "#011",
    " ",
    "'",
    "é",
    ",",
    "\\=",
    "?x=y&z=1",
    "<14>",
    " src=192.0.2.9 ",
]


@pytest.fixture(scope="module")
def scratch() -> Iterator[Scratch]:
    with Scratch() as opened:
        yield opened


def mutated(dice: random.Random, line: str) -> str:
    """Return the line with a few pieces put in or a few characters taken out."""
    for _ in range(dice.randint(1, 3)):
        place = dice.randrange(len(line) + 1)
        if dice.random() < 0.6:
            line = line[:place] + dice.choice(PIECES) + line[place:]
        else:
            line = line[:place] + line[place + dice.randint(1, 4) :]
    return line


def rows(scratch: Scratch, spec: FormatSpec, lines: list[str]) -> tuple[list[object], list[object]]:
    """Return the rows that SQL alone gives for the lines that could be cut, and those behind the cut."""
    table = as_lines(lines, latest=datetime(2026, 11, 24))  # noqa: DTZ001 - UTC
    compiled = CompiledFormat(spec)
    plan = compiled.cutting(EVENT_COLUMN_NAMES)
    assert plan is not None
    aside = Aside()
    ready = cut(table, plan, aside).read_all()
    uncut = {number for batch in aside.left for number in batch["_n"].to_pylist()}
    assert len(uncut) < len(lines) / 2
    assert len(uncut) + len(ready) == len(lines)
    alone = scratch.query(table, lambda name: compiled.query(name, EVENT_COLUMN_NAMES)).sort_by("_n").to_pylist()
    behind = scratch.query(ready, lambda name: compiled.query(name, EVENT_COLUMN_NAMES, cut=True))
    return [row for row in alone if row["_n"] not in uncut], behind.sort_by("_n").to_pylist()


@pytest.mark.parametrize("name", NATIVE)
def test_cutting_and_sql_agree(name: str, scratch: Scratch) -> None:
    spec = LIBRARY.get(name)
    dice = random.Random(spec.id)
    sample = (SAMPLES / spec.id / "sample.log").read_text(encoding="utf-8").splitlines()
    lines = [*sample, "", "é", *(mutated(dice, dice.choice(sample)) for _ in range(300))]
    alone, behind = rows(scratch, spec, lines)
    for expected, found in zip(alone, behind, strict=True):
        assert found == expected
