"""Delimited records cut into cells with numpy, many at once: the places of separators give every cell's bounds.

Only the cells asked for are ever made. Records that need a closer look (a quote within a cell, an odd number of them,
blanks of other widths at the edges) are *odd*: the reader's SQL cuts them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from shadowscan.formats.readers.base import Cutting
from shadowscan.formats.readers.text import Cut, Mask, Positions, Text

_QUOTE, _BLANK, _HIGH = ord('"'), ord(" "), 0x80
_OTHER_WHITE = tuple(b"\t\n\v\f\r")
_MASK = 31
"""Stands for a separator within quotes in the reader's SQL: records that hold it are left to that."""
_PAIR = 2
"""Quotes around a cell."""
_MOST_BLANKS = 4
"""Blanks around a cell that are taken off here; no sane export pads further."""


def cut_cells(text: Text, cutting: Cutting, positions: Mapping[str, int]) -> Cut:
    """Return the cells at some 1-based positions, by name."""
    wrapped = (text.data[text.starts] == _QUOTE) & (text.starts < text.ends)
    if cutting.quotes and not cutting.runs and 2 * np.count_nonzero(wrapped) > len(text):
        return _cut_wrapped(text, cutting, positions)
    return _cut_any(text, cutting, positions)


def _cut_any(text: Text, cutting: Cutting, positions: Mapping[str, int]) -> Cut:
    cells = _quoted(text, cutting) if cutting.quotes else _between(text, text.places(cutting.code), cutting)
    if cutting.trimmed:
        cells.odd |= text.with_any(_MASK)
    return Cut({name: cells.at(place, cutting) for name, place in positions.items()}, cells.odd, cells.counts)


def _cut_wrapped(text: Text, cutting: Cutting, positions: Mapping[str, int]) -> Cut:
    """Cut records of which most have a quote on either side of every cell; the others are cut as usual."""
    cells = _all_wrapped(text, cutting)
    others = np.flatnonzero(cells.odd)
    values = {name: cells.at(place, cutting) for name, place in positions.items()}
    if not len(others):
        return Cut(values, cells.odd | text.with_any(_MASK), cells.counts)
    apart = text.only(others)
    found, moved = _cut_any(apart, cutting, positions), text.starts[others] - apart.starts
    for name, (begin, end) in found.values.items():
        values[name][0][others] = np.where(begin < 0, begin, begin + moved)
        values[name][1][others] = end + moved
    odd, counts = cells.odd, cells.counts
    odd[others] = found.odd
    if found.counts is not None:
        counts[others] = found.counts
    return Cut(values, odd | text.with_any(_MASK), counts)


def _all_wrapped(text: Text, cutting: Cutting) -> "_Cells":
    """Cells between ``","``; odd are records with any other quote, or with a cell that is a single one."""
    quote = text.data == _QUOTE
    stops = np.flatnonzero(quote[:-2] & (text.data[1:-1] == cutting.code) & quote[2:]) + 1
    first = np.searchsorted(stops, text.starts)
    counts = np.searchsorted(stops, text.ends) - first + 1
    bounds = np.column_stack([text.starts, text.ends]).ravel()
    quotes = np.add.reduceat(quote.view(np.uint8), bounds, dtype=np.uint16)[::2]
    odd = (quotes != 2 * counts) | ~quote[text.starts] | ~quote[text.ends - 1] | (text.ends - text.starts < _PAIR)
    if len(stops):
        before, behind = stops.take(first, mode="clip"), stops.take(first + counts - 2, mode="clip")
        odd |= (counts > 1) & ((before - text.starts < _PAIR) | (text.ends - 1 - behind < _PAIR))
        odd |= text.holding(stops[1:][np.diff(stops) <= _PAIR])
    return _Cells(text, counts, first, stops + 1, stops, odd, wrapped=True)


