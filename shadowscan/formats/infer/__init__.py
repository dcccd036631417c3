"""Formats for logs that nobody described: made out of a sample of lines."""

from collections.abc import Sequence

from shadowscan.formats.dictionary import dictionary
from shadowscan.formats.infer.assign import assign
from shadowscan.formats.infer.fields import Field
from shadowscan.formats.infer.keyed import MAKERS
from shadowscan.formats.infer.shapes import by_shape
from shadowscan.formats.spec import FormatSpec

__all__ = ["dictionary", "infer", "map_names"]


def infer(lines: Sequence[str]) -> FormatSpec | None:
    """Return a format for the commonest kind of network record among the lines; None if there is none."""
    texts = [line for line in lines if line.strip()]
    for shape, group in by_shape(texts).items():
        maker = MAKERS.get(shape)
        spec = maker(group) if maker else None
        if spec is not None:
            return spec
    return None


def map_names(names: Sequence[str]) -> dict[str, str]:
    """Return event column -> expression for fields of which only the names are known (a header)."""
    return assign([Field(name, name, ()) for name in names])
