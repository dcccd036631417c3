"""Readers of positional records: split (blanks, tabs), csv (RFC 4180), w3c and Zeek TSV (a header names columns)."""

import re
from collections.abc import Sequence

from shadowscan.formats.readers.base import Reader
from shadowscan.formats.sqltext import literal

_POSITION = re.compile(r"c(\d+)$")
_QUOTED_W3C = r'"(?:[^"]|"")*"|\S+'
_QUOTED_OR_PLAIN = r'"(?:[^"\\]|\\.)*"|\[[^\]]*\]|\S+'


class _Positional(Reader):
    def position(self, name: str) -> int | None:
        """1-based position of a raw field: by the layout's names, else by the generic name ``c<N>``."""
        if name in self.names:
            return self.names.index(name) + 1
        numbered = _POSITION.match(name)
        return int(numbered[1]) if numbered else None

    def valid(self) -> str | None:
        return f"len(_r) >= {self.spec.minimum}" if self.spec.minimum else None


class SplitReader(_Positional):
    """Fields between blanks (runs count as one) or between one given separator; optionally quoted."""

    def prepare(self, fields: Sequence[str]) -> str:
        separator = self.spec.separator
        if self.spec.quoted:
            return f"regexp_extract_all(_p, {literal(_QUOTED_OR_PLAIN)})"
        if separator:
            return f"string_split(_p, {literal(separator)})"
        # Squid pads its second column with blanks; three replacements are three times cheaper than a regex.
        squeezed = "replace(replace(replace(_p, '    ', ' '), '  ', ' '), '  ', ' ')"
        return f"string_split(CASE WHEN contains(_p, '  ') THEN {squeezed} ELSE _p END, ' ')"

    def field(self, name: str) -> str | None:
        position = self.position(name)
        if position is None:
            return None
        return f"trim(_r[{position}], '\"[]')" if self.spec.quoted else f"_r[{position}]"


class CsvReader(_Positional):
    """Comma (or otherwise) separated values; quoted fields with doubled quotes as in RFC 4180."""

    def prepare(self, fields: Sequence[str]) -> str:
        separator = self.spec.separator or ","
        escaped = re.escape(separator)
        pattern = f'{escaped}[ ]?("(?:[^"]|"")*"|[^{escaped}]*)'
        # The leading separator keeps every match non-empty; most lines have no quote and split cheaply.
        return (
            f"CASE WHEN contains(_p, '\"') THEN regexp_extract_all({literal(separator)} || _p, {literal(pattern)}, 1) "
            f"ELSE string_split(_p, {literal(separator)}) END"
        )

    def field(self, name: str) -> str | None:
        position = self.position(name)
        if position is None:
            return None
        cell = f"_r[{position}]"
        return f"CASE WHEN starts_with({cell}, '\"') THEN replace({cell}[2:-2], '\"\"', '\"') ELSE trim({cell}) END"


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

    def valid(self) -> str:
        return f"len(_r) BETWEEN {max(len(self.names) - 1, 1)} AND {len(self.names) + 1}"
