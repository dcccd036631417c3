"""Reader of free-form lines: RE2 patterns with named groups, the first that matches cuts the record."""

import re
from collections.abc import Sequence

from shadowscan.formats.readers.base import Reader
from shadowscan.formats.sqltext import literal

_GROUP = re.compile(r"\(\?P<(\w+)>")


class RegexReader(Reader):
    """One search cuts all fields of a record.

    RE2 needs about the same time (4 to 6 us) for one capture as for ten, and a fifth of it to only tell whether
    a pattern matches: so the first pattern that matches is found before its groups are.
    """

    def prepare(self, fields: Sequence[str]) -> str:
        cases = (
            f"WHEN regexp_matches(_p, {literal(capture(pattern, ()))}) THEN {_extract(pattern, fields)}"
            for pattern in self.spec.patterns
        )
        return f"CASE {' '.join(cases)} END"

    def field(self, name: str) -> str | None:
        known = any(name in groups(pattern) for pattern in self.spec.patterns)
        return f"struct_extract(_r, {literal(name)})" if known else None

    def valid(self) -> str:
        return "_r IS NOT NULL"


def _extract(pattern: str, fields: Sequence[str]) -> str:
    """Return SQL for a struct of the fields.

    Groups that this pattern lacks are appended empty, so that the structs of all patterns agree.
    """
    own = [name for name in groups(pattern) if name in fields]
    lacking = [name for name in fields if name not in own]
    names = ", ".join(literal(name) for name in [*own, *lacking])
    return (
        f"regexp_extract(_p, {literal(capture(pattern, own) + '()' * len(lacking))}, [{names}])" if fields else "TRUE"
    )


def capture(pattern: str, names: Sequence[str]) -> str:
    """Return ``pattern`` with only the named groups capturing."""
    return _GROUP.sub(lambda group: "(" if group[1] in names else "(?:", pattern)


def groups(pattern: str) -> tuple[str, ...]:
    """Names of the groups of a pattern."""
    return tuple(_GROUP.findall(pattern))
