"""Reader of JSON records, one object a line, anywhere behind a syslog header."""

from collections.abc import Sequence

from shadowscan.formats.readers.base import Reader
from shadowscan.formats.sqltext import literal


class JsonReader(Reader):
    """One call extracts all paths: the text is parsed once a line.

    A raw field's name is its path: ``"event.http.hostname"``, ``"flows[0].mac"``.

    Keys that themselves hold dots (Zeek's ``id.orig_h``) are found too. Scalars come as text, objects and
    arrays as JSON text.
    """

    def prepare(self, fields: Sequence[str]) -> str:
        self._paths = {name: _candidates(name) for name in fields}
        flat = [path for candidates in self._paths.values() for path in candidates]
        paths = ", ".join(literal(path) for path in flat)
        # Parsed twice, yet four times cheaper: where one text of a vector is no JSON, TRY goes over it row by row.
        return f"TRY(CASE WHEN json_valid(_p) THEN json_extract_string(_p, [{paths}]) END)"

    def field(self, name: str) -> str | None:
        before = 0
        for known, candidates in self._paths.items():
            if known == name:
                cells = [f"_r[{before + number}]" for number in range(1, len(candidates) + 1)]
                return cells[0] if len(cells) == 1 else f"coalesce({', '.join(cells)})"
            before += len(candidates)
        return None

    def valid(self) -> str:
        return "_r IS NOT NULL"


def _candidates(name: str) -> tuple[str, ...]:
    """JSON paths a raw field may stand under: nested, and as one key that holds dots."""
    whole = f'$."{name}"'
    if "." not in name and "[" not in name:
        return (whole,)
    nested = "$" + "".join(_step(part) for part in name.split("."))
    return (nested, whole) if "[" not in name else (nested,)


def _step(part: str) -> str:
    key, bracket, index = part.partition("[")
    return f'."{key}"{bracket}{index}' if key else f"{bracket}{index}"
