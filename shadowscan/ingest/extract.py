"""One format over lines: values are cut from the records first, all else is done in SQL."""

from dataclasses import dataclass

import pyarrow as pa

from shadowscan.formats.compile import CompiledFormat, Extra
from shadowscan.ingest.cut import Aside, cut
from shadowscan.store.scratch import QueryError, Scratch


@dataclass(frozen=True, slots=True)
class Wanted:
    """Result columns of one pass: event columns, and what is computed from them."""

    columns: tuple[str, ...]
    extras: tuple[Extra, ...] = ()


def extract(scratch: Scratch, compiled: CompiledFormat, lines: pa.Table, wanted: Wanted) -> pa.Table:
    """Return ``_n``, ``_off``, outcome and the wanted columns, in no particular order; QueryError as ``Scratch``."""
    latest = pa.scalar(compiled.reference.replace(tzinfo=None), pa.timestamp("us"))
    lines = lines.append_column("_reference", pa.repeat(latest, len(lines)))
    plan = compiled.cutting(wanted.columns, wanted.extras)
    if plan is None:
        return _computed(scratch, compiled, lines, wanted)
    aside = Aside()
    try:
        result = _computed(scratch, compiled, cut(lines, plan, aside), wanted, are_cut=True)
    except QueryError:
        if aside.stopped:
            raise aside.stopped from None
        raise
    if not aside.left:
        return result
    return pa.concat_tables([result, _computed(scratch, compiled, pa.Table.from_batches(aside.left), wanted)])


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
