"""Positional records: cutting lines into cells as the readers do, and the columns that come of it."""

import re
from collections.abc import Sequence
from functools import lru_cache

from shadowscan.formats.infer.fields import Field
from shadowscan.formats.infer.times import is_time
from shadowscan.formats.infer.values import is_host, is_ip, is_null, is_url
from shadowscan.formats.spec import ReaderSpec

DIALECTS = (
    ReaderSpec("csv", separator="\t"),
    ReaderSpec("csv", separator=","),
    ReaderSpec("csv", separator=";"),
    ReaderSpec("csv", separator="|"),
    ReaderSpec("split", quoted=True),
)
FEWEST_CELLS = 4
MOST_CELLS = 400
MOST_WORDS = 0.5
_SPOKEN = re.compile(r"[A-Za-z]{2,}[:,.;]?|[a-z]+ [a-z ]+|:|->")
_WORD = re.compile(r'"(?:[^"\\]|\\.)*(?:"|$)|\[[^\]]*(?:\]|$)|\S+')


@lru_cache(maxsize=16)
def _cell(separator: str) -> re.Pattern[str]:
    escaped = re.escape(separator)
    return re.compile(f'{escaped}[ ]?("(?:[^"]|"")*(?:"|$)|[^{escaped}]*)')


def cut(reader: ReaderSpec, record: str) -> list[str]:
    """Return the cells of a record, as the engine's reader of that dialect gives them."""
    if reader.kind == "split" or (reader.kind == "w3c" and not reader.separator):
        return [cell.strip('"[]') for cell in _WORD.findall(record)][:MOST_CELLS]
    if '"' not in record:
        return [cell.strip(" ") for cell in record.split(reader.separator)][:MOST_CELLS]
    found = _cell(reader.separator).findall(reader.separator + record)
    return [cell[1:-1].replace('""', '"') if cell.startswith('"') else cell.strip(" ") for cell in found][:MOST_CELLS]


def telling(cells: Sequence[str]) -> int:
    """Count the cells whose text alone tells what they are: addresses, times, URLs, host names."""
    return sum(bool(cell) and (is_ip(cell) or is_time(cell) or is_url(cell) or is_host(cell)) for cell in cells)


def is_prose(cells: Sequence[str]) -> bool:
    """Tell whether a record reads like a sentence: most of its cells are words."""
    words = sum(_SPOKEN.fullmatch(cell) is not None for cell in cells)
    return words > MOST_WORDS * len(cells)


def best_dialect(records: Sequence[str]) -> ReaderSpec | None:
    """Return the dialect that cuts the records into the most telling cells; None if none makes a table of them."""
    best, top = None, 0.0
    for reader in DIALECTS:
        rows = [cut(reader, record) for record in records[:60]]
        rows = [row for row in rows if len(row) >= FEWEST_CELLS]
        if len(rows) * 2 < len(records[:60]):
            continue
        score = sum(map(telling, rows)) / len(records[:60])
        if score > top + 0.01:
            best, top = reader, score
    return best


def columns_of(rows: Sequence[Sequence[str]], titles: Sequence[str] = ()) -> list[Field]:
    """Turn rows of cells into fields ``c1``, ``c2`` ..., titled by a header where there is one."""
    width = max(map(len, rows), default=0)
    return [
        Field(
            f"c{number + 1}",
            titles[number] if number < len(titles) else "",
            tuple(_value(row, number) for row in rows),
        )
        for number in range(width)
    ]


def _value(row: Sequence[str], number: int) -> str | None:
    return row[number] if number < len(row) and not is_null(row[number]) else None