@dataclass(slots=True)
class _Cells:
    """Where cells begin and end, over all records."""

    text: Text
    counts: Positions
    """Cells of each record."""
    first: Positions
    """Which of ``stops`` ends each record's first cell, if it has more than one."""
    begins: Positions
    """Behind each separator."""
    stops: Positions
    """At each separator."""
    odd: Mask
    """Records that can't be cut this way."""
    wrapped: bool = False
    """There may be quotes around cells."""

    def at(self, position: int, cutting: Cutting) -> tuple[Positions, Positions]:
        """Return begin and end of a record's cell at a 1-based position; -1 where it has fewer."""
        text, index = self.text, self.first + (position - 1)
        begin, end = text.starts, text.ends
        missing = self.counts < position
        if len(self.stops):
            begin = self.begins.take(index - 1, mode="clip") if position > 1 else begin
            end = np.where(self.counts > position, self.stops.take(index, mode="clip"), end)
        if missing.any():
            begin, end = np.where(missing, text.ends, begin), np.where(missing, text.ends, end)
        if self.wrapped:
            quoted = (text.data[begin] == _QUOTE) & (begin < end)
            begin, end = begin + quoted, end - quoted
        if cutting.trimmed:
            begin, end = self._trimmed(begin, end)
        return np.where(missing, -1, begin), end

    def _trimmed(self, begin: Positions, end: Positions) -> tuple[Positions, Positions]:
        data = self.text.data
        for _ in range(_MOST_BLANKS):
            head = (data[begin] == _BLANK) & (begin < end)
            tail = (data[end - 1] == _BLANK) & (begin < end)
            if not (head.any() or tail.any()):
                break
            begin = begin + head
            end = np.maximum(begin, end - tail)
        first, last = data[begin], data[end - 1]
        # Beyond ASCII there are blanks of other widths.
        strange = (first == _BLANK) | (first >= _HIGH) | (last == _BLANK) | (last >= _HIGH)
        self.odd |= strange & (begin < end)
        return begin, end


def _between(text: Text, separators: Positions, cutting: Cutting) -> _Cells:
    """Cells between separators."""
    begins, stops = separators + 1, separators
    odd = np.zeros(len(text), np.bool_)
    if cutting.runs and len(separators):
        odd = (text.data[text.starts] == cutting.code) | (text.data[text.ends - 1] == cutting.code)
        odd &= text.starts < text.ends
        apart = np.diff(separators) > 1
        begins, stops = begins[np.append(apart, True)], stops[np.append(True, apart)]
    first = np.searchsorted(stops, text.starts)
    return _Cells(text, np.searchsorted(stops, text.ends) - first + 1, first, begins, stops, odd)


def _quoted(text: Text, cutting: Cutting) -> _Cells:
    """Cells of records of which some may be quoted; odd are those in which a quote is left open."""
    both = text.places(cutting.code, _QUOTE)
    is_quote = text.data[both] == _QUOTE
    if not is_quote.any():
        return _between(text, both, cutting)
    unpaired = text.counts(both[is_quote]) % 2 == 1
    quoted = (np.cumsum(is_quote, dtype=np.uint8) & 1).view(np.bool_)
    if unpaired.any():
        # Behind an odd quote inside and outside change places for all records that follow.
        carried = np.cumsum(unpaired) - unpaired & 1
        quoted ^= np.repeat(carried.astype(np.bool_), text.counts(both))
    cells = _between(text, both[~(is_quote | quoted)], cutting)
    cells.wrapped = True
    cells.odd |= unpaired | _loose(text, cutting, both[is_quote & quoted], both[is_quote & ~quoted])
    if cutting.runs:
        cells.odd |= text.with_any(*_OTHER_WHITE)
    return cells


def _loose(text: Text, cutting: Cutting, opens: Positions, closes: Positions) -> Mask:
    """Records with quotes that don't wrap a whole cell."""
    opened = opens[text.data[opens - 1] != cutting.code]
    closed = closes[text.data[closes + 1] != cutting.code]
    opened = opened[text.starts.take(np.searchsorted(text.starts, opened), mode="clip") != opened]
    closed = closed[text.ends.take(np.searchsorted(text.ends, closed + 1), mode="clip") != closed + 1]
    found: Mask = (text.counts(opened) > 0) | (text.counts(closed) > 0)
    return found
