"""Formats for logs that nobody described: made out of a sample of lines."""

from collections.abc import Callable, Mapping, Sequence

from shadowscan.formats.infer.assign import assign
from shadowscan.formats.infer.fields import Field
from shadowscan.formats.infer.keyed import cef_format, json_format, leef_format
from shadowscan.formats.infer.pairs import kv_format
from shadowscan.formats.infer.shapes import by_shape
from shadowscan.formats.infer.table import header_format, table_format
from shadowscan.formats.infer.text import REQUESTS, SENTENCES, text_format
from shadowscan.formats.spec import FormatSpec

MAKERS: Mapping[str, Callable[[Sequence[str]], FormatSpec | None]] = {
    "json": json_format,
    "cef": cef_format,
    "leef": leef_format,
    "kv": kv_format,
    "colon": kv_format,
}
__all__ = ["infer", "map_names"]


def infer(lines: Sequence[str]) -> FormatSpec | None:
    """Return a format for the commonest kind of network record among the lines; None if there is none."""
    texts = [line for line in lines if line.strip()]
    if not texts:
        return None
    if titled := header_format(texts):
        return titled
    positional: list[str] = []
    for shape, group in by_shape(texts).items():
        spec = MAKERS[shape](group) if shape in MAKERS else _positional(group)
        if spec is not None:
            return spec
        # An object that names no destination is no table either, however many commas it has.
        positional += group if shape != "json" else []
    return _positional(positional) if positional else None


def _positional(lines: Sequence[str]) -> FormatSpec | None:
    """A table, or sentences: words between blanks are a table only where no sentence is found in them."""
    table = table_format(lines)
    if table is not None and table.reader.kind == "csv":
        return table
    return text_format(lines, SENTENCES) or table or text_format(lines, REQUESTS)


def map_names(names: Sequence[str]) -> dict[str, str]:
    """Return event column -> expression for fields of which only the names are known (a header)."""
    return assign([Field(name, name, ()) for name in names])
