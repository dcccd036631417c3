"""Formats out of samples of positional records: CSV and its kin, with or without a header; words between blanks."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from shadowscan.formats.dictionary import dictionary
from shadowscan.formats.infer.assign import assign, has_target
from shadowscan.formats.infer.cells import DIALECTS, FEWEST_CELLS, best_dialect, columns_of, cut, is_prose, telling
from shadowscan.formats.infer.roles import roles
from shadowscan.formats.infer.unnamed import MOST
from shadowscan.formats.infer.values import NULLS, is_ip, is_request_line, share
from shadowscan.formats.spec import FormatSpec, ReaderSpec, SkipRule
from shadowscan.formats.sqltext import literal
from shadowscan.formats.syslog import payload_pattern, peel

_NAME = re.compile(r"[A-Za-z_#@][\w .()/#@-]{0,60}")
FEWEST_NAMES = 3
MOST_LAYOUTS = 6
FEWEST_SEPARATORS = 6
"""In a record whose dialect the other lines of the file do not share."""
HEADED = (*(ReaderSpec("csv", separator=separator) for separator in "\t,;|"), ReaderSpec("split", quoted=True))
"""Readers of tables whose first line names the columns; AWS flow logs have blanks between them."""


def header_format(lines: Sequence[str]) -> FormatSpec | None:
    """A table whose first line names the columns."""
    first = lines[0]
    if "{" in first:
        return None
    for reader in HEADED:
        names = cut(reader, first)
        if not _is_header(names) or (reader.kind == "split" and not _is_as_wide(names, lines[1:], reader)):
            continue
        rows = [cells for line in lines[1:] if len(cells := cut(reader, line)) >= len(names) // 2]
        columns = assign(columns_of(rows, names)) if rows else {}
        if not has_target(columns):
            continue
        checks = [f"c{number + 1} = {literal(name)}" for number, name in enumerate(names[:3])]
        return replace(
            _draft(reader, min(map(len, rows)), rows),
            columns=columns,
            skip=(SkipRule(" AND ".join(checks), "header"),),
        )
    return None


def _is_as_wide(names: Sequence[str], lines: Sequence[str], reader: ReaderSpec) -> bool:
    """Tell whether the rows are as wide as the header: between blanks a sentence may look like one."""
    return len(names) > FEWEST_SEPARATORS and share(lines, lambda line: len(cut(reader, line)) == len(names)) >= MOST


def _is_header(names: Sequence[str]) -> bool:
    if len(names) < FEWEST_NAMES or len(set(names)) < len(names) * 0.8:
        return False
    named = [name for name in names if _NAME.fullmatch(name)]
    known = [name for name in named if dictionary().meanings(name)]
    return len(named) >= len(names) * 0.9 and len(known) >= FEWEST_NAMES and not any(map(is_ip, names))


def table_format(lines: Sequence[str]) -> FormatSpec | None:
    """A table without a header: columns are told by their values; records of several layouts are told apart."""
    peeled = [peel(line) for line in lines]
    for reader, members in _groups(peeled):
        rows = [cells for _, record in members if (cells := cut(reader, record)) and telling(cells)]
        layouts = [found for group in _layouts(rows) if _is_network(found := roles(columns_of(group)))]
        if layouts:
            return _described(reader, rows, layouts[:MOST_LAYOUTS], {form for form, _ in members})
    return None


def _groups(peeled: Sequence[tuple[str, str]]) -> Iterator[tuple[ReaderSpec, list[tuple[str, str]]]]:
    """The dialect that cuts most of the records well, then those of the few among other lines."""
    reader = best_dialect([record for _, record in peeled])
    if reader is not None:
        yield reader, [item for item in peeled if not is_prose(cut(reader, item[1]))]
    for dialect in DIALECTS[:-1]:
        members = [item for item in peeled if item[1].count(dialect.separator) >= FEWEST_SEPARATORS]
        if members and dialect != reader:
            yield dialect, members


def _described(
    reader: ReaderSpec, rows: Sequence[Sequence[str]], layouts: Sequence[Mapping[str, str]], forms: set[str]
) -> FormatSpec:
    return replace(
        _draft(reader, FEWEST_CELLS, rows),
        columns=_merged(layouts),
        payload=payload_pattern(forms),
        only=f"({' OR '.join(f'({_mark(layout)})' for layout in layouts)})",
        hostless=any("method" in layout for layout in layouts),
    )


def _is_network(layout: Mapping[str, str]) -> bool:
    """Tell whether a layout has a client's address and what it asked for."""
    return "src_ip" in layout and (has_target(layout) or "method" in layout)


def _layouts(rows: Sequence[Sequence[str]]) -> list[list[Sequence[str]]]:
    """Group rows by where their first addresses stand: records of one log may have layouts of their own."""
    groups: dict[tuple[int, ...], list[Sequence[str]]] = {}
    for row in rows:
        places = [number for number, cell in enumerate(row[:60]) if is_ip(cell) and cell not in {"0.0.0.0", "::"}]  # noqa: S104
        request = next((number for number, cell in enumerate(row[:60]) if is_request_line(cell)), -1)
        together = next(((n, m) for n, m in pairwise(places) if m == n + 1), tuple(places[:2]))
        ends = together if len(places) > 2 else tuple(places)
        groups.setdefault((request, *ends), []).append(row)
    return sorted(groups.values(), key=len, reverse=True)


def _merged(layouts: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """One expression a column; where layouts differ, a record's addresses tell which it has."""
    if len(layouts) == 1:
        return dict(layouts[0])
    merged: dict[str, str] = {}
    for column in dict.fromkeys(name for layout in layouts for name in layout):
        cases = [f"WHEN {_mark(layout)} THEN {layout[column]}" for layout in layouts if column in layout]
        merged[column] = f"CASE {' '.join(cases)} END"
    return merged


def _mark(layout: Mapping[str, str]) -> str:
    """The condition under which a record has this layout."""
    addresses = [layout[name] for name in ("src_ip", "dst_ip") if re.fullmatch(r"c\d+", layout.get(name, ""))]
    marks = [f"ip_of({name}) IS NOT NULL" for name in addresses]
    if request := re.match(r"split_part\((c\d+)", layout.get("method", "")):
        marks.append(f"regexp_matches({request[1]}, '^[A-Z]{{3,12}} [^ ]')")
    return " AND ".join(marks)


def _draft(reader: ReaderSpec, minimum: int, rows: Sequence[Sequence[str]]) -> FormatSpec:
    words = {cell for row in rows for cell in row if cell.strip().lower() in NULLS} - {"", "-"}
    mark = re.escape(reader.separator) if reader.separator else r"\S\s+\S"
    return FormatSpec(
        id="generic-csv",
        title="table with columns told by header or values",
        vendor="",
        reference="",
        revision=1,
        reader=replace(reader, minimum=max(2, minimum)),
        columns={},
        detect=(mark,),
        null_values=("", "-", *sorted(words)[:4]),
        origin="inferred",
    )
