"""Which columns can be computed once per distinct value instead of once a line, and from what.

A device, an action or a user is made of one or two cells of a record that hold the same few values again and again. Of
a URL many columns need no more than its beginning, which repeats as well.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shadowscan.formats.compile import RECORD, CompiledFormat, Extra
from shadowscan.formats.readers import NativeReader, reader_for
from shadowscan.formats.sqltext import identifier, names_in
from shadowscan.formats.targets import DEVICE, dependencies
from shadowscan.model.events import EVENT_COLUMNS

ADDRESS = "dst_ip"
_MOST_CELLS = 4
"""Cells of one group: combinations of more repeat too rarely."""
_VARIED = frozenset({"url_path", "url_query", "referrer", "file_name", "answers", "detail"})
"""Text that is another in almost every record."""
_TEXTS = frozenset({column.name for column in EVENT_COLUMNS if column.sql_type == "VARCHAR"} - _VARIED) | {DEVICE}
_OF_URL_START = frozenset({"host", "host_basis", "kind"})
"""Columns that depend on a URL's scheme and authority, and on whether a path follows, and on nothing else of it."""
_ONLY_SHAPE = re.compile(r"\b(?:CASE|WHEN|NOT|THEN|END)\b|starts_with\(\s*\0\s*,\s*'[^'/]*'\s*\)|\0|\s", re.IGNORECASE)
"""What an expression may consist of that hands a field (here NUL) on unchanged, or not at all."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A raw field as far as it is needed."""

    field: str
    start_only: bool = False
    """A URL without what follows the first slash behind its host."""


@dataclass(frozen=True, slots=True)
class Group:
    """Columns made of the same cells."""

    cells: tuple[Cell, ...]
    columns: tuple[str, ...]
    extras: tuple[Extra, ...]


@dataclass(frozen=True, slots=True)
class Division:
    """What is computed of values, and what is left to be computed for every line."""

    groups: tuple[Group, ...]
    columns: tuple[str, ...]
    extras: tuple[Extra, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        """All cells of the groups."""
        return tuple(dict.fromkeys(cell for group in self.groups for cell in group.cells))


def divide(compiled: CompiledFormat, columns: Sequence[str], extras: Sequence[Extra]) -> Division | None:
    """Tell what can be computed of values; None where too little can: host and address are what matters.

    The groups' columns then hold the address beside those asked for.
    """
    if not isinstance(reader_for(compiled.spec.reader, compiled.names), NativeReader):
        return None
    members: dict[tuple[Cell, ...], tuple[list[str], list[Extra]]] = {}
    asked = dict.fromkeys([*columns, "host", ADDRESS])
    for name in asked:
        if name in _TEXTS and (cells := _cells(compiled, (name,), presence=False)) is not None:
            members.setdefault(cells, ([], []))[0].append(name)
    for extra in extras:
        if (
            extra.needs
            and not extra.rarely
            and (cells := _cells(compiled, extra.needs, presence=extra.presence)) is not None
        ):
            members.setdefault(cells, ([], []))[1].append(extra)
    groups = tuple(Group(cells, tuple(names), tuple(further)) for cells, (names, further) in members.items())
    apart = {name for group in groups for name in group.columns}
    if not {"host", ADDRESS} <= apart:
        return None
    rest = tuple(extra for extra in extras if not any(extra in group.extras for group in groups))
    return Division(groups, tuple(name for name in columns if name not in apart), rest)


def _cells(compiled: CompiledFormat, columns: Sequence[str], *, presence: bool) -> tuple[Cell, ...] | None:
    """Return the cells that columns are made of, in the order of ``value_fields``; None if of something else too."""
    reader = reader_for(compiled.spec.reader, compiled.names)
    starts = presence or set(columns) <= _OF_URL_START
    cells: dict[str, Cell] = {}
    for target in dependencies(columns):
        expression = compiled.expression(target) or ""
        of_url = target in {"url", "url_path"}
        for name in names_in(expression):
            if name != RECORD and reader.field(name) is None:
                continue  # this layout has no such field
            if name == RECORD or not (isinstance(reader, NativeReader) and reader.cuts(name)):
                return None
            if of_url and not (starts and _of_start(target, expression, name)):
                return None
            if name in cells and cells[name].start_only != of_url:
                return None
            cells[name] = Cell(name, of_url)
    found = tuple(cells[name] for name in compiled.value_fields(columns) if name in cells)
    return found if len(found) <= _MOST_CELLS else None


def _of_start(target: str, expression: str, name: str) -> bool:
    """Tell whether an expression depends on a URL's beginning, for what ``_OF_URL_START`` need of it."""
    field = rf"(?:{re.escape(identifier(name))}|\b{re.escape(name)}\b(?!\s*\())"
    if target == "url_path":
        return re.fullmatch(rf"\s*url_path\(\s*{field}\s*\)\s*", expression) is not None
    return not _ONLY_SHAPE.sub("", re.sub(field, "\0", expression))
