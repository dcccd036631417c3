"""Columns computed once per distinct value of the cells that they are made of, and remembered from chunk to chunk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from shadowscan.formats.compile import CompiledFormat
from shadowscan.formats.distinct import Cell, Group
from shadowscan.formats.readers import VALUE
from shadowscan.store.scratch import Scratch

MOST_REMEMBERED = 200_000
"""Combinations of values kept for one query, for memory's sake: of more all are forgotten."""
Codes: TypeAlias = npt.NDArray[np.int64]
_NEXT, _NONE = "\n1", "\n0"
"""Joins the values of one key, and stands for a missing one; no value of a line holds a line end."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A column as indices into its distinct values."""

    codes: Codes
    values: pa.Array
    """Text; one of them may be NULL."""


@dataclass(slots=True)
class _Known:
    """What a query said of the values it was asked about."""

    keys: pa.Array = field(default_factory=lambda: pa.array([], pa.string()))
    results: pa.Table | None = None

    def make_room(self) -> None:
        """Forget all if it is too much."""
        if len(self.keys) > MOST_REMEMBERED:
            self.keys, self.results = self.keys.slice(0, 0), None

    def places(self, keys: pa.Array) -> pa.Array:
        return pc.index_in(keys, value_set=self.keys)

    def add(self, keys: pa.Array, results: pa.Table) -> None:
        self.keys = pa.concat_arrays([self.keys, keys])
        self.results = pa.concat_tables([*([self.results] if self.results else []), results]).combine_chunks()

    def answers(self, places: pa.Array) -> Mapping[str, pa.Array]:
        if self.results is None:
            return {}
        return {name: self.results[name].combine_chunks().take(places) for name in self.results.column_names}


def coded(column: pa.ChunkedArray) -> Coded:
    """Find the distinct values of a column of text."""
    encoded = column.dictionary_encode(null_encoding="encode")
    if not encoded.num_chunks:
        return Coded(np.empty(0, np.int64), pa.array([], pa.string()))
    # All chunks have one dictionary, the last one's: those before may lack its end.
    values = encoded.chunk(encoded.num_chunks - 1).dictionary
    codes = np.concatenate([chunk.indices.to_numpy() for chunk in encoded.chunks]).astype(np.int64)
    return Coded(codes, values.cast(pa.string()))


class Values:
    """Runs the queries of groups over values, and knows what they said before."""

    def __init__(self, scratch: Scratch) -> None:
        self.scratch = scratch
        self._known: dict[str, _Known] = {}

    def columns(
        self, compiled: CompiledFormat, groups: Sequence[Group], cells: Mapping[Cell, Coded], rows: int
    ) -> dict[str, pa.Array]:
        """Return the columns of groups over all rows: text as dictionaries without NULL, all else as it is."""
        result = {}
        for group in groups:
            codes, distinct = _combined([cells[cell] for cell in group.cells], rows)
            indices = pa.array(codes)
            for name, column in self._results(compiled, group, distinct).items():
                result[name] = _spread(column, indices)
        return result

    def _results(self, compiled: CompiledFormat, group: Group, distinct: Sequence[pa.Array]) -> Mapping[str, pa.Array]:
        """Return what a group's query says of combinations of values, in their order."""
        known = self._known.setdefault(compiled.value_query("", group.columns, group.extras), _Known())
        known.make_room()
        keys = _keys(distinct)
        places = known.places(keys)
        if places.null_count:
            fresh = pc.is_null(places)
            asked = {f"{VALUE}{number}": column.filter(fresh) for number, column in enumerate(distinct)}
            table = pa.table({"_n": np.arange(places.null_count), **asked})
            answers = self.scratch.query(
                table, lambda relation: compiled.value_query(relation, group.columns, group.extras)
            )
            known.add(keys.filter(fresh), answers.sort_by("_n").drop_columns(["_n"]))
            places = known.places(keys)
        return known.answers(places)


def _combined(cells: Sequence[Coded], rows: int) -> tuple[Codes, list[pa.Array]]:
    """Return each row's index among the distinct combinations of cells, and their values, cell by cell."""
    if not cells:
        return np.zeros(rows, np.int64), []
    codes = cells[0].codes
    for cell in cells[1:]:
        pairs = pa.array(codes * len(cell.values) + cell.codes).dictionary_encode()
        codes = pairs.indices.to_numpy().astype(np.int64)
    if len(cells) == 1:
        return codes, [cells[0].values]
    first = np.zeros(int(codes.max(initial=-1)) + 1, np.int64)
    first[codes[::-1]] = np.arange(rows - 1, -1, -1)  # of equal indices the last assignment stays
    return codes, [cell.values.take(pa.array(cell.codes[first])) for cell in cells]


def _keys(distinct: Sequence[pa.Array]) -> pa.Array:
    """Return one text for each combination of values, another for each."""
    if not distinct:
        return pa.array([""])
    return pc.binary_join_element_wise(*distinct, _NEXT, null_handling="replace", null_replacement=_NONE)


def _spread(column: pa.Array, indices: pa.Array) -> pa.Array:
    """Return what is known of distinct values for each row."""
    if not pa.types.is_string(column.type):
        return column.take(indices)
    encoded = column.dictionary_encode()
    return pa.DictionaryArray.from_arrays(encoded.indices.take(indices), encoded.dictionary)
