"""Values cut from records of keys and values, several threads at once, before SQL makes event columns of them."""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shadowscan.formats.compile import PairsPlan
from shadowscan.formats.readers.keyed import VALUE
from shadowscan.formats.readers.text import Text

_BATCH = 4096
"""Records cut at a time: their bytes and positions stay in the processor's cache."""


def cut_pairs(lines: pa.Table, plan: PairsPlan) -> tuple[pa.Table, pa.Table]:
    """Return the lines that could be cut, with the columns of ``ValueReader``, and the others as they were."""
    names = [f"{VALUE}{number}" for number in range(len(plan.fields))] + (["_p"] if plan.head else [])
    schema = pa.schema([*lines.schema, *(pa.field(name, pa.string_view()) for name in names)])
    batches = lines.to_batches(max_chunksize=_BATCH)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        parts = list(pool.map(lambda batch: _cut(batch, plan, schema), batches))
    left = [rest for _, rest in parts if rest is not None]
    whole = pa.Table.from_batches([batch for batch, _ in parts], schema)
    return whole, pa.Table.from_batches(left, lines.schema)


def _cut(batch: pa.RecordBatch, plan: PairsPlan, schema: pa.Schema) -> tuple[pa.RecordBatch, pa.RecordBatch | None]:
    text = _records(batch, plan)
    payload = [text.strings(text.starts, text.ends)] if plan.head else []
    cut = plan.reader.cut(text, plan.fields)
    if cut.odd.any():
        even, left = batch.filter(pa.array(~cut.odd)), batch.filter(pa.array(cut.odd))
        return _cut(even, plan, schema)[0], left
    columns = [text.strings(*cut.values[name]) for name in plan.fields]
    return pa.RecordBatch.from_arrays([*batch.columns, *columns, *payload], schema=schema), None


def _records(batch: pa.RecordBatch, plan: PairsPlan) -> Text:
    text = Text(batch["_line"])
    if plan.head:
        text.begin_at(pc.find_substring_regex(batch["_line"], plan.head).to_numpy().astype(np.int64))
    return text
