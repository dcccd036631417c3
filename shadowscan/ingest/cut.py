"""Delimited lines cut into cells, a chunk at once: the places of separators in the text give every cell's bounds.

Cheaper than a list of all cells of a line in SQL, and only the cells asked for are ever made. Lines that need a closer
look (a quote within a cell, an odd number of them, blanks at the edges) are left to the reader's SQL.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shadowscan.formats.readers import Cutting
from shadowscan.formats.readers.delimited import CELL, CELLS

_QUOTE, _BLANK, _HIGH = ord('"'), ord(" "), 0x80
_OTHER_WHITE = tuple(b"\t\n\v\f\r")
_MASK = 31
"""Stands for a separator within quotes in the reader's SQL: lines that hold it are left to that."""
_PIECE = 32_768
"""Lines cut at a time: what is made of them stays in memory that is used again and again."""
_MOST_BLANKS = 4
"""Blanks around a cell that are taken off here; no sane export pads further."""
Places = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def cut(lines: pa.Table, cutting: Cutting, positions: Sequence[int]) -> tuple[pa.Table, pa.Table]:
    """Return the lines that could be cut, with the columns of ``CellReader``, and the others as they were."""
    pieces = [pa.Table.from_batches([batch]) for batch in lines.to_batches(max_chunksize=_PIECE)] or [lines]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        parts = list(pool.map(lambda piece: _cut(piece, cutting, positions), pieces))
    return pa.concat_tables([whole for whole, _ in parts]), pa.concat_tables([left for _, left in parts])


def _cut(lines: pa.Table, cutting: Cutting, positions: Sequence[int]) -> tuple[pa.Table, pa.Table]:
    text = _Text.of(lines)
    quotes = text.places(_QUOTE) if cutting.quotes else np.empty(0, np.int64)
    unpaired = text.counts(quotes) % 2 == 1
    if unpaired.any():
        # Behind an odd quote inside and outside change places for all that follows: cut without such lines.
        whole, left = _cut(lines.filter(pa.array(~unpaired)), cutting, positions)
        return whole, pa.concat_tables([left, lines.filter(pa.array(unpaired))])
    cells = _quoted(text, cutting, quotes) if len(quotes) else _plain(text, cutting)
    if cutting.trimmed:
        cells.odd |= text.with_any(_MASK)
    columns = {f"{CELL}{position}": cells.column(position, cutting) for position in positions}
    result = lines.append_column(CELLS, pa.array(cells.counts))
    for name, column in columns.items():
        result = result.append_column(name, column)
    if not cells.odd.any():
        return result, lines.slice(0, 0)
    return result.filter(pa.array(~cells.odd)), lines.filter(pa.array(cells.odd))


@dataclass(frozen=True, slots=True)
class _Text:
    """The bytes of some lines, one line right after the other."""

    data: npt.NDArray[np.uint8]
    bounds: Places
    """Where each line begins, and where the last ends."""
    buffer: pa.Buffer

    @classmethod
    def of(cls, lines: pa.Table) -> "_Text":
        array = lines["_line"].combine_chunks()
        _, offsets, data = array.buffers()
        bounds = np.frombuffer(offsets, np.int32, len(array) + 1, array.offset * 4) if len(array) else np.zeros(1)
        buffer = data if data is not None else pa.py_buffer(b"")
        return cls(np.frombuffer(buffer, np.uint8, int(bounds[-1])), bounds.astype(np.int64), buffer)

    @property
    def begin(self) -> int:
        return int(self.bounds[0])

    def places(self, *codes: int) -> Places:
        """Where any of the bytes stands."""
        region = self.data[self.begin :]
        hits = region == codes[0]
        for code in codes[1:]:
            hits |= region == code
        return np.flatnonzero(hits) + self.begin

    def counts(self, places: Places) -> Places:
        """How many of the (ascending) places lie in each line."""
        return np.diff(np.searchsorted(places, self.bounds))

    def with_any(self, *codes: int) -> Mask:
        """Lines that hold one of the control characters."""
        if np.min(self.data[self.begin :], initial=_HIGH) >= _BLANK:
            return np.zeros(len(self.bounds) - 1, np.bool_)
        found: Mask = self.counts(self.places(*codes)) > 0
        return found

    def at(self, places: Places) -> npt.NDArray[np.uint8]:
        """Return the bytes there; beyond the ends, the nearest."""
        return self.data.take(places, mode="clip") if len(self.data) else np.zeros(len(places), np.uint8)


