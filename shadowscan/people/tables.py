"""CSV files that people write or export: columns checked, rows with their line numbers."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from shadowscan.errors import UsageError
from shadowscan.yamlfile import nearest, read_text

_SEPARATORS = ",;\t"


def read_rows(path: Path, columns: Sequence[str], required: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line number, filled fields) of every row; lines that begin with # are remarks.

    The first row names the columns, in any order; comma, semicolon or tab separates them. UsageError for a column
    that is not known, one that is missing, or a row with more fields than columns.
    """
    lines = [(number, text) for number, text in enumerate(read_text(path).splitlines(), 1) if _counts(text)]
    if not lines:
        raise UsageError("no header", reason="the file is empty", where=f"{path}:1", hint=f"columns: {_list(columns)}")
    first, header = lines[0]
    separator = max(_SEPARATORS, key=header.count)
    names = [name.strip().lower() for name in _cells(header, separator)]
    _check_header(names, columns, required, f"{path}:{first}")
    for number, text in lines[1:]:
        cells = _cells(text, separator)
        if len(cells) > len(names):
            reason = f"{len(cells)} fields for {len(names)} columns, the last is {cells[-1]!r}"
            raise UsageError("a row is too long", reason=reason, where=f"{path}:{number}", hint="quote the separator")
        yield number, {name: cell.strip() for name, cell in zip(names, cells, strict=False) if cell.strip()}


def _counts(text: str) -> bool:
    return bool(text.strip()) and not text.startswith("#")


def _cells(text: str, separator: str) -> list[str]:
    return next(csv.reader([text], delimiter=separator))


def _check_header(names: Sequence[str], columns: Sequence[str], required: Sequence[str], where: str) -> None:
    for name in names:
        if name not in columns:
            hint = nearest(name, columns)
            raise UsageError(f"unknown column {name!r}", reason=f"columns: {_list(columns)}", where=where, hint=hint)
    for name in required:
        if name not in names:
            raise UsageError(f"no column {name!r}", reason=f"found {_list(names)}", where=where)


def _list(names: Sequence[str]) -> str:
    return ", ".join(names)
