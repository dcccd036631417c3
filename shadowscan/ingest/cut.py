"""Values cut from records with numpy, a batch at a time, while SQL makes event columns of the batch before."""

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shadowscan.formats.compile import CutPlan
from shadowscan.formats.distinct import Cell
from shadowscan.formats.readers import CELLS, VALUE
from shadowscan.formats.readers.text import Cut, Mask, Text
from shadowscan.ingest.ahead import mapped_ahead

CODED = "_k"
"""Columns of cells that are to be coded: ``_k<i>`` is the i-th of them."""
_BATCH = 4096
"""Records cut at a time: their bytes and positions stay in the processor's cache."""
_THREADS = 2
"""Cutting takes longer than what SQL does with the values; numpy works without Python's lock for the most part."""


@dataclass(slots=True)
class Aside:
    """What comes of cutting beside its batches."""

    left: list[pa.RecordBatch] = field(default_factory=list)
    """Lines that can't be cut."""
    stopped: BaseException | None = None
    """Ctrl-C in the middle of it: whoever reads the batches makes an error of its own of that."""


def cut(lines: pa.Table, plan: CutPlan, aside: Aside, coded: Sequence[Cell] = ()) -> pa.RecordBatchReader:
    """Return the lines that can be cut, with the columns of ``ValueReader``; ``aside`` is filled on the way."""
    names = [f"{VALUE}{number}" for number in range(len(plan.fields))]
    names += [f"{CODED}{number}" for number in range(len(coded))]
    added = [pa.field(name, pa.string_view()) for name in [*names, *(["_p"] if plan.head else [])]]
    added += [pa.field(CELLS, pa.int64())] if plan.reader.counts_cells else []
    schema = pa.schema([*lines.schema, *added])

    def batches() -> Iterator[pa.RecordBatch]:
        try:
            pieces = lines.to_batches(max_chunksize=_BATCH)
            for batch, left in mapped_ahead(lambda piece: _cut(piece, plan, coded, schema), pieces, _THREADS):
                aside.left += left
                yield batch
        except KeyboardInterrupt as stopped:
            aside.stopped = stopped
            raise

    return pa.RecordBatchReader.from_batches(schema, batches())


def _cut(
    batch: pa.RecordBatch, plan: CutPlan, coded: Sequence[Cell], schema: pa.Schema
) -> tuple[pa.RecordBatch, list[pa.RecordBatch]]:
    """Return the records that can be cut, with their values, and those that can't."""
    left: list[pa.RecordBatch] = []
    text = Text(batch["_line"])
    if plan.head:
        text.begin_at(pc.find_substring_regex(batch["_line"], plan.head).to_numpy().astype(np.int64))
    records = copy(text)  # a reader may put other bytes in the place of some
    cells = [*map(Cell, plan.fields), *coded]
    found = plan.reader.cut(text, tuple(dict.fromkeys(cell.field for cell in cells)))
    even: Mask | slice = slice(None)
    if found.odd.any():
        left.append(batch.filter(pa.array(found.odd)))
        even = ~found.odd
        batch = batch.filter(pa.array(even))
    pieces = {cell: _piece(text, found, cell, even) for cell in dict.fromkeys(cells)}
    added = [pieces[cell] for cell in cells]
    added += [records.strings(records.starts[even], records.ends[even])] if plan.head else []
    added += [pa.array(found.counts[even])] if found.counts is not None else []
    return pa.RecordBatch.from_arrays([*batch.columns, *added], schema=schema), left


def _piece(text: Text, found: Cut, cell: Cell, even: "Mask | slice") -> pa.Array:
    begin, end = (places[even] for places in found.values[cell.field])
    return text.strings(begin, text.url_starts(begin, end) if cell.start_only else end)
