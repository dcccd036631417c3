"""One format over lines: records are cut into cells, or values of keys, first, all else is done in SQL."""

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from shadowscan.formats.compile import CompiledFormat, Extra
from shadowscan.ingest.ahead import ahead
from shadowscan.ingest.cut import cut
from shadowscan.ingest.pairs import cut_pairs
from shadowscan.store.scratch import Scratch

PIECE_BYTES = 6 << 20
"""Text that is cut at a time while what was cut before is computed."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Result columns of one pass: event columns, and what is computed from them."""

    columns: tuple[str, ...]
    extras: tuple[Extra, ...] = ()


def extract(scratch: Scratch, compiled: CompiledFormat, lines: pa.Table, wanted: Wanted) -> pa.Table:
    """Return ``_n``, ``_off``, outcome and the wanted columns, in no particular order; QueryError as ``Scratch``."""
    latest = pa.scalar(compiled.reference.replace(tzinfo=None), pa.timestamp("us"))
    lines = lines.append_column("_reference", pa.repeat(latest, len(lines)))
    if cells := compiled.cells(wanted.columns, wanted.extras):
        pieces = (cut(piece, *cells) for piece in _pieces(lines))
    elif pairs := compiled.pairs(wanted.columns, wanted.extras):
        pieces = (cut_pairs(piece, pairs) for piece in _pieces(lines))
    else:
        return _computed(scratch, compiled, lines, wanted, are_cut=False)
    parts = []
    for ready, left in ahead(pieces):
        parts.append(_computed(scratch, compiled, ready, wanted, are_cut=True))
        if len(left):
            parts.append(_computed(scratch, compiled, left, wanted, are_cut=False))
    return pa.concat_tables(parts)


def _pieces(lines: pa.Table) -> Iterator[pa.Table]:
    """Cut a large chunk into pieces that stay in the processor's cache; at least one."""
    rows = max(1, len(lines) * PIECE_BYTES // max(1, lines["_line"].nbytes))
    for start in range(0, max(1, len(lines)), rows):
        yield lines.slice(start, rows)


def _computed(
    scratch: Scratch, compiled: CompiledFormat, lines: pa.Table, wanted: Wanted, *, are_cut: bool
) -> pa.Table:
    return scratch.query(
        lines,
        lambda relation: compiled.query(relation, wanted.columns, wanted.extras, cut=are_cut),
    )
