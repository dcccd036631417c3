"""One format over lines: values are cut from the records first, all else is done in SQL.

Where lines are many, columns that are made of cells which repeat are computed once per distinct value.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shadowscan.formats.compile import AIMED, CompiledFormat, Extra
from shadowscan.formats.distinct import ADDRESS, Division, divide
from shadowscan.ingest.cut import CODED, Aside, cut
from shadowscan.ingest.values import Values, coded
from shadowscan.store.scratch import QueryError, Scratch

MANY = 20_000
"""Lines from which on it pays to compute columns of values: each group of them is a query of its own."""
_ROW = "_row"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Result columns of one pass: event columns, and what is computed from them."""

    columns: tuple[str, ...]
    extras: tuple[Extra, ...] = ()
    by_value: bool = False
    """Text may come as Arrow dictionaries, which are computed once per distinct value."""

    @property
    def names(self) -> tuple[str, ...]:
        """All result columns."""
        return (*self.columns, *(extra.name for extra in self.extras))


def extract(
    scratch: Scratch, compiled: CompiledFormat, lines: pa.Table, wanted: Wanted, values: Values | None = None
) -> pa.Table:
    """Return ``_n``, ``_off``, outcome and the wanted columns, one row a line, in no particular order.

    The lines are as ``formats.compile`` reads them; ``values`` remembers what was computed of values that it has met.
    QueryError as ``Scratch``.
    """
    plan = compiled.cutting(wanted.columns, wanted.extras)
    if plan is None:
        return _computed(scratch, compiled, lines, wanted)
    aside = Aside()
    division = divide(compiled, wanted.columns, wanted.extras) if wanted.by_value and len(lines) >= MANY else None
    try:
        if division and values:
            result = _divided(compiled, lines, division, aside, values)
        else:
            batches = cut(lines, plan, aside)
            result = _computed(scratch, compiled, batches, wanted, are_cut=True)
    except QueryError:
        if aside.stopped:
            raise aside.stopped from None
        raise
    result = result.select(["_n", "_off", "outcome", *wanted.names])
    if not aside.left:
        return result
    return stacked([result, _computed(scratch, compiled, pa.Table.from_batches(aside.left), wanted)])


def stacked(parts: Sequence[pa.Table]) -> pa.Table:
    """Put results together; a column that is coded in one of them becomes it in all."""
    names = parts[0].column_names
    for name in names:
        kinds = {part.schema.field(name).type for part in parts}
        if len(kinds) > 1:
            parts = [_with_coded(part, name) for part in parts]
    return pa.concat_tables([part.select(names) for part in parts])


def _with_coded(table: pa.Table, name: str) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, table[name].dictionary_encode())


def _divided(compiled: CompiledFormat, lines: pa.Table, division: Division, aside: Aside, values: Values) -> pa.Table:
    """Compute what can be computed of values, and the rest line by line."""
    plan = compiled.cutting(division.columns, division.extras, aimed=True)
    if plan is None:
        raise ValueError("records that only SQL cuts have no cells")
    table = cut(lines, plan, aside, division.cells).read_all()
    names = [f"{CODED}{number}" for number in range(len(division.cells))]
    codes = {cell: coded(table[name]) for cell, name in zip(division.cells, names, strict=True)}
    known = values.columns(compiled, division.groups, codes, len(table))
    aimed = pc.or_(pc.is_valid(known["host"]), pc.is_valid(known[ADDRESS]))
    table = table.drop_columns(names).append_column(AIMED, aimed)
    table = table.append_column(_ROW, pa.array(np.arange(len(table), dtype=np.int32)))
    result = values.scratch.query(
        table,
        lambda relation: compiled.query(
            relation, division.columns, division.extras, cut=True, aimed=True, carried=(_ROW,)
        ),
    )
    rows = result[_ROW].combine_chunks()
    for name, column in known.items():
        result = result.append_column(name, column.take(rows))
    return result


def _computed(
    scratch: Scratch,
    compiled: CompiledFormat,
    lines: pa.Table | pa.RecordBatchReader,
    wanted: Wanted,
    *,
    are_cut: bool = False,
) -> pa.Table:
    return scratch.query(
        lines,
        lambda relation: compiled.query(relation, wanted.columns, wanted.extras, cut=are_cut),
    )
