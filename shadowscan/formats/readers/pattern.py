"""Reader of free-form lines: RE2 patterns with named groups, the first that matches cuts the record."""

import re
from collections.abc import Sequence

from shadowscan.formats.readers.base import Reader
from shadowscan.formats.sqltext import literal

_GROUP = re.compile(r"\(\?P<(\w+)>")


class RegexReader(Reader):
    """Each field is extracted with all other groups made non-capturing: RE2 is fast with a single capture."""

    costly = True

    def prepare(self, fields: Sequence[str]) -> str:
        cases = (
            f"WHEN regexp_matches(_p, {literal(capture(pattern, ''))}) THEN {number}"
            for number, pattern in enumerate(self.spec.patterns, 1)
        )
        return f"CASE {' '.join(cases)} END"

    def field(self, name: str) -> str | None:
        cases = [
            f"WHEN {number} THEN regexp_extract(_p, {literal(capture(pattern, name))}, 1)"
            for number, pattern in enumerate(self.spec.patterns, 1)
            if f"(?P<{name}>" in pattern
        ]
        return f"CASE _r {' '.join(cases)} END" if cases else None

    def valid(self) -> str:
        return "_r IS NOT NULL"


def capture(pattern: str, name: str) -> str:
    """Return ``pattern`` with only the group ``name`` capturing."""
    return _GROUP.sub(lambda group: "(" if group[1] == name else "(?:", pattern)


def groups(pattern: str) -> tuple[str, ...]:
    """Names of the groups of a pattern."""
    return tuple(_GROUP.findall(pattern))
