"""Formats for logs that nobody described: made out of a sample of lines."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from shadowscan.formats.infer.assign import assign, has_target
from shadowscan.formats.infer.cells import columns_of, cut
from shadowscan.formats.infer.fields import Field
from shadowscan.formats.infer.keyed import cef_format, json_format, leef_format
from shadowscan.formats.infer.pairs import kv_format
from shadowscan.formats.infer.shapes import by_shape
from shadowscan.formats.infer.table import header_format, table_format
from shadowscan.formats.infer.text import REQUESTS, SENTENCES, text_format
from shadowscan.formats.spec import FormatSpec
from shadowscan.formats.sqltext import names_in

MAKERS: Mapping[str, Callable[[Sequence[str]], FormatSpec | None]] = {
    "json": json_format,
    "cef": cef_format,
    "leef": leef_format,
    "kv": kv_format,
    "colon": kv_format,
}
__all__ = ["infer", "titled"]


def infer(lines: Sequence[str]) -> FormatSpec | None:
    """Return a format for the commonest kind of network record among the lines; None if there is none."""
    texts = [line for line in lines if line.strip()]
    if not texts:
        return None
    if table := header_format(texts):
        return table
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


def titled(spec: FormatSpec, names: Sequence[str], lines: Sequence[str]) -> FormatSpec:
    """Complete a format whose columns the file's header names, where none of those it knows tells a destination.

    ``lines`` are rows of the sample, by which the names are judged.
    """
    filled = {
        column: expression
        for column, expression in spec.columns.items()
        if not (used := names_in(expression)) or not set(used).isdisjoint(names)
    }
    if has_target(filled):
        return spec
    rows = [cells for line in lines if len(cells := cut(spec.reader, line)) == len(names)]
    fields = [Field(name, name, column.values) for name, column in zip(names, columns_of(rows), strict=False)]
    return replace(spec, columns=assign(fields) | filled)
