"""Values cut from records with numpy, a batch at a time, while SQL makes event columns of the batch before."""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shadowscan.formats.compile import CutPlan
from shadowscan.formats.readers import CELLS, VALUE
from shadowscan.formats.readers.text import Text
from shadowscan.ingest.ahead import mapped_ahead

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


def cut(lines: pa.Table, plan: CutPlan, aside: Aside) -> pa.RecordBatchReader:
    """Return the lines that can be cut, with the columns of ``ValueReader``; ``aside`` is filled on the way."""
    names = [f"{VALUE}{number}" for number in range(len(plan.fields))]
    added = [pa.field(name, pa.string_view()) for name in [*names, *(["_p"] if plan.head else [])]]
    added += [pa.field(CELLS, pa.int64())] if plan.reader.counts_cells else []
    schema = pa.schema([*lines.schema, *added])

    def batches() -> Iterator[pa.RecordBatch]:
        try:
            pieces = lines.to_batches(max_chunksize=_BATCH)
            for batch, left in mapped_ahead(lambda piece: _cut(piece, plan, schema), pieces, _THREADS):
                aside.left += left
                yield batch
        except KeyboardInterrupt as stopped:
            aside.stopped = stopped
            raise

    return pa.RecordBatchReader.from_batches(schema, batches())


def _cut(batch: pa.RecordBatch, plan: CutPlan, schema: pa.Schema) -> tuple[pa.RecordBatch, list[pa.RecordBatch]]:
    """Return the records that can be cut, with their values, and those that can't."""
    left: list[pa.RecordBatch] = []
    text = Text(batch["_line"])
    if plan.head:
        text.begin_at(pc.find_substring_regex(batch["_line"], plan.head).to_numpy().astype(np.int64))
    records = copy(text)  # a reader may put other bytes in the place of some
    found = plan.reader.cut(text, plan.fields)
    even = ~found.odd
    if found.odd.any():
        left.append(batch.filter(pa.array(found.odd)))
        batch = batch.filter(pa.array(even))
    added = [text.strings(begin[even], end[even]) for begin, end in map(found.values.__getitem__, plan.fields)]
    added += [records.strings(records.starts[even], records.ends[even])] if plan.head else []
    added += [pa.array(found.counts[even])] if found.counts is not None else []
    return pa.RecordBatch.from_arrays([*batch.columns, *added], schema=schema), left