@dataclass(slots=True)
class _Cells:
    """Where cells begin and end, over all lines."""

    text: _Text
    counts: Places
    """Cells of each line."""
    first: Places
    """Which of ``starts`` (and ``ends``) is each line's first cell."""
    starts: Places
    ends: Places
    odd: Mask
    """Lines that can't be cut this way."""
    wrapped: bool = False
    """There may be quotes around cells."""

    def column(self, position: int, cutting: Cutting) -> pa.Array:
        """Return the cell of each line at a 1-based position; NULL where a line has fewer."""
        last = self.text.bounds[1:]
        missing = (self.counts < position) | self.odd
        if missing.all():
            return pa.nulls(len(last), pa.string())
        index = self.first + (position - 1)
        starts = self.starts.take(index, mode="clip")
        ends = self.ends.take(index, mode="clip")
        if some_missing := bool(missing.any()):
            starts, ends = np.where(missing, last, starts), np.where(missing, last, ends)
        if self.wrapped:
            quoted = (self.text.at(starts) == _QUOTE) & (starts < ends)
            starts, ends = starts + quoted, ends - quoted
        if cutting.trimmed:
            starts, ends = self._trimmed(starts, ends)
        return _slices(self.text.buffer, starts, ends, missing if some_missing else None)

    def _trimmed(self, starts: Places, ends: Places) -> tuple[Places, Places]:
        for _ in range(_MOST_BLANKS):
            head = (self.text.at(starts) == _BLANK) & (starts < ends)
            tail = (self.text.at(ends - 1) == _BLANK) & (starts < ends)
            if not (head.any() or tail.any()):
                break
            starts = starts + head
            ends = np.maximum(starts, ends - tail)
        # Beyond ASCII there are blanks of other widths.
        edges = np.stack((self.text.at(starts), self.text.at(ends - 1)))
        self.odd |= ((edges == _BLANK) | (edges >= _HIGH)).any(axis=0) & (starts < ends)
        return starts, ends


def _plain(text: _Text, cutting: Cutting) -> _Cells:
    """Cells of lines without quotes."""
    return _between(text, text.places(ord(cutting.separator)), cutting)


def _between(text: _Text, separators: Places, cutting: Cutting) -> _Cells:
    """Cells between separators."""
    begins, stops = separators + 1, separators
    odd = np.zeros(len(text.bounds) - 1, np.bool_)
    if cutting.runs:
        code = ord(cutting.separator)
        odd = (text.at(text.bounds[:-1]) == code) | (text.at(text.bounds[1:] - 1) == code)
        apart = np.diff(separators) > 1
        begins = begins[np.append(apart, True)] if len(begins) else begins
        stops = stops[np.insert(apart, 0, True)] if len(stops) else stops
    before = np.searchsorted(stops, text.bounds)
    # A cell more than separators a line: each line's own edges are woven in.
    lines = np.arange(len(text.bounds) - 1)
    starts = np.insert(begins, before[:-1], text.bounds[:-1])
    ends = np.insert(stops, before[1:], text.bounds[1:])
    return _Cells(text, np.diff(before) + 1, before[:-1] + lines, starts, ends, odd)


def _quoted(text: _Text, cutting: Cutting, quotes: Places) -> _Cells:
    """Cells of lines of which some are quoted; each has an even number of quotes."""
    opens, closes = quotes[0::2], quotes[1::2]
    cells = None if cutting.runs else _all_quoted(text, cutting, opens, closes)
    if cells is None:
        cells = _partly_quoted(text, cutting)
        cells.odd |= _loose(text, cutting, opens, closes)
    if cutting.runs:
        cells.odd |= text.with_any(*_OTHER_WHITE)
    return cells


def _all_quoted(text: _Text, cutting: Cutting, opens: Places, closes: Places) -> _Cells | None:
    """Cells of lines in which every cell is quoted (Zscaler NSS): the quotes alone tell; None if it isn't so."""
    first = np.searchsorted(opens, text.bounds)
    counts = np.diff(first)
    if not counts.all():
        return None
    edges = (opens[first[:-1]] == text.bounds[:-1]) & (closes[first[1:] - 1] == text.bounds[1:] - 1)
    between = (opens[1:] - closes[:-1] == 2) & (text.at(closes[:-1] + 1) == ord(cutting.separator))
    if not edges.all() or np.count_nonzero(between) != len(opens) - len(counts):
        return None
    return _Cells(text, counts, first[:-1], opens + 1, closes, np.zeros(len(counts), np.bool_))


def _partly_quoted(text: _Text, cutting: Cutting) -> _Cells:
    both = text.places(ord(cutting.separator), _QUOTE)
    is_quote = text.data[both] == _QUOTE
    inside = np.cumsum(is_quote, dtype=np.uint8) & 1
    cells = _between(text, both[~(is_quote | inside.view(np.bool_))], cutting)
    cells.wrapped = True
    return cells


def _loose(text: _Text, cutting: Cutting, opens: Places, closes: Places) -> Mask:
    """Lines with quotes that don't wrap a whole cell."""
    code = ord(cutting.separator)
    opened = opens[text.at(opens - 1) != code]
    closed = closes[text.at(closes + 1) != code]
    opened = opened[~np.isin(opened, text.bounds[:-1])]
    closed = closed[~np.isin(closed + 1, text.bounds[1:])]
    found: Mask = (text.counts(opened) > 0) | (text.counts(closed) > 0)
    return found


def _slices(buffer: pa.Buffer, starts: Places, ends: Places, missing: Mask | None) -> pa.Array:
    """Return the pieces of a text as strings of their own; they ascend and don't overlap."""
    bounds = np.empty(2 * len(starts) + 1, np.int32)
    bounds[0:-1:2], bounds[1::2] = starts, ends
    bounds[-1] = bounds[-2] if len(starts) else 0
    pieces = pa.StringArray.from_buffers(len(bounds) - 1, pa.py_buffer(bounds), buffer)
    every_other = pa.array(np.arange(0, len(bounds) - 1, 2), mask=missing)
    return pieces.take(every_other)
