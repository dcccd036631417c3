"""One format over lines: records are cut into cells, or values of keys, first, all else is done in SQL."""

from dataclasses import dataclass

import pyarrow as pa

from shadowscan.formats.compile import CompiledFormat, Extra
from shadowscan.ingest.cut import cut
from shadowscan.ingest.pairs import cut_pairs
from shadowscan.store.scratch import Scratch


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
        ready, left = cut(lines, *cells)
    elif pairs := compiled.pairs(wanted.columns, wanted.extras):
        ready, left = cut_pairs(lines, pairs)
    else:
        return _computed(scratch, compiled, lines, wanted, are_cut=False)
    result = _computed(scratch, compiled, ready, wanted, are_cut=True)
    if not len(left):
        return result
    return pa.concat_tables([result, _computed(scratch, compiled, left, wanted, are_cut=False)])


def _computed(
    scratch: Scratch, compiled: CompiledFormat, lines: pa.Table, wanted: Wanted, *, are_cut: bool
) -> pa.Table:
    return scratch.query(
        lines,
        lambda relation: compiled.query(relation, wanted.columns, wanted.extras, cut=are_cut),
    )
