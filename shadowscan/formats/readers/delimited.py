"""Readers of positional records: split (blanks, tabs), csv (RFC 4180), w3c and Zeek TSV (a header names columns)."""

import re
from abc import abstractmethod
from collections.abc import Sequence

from shadowscan.formats.readers.base import Cutting
from shadowscan.formats.readers.cells import cut_cells
from shadowscan.formats.readers.native import CELLS, NativeReader
from shadowscan.formats.readers.text import Cut, Text
from shadowscan.formats.sqltext import literal

_POSITION = re.compile(r"c(\d+)$")
_MASK = "chr(31)"
_QUOTED_W3C = r'"(?:[^"]|"")*"|\S+'
_QUOTED_OR_PLAIN = r'"(?:[^"\\]|\\.)*"|\[[^\]]*\]|\S+'


class Positional(NativeReader):
    """A record is a row of cells."""

    counts_cells = True

    def position(self, name: str) -> int | None:
        """1-based position of a raw field: by the layout's names, else by the generic name ``c<N>``."""
        if name in self.names:
            return self.names.index(name) + 1
        numbered = _POSITION.match(name)
        return int(numbered[1]) or None if numbered else None

    @abstractmethod
    def cutting(self) -> Cutting | None:
        """Return the rule by which ordinary records are cut into cells; None if only SQL can cut them."""

    @property
    def native(self) -> bool:
        return self.cutting() is not None

    def cuts(self, name: str) -> bool:
        return self.position(name) is not None

    def cut(self, text: Text, names: Sequence[str]) -> Cut:
        positions = {name: position for name in names if (position := self.position(name))}
        cutting = self.cutting()
        if cutting is None:
            raise ValueError("these records are for SQL only")
        return cut_cells(text, cutting, positions)

    def valid(self) -> str | None:
        return self._wide_enough("len(_r)")

    def valid_once_cut(self) -> str | None:
        return self._wide_enough(CELLS)

    def _wide_enough(self, count: str) -> str | None:
        """Return the condition on the number of cells under which a record is one of this layout."""
        return f"{count} >= {self.spec.minimum}" if self.spec.minimum else None


class SplitReader(Positional):
    """Fields between blanks (runs count as one) or between one given separator; optionally quoted."""

    def prepare(self, fields: Sequence[str]) -> str:
        separator = self.spec.separator
        if self.spec.quoted:
            return f"regexp_extract_all(_p, {literal(_QUOTED_OR_PLAIN)})"
        if separator:
            return f"string_split(_p, {literal(separator)})"
        # Squid pads its second column with blanks; three replacements are three times cheaper than a regex, and make
        # one blank of up to ten.
        squeezed = "replace(replace(replace(_p, '    ', ' '), '  ', ' '), '  ', ' ')"
        many = f"WHEN contains(_p, {literal(' ' * 11)}) THEN regexp_replace(_p, ' +', ' ', 'g')"
        return f"string_split(CASE WHEN NOT contains(_p, '  ') THEN _p {many} ELSE {squeezed} END, ' ')"

    def field(self, name: str) -> str | None:
        position = self.position(name)
        if position is None:
            return None
        return f"trim(_r[{position}], '\"[]')" if self.spec.quoted else f"_r[{position}]"

    def cutting(self) -> Cutting | None:
        separator = self.spec.separator or " "
        plain = len(separator) == 1 and separator.isascii() and not self.spec.quoted
        return Cutting(separator, runs=not self.spec.separator) if plain else None


class CsvReader(Positional):
    """Comma (or otherwise) separated values; quoted fields with doubled quotes as in RFC 4180.

    Lines without a quote split cheaply. Else every second piece between quotes is the inside of a field: there the
    separators are masked, then the line splits as any other (fourteen times faster than one match a field). Where all
    fields are quoted, the quotes and separators between them split alone. Only a line with an odd number of quotes,
    where pieces don't alternate, is matched field by field.
    """

    def prepare(self, fields: Sequence[str]) -> str:
        separator = self.spec.separator or ","
        split = f"string_split(_p, {literal(separator)})"
        odd = "(strlen(_p) - strlen(replace(_p, '\"', ''))) % 2 = 1"
        return (
            f"CASE WHEN NOT contains(_p, '\"') THEN {split} WHEN {_all_quoted(separator)} THEN {_unwrapped(separator)} "
            f"WHEN {odd} THEN {_matched(separator)} ELSE {_masked(separator)} END"
        )

    def field(self, name: str) -> str | None:
        position = self.position(name)
        if position is None:
            return None
        return f"replace(trim(_r[{position}]), {_MASK}, {literal(self.spec.separator or ',')})"

    def cutting(self) -> Cutting | None:
        separator = self.spec.separator or ","
        plain = len(separator) == 1 and separator.isascii()
        return Cutting(separator, quotes=True, trimmed=True) if plain else None


def _all_quoted(separator: str) -> str:
    pattern = f'"[^"]*"(?:{re.escape(separator)}"[^"]*")*'
    return f"starts_with(_p, '\"') AND regexp_full_match(_p, {literal(pattern)})"


def _unwrapped(separator: str) -> str:
    bounds = f'"{separator}"'
    return f"string_split(_p[2:-2], {literal(bounds)})"


def _matched(separator: str) -> str:
    """One match a field; the leading separator keeps every match non-empty."""
    escaped = re.escape(separator)
    pattern = f'{escaped}[ ]?("(?:[^"]|"")*"|[^{escaped}]*)'
    cells = f"regexp_extract_all({literal(separator)} || _p, {literal(pattern)}, 1)"
    bare = "CASE WHEN starts_with(x, '\"') THEN replace(x[2:-2], '\"\"', '\"') ELSE x END"
    return f"list_transform({cells}, lambda x: {bare})"


def _masked(separator: str) -> str:
    """Cells without their quotes, separators inside masked; an empty piece between two insides is a doubled quote."""
    inside = f"replace(x, {literal(separator)}, {_MASK})"
    pieces = "list_transform(string_split(_p || ' ', '\"'), lambda x, i: "
    pieces += f"CASE WHEN i % 2 = 0 THEN {inside} WHEN x = '' AND i > 1 THEN '\"' ELSE x END)"
    return f"string_split(array_to_string({pieces}, ''), {literal(separator)})"


class W3cReader(SplitReader):
    """W3C extended log format and its kin: the file's own header names the columns.

    Values with blanks stand in double quotes (ProxySG); most lines have none and split cheaply.
    Source: https://www.w3.org/TR/WD-logfile.html
    """

    def prepare(self, fields: Sequence[str]) -> str:
        if self.spec.separator:
            return super().prepare(fields)
        quoted = f"regexp_extract_all(_p, {literal(_QUOTED_W3C)})"
        return f"CASE WHEN contains(_p, '\"') THEN {quoted} ELSE {super().prepare(fields)} END"

    def field(self, name: str) -> str | None:
        cell = super().field(name)
        return f"trim({cell}, '\"')" if cell and not self.spec.separator else cell

    def cutting(self) -> Cutting | None:
        return super().cutting() if self.spec.separator else Cutting(" ", runs=True, quotes=True)

    def _wide_enough(self, count: str) -> str:
        return f"{count} BETWEEN {max(len(self.names) - 1, 1)} AND {len(self.names) + 1}"
