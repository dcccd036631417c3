"""Many records searched at once: numpy over their bytes, and pieces of them as Arrow columns without a copy.

Positions are indices into ``Text.data``; arrays of them are int64, one entry a record or a hit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Positions: TypeAlias = npt.NDArray[np.int64]
Mask: TypeAlias = npt.NDArray[np.bool_]
Words: TypeAlias = npt.NDArray[np.uint64]
Halves: TypeAlias = npt.NDArray[np.uint32]

PAD = 64
"""Bytes before the first and behind the last record, so that words around any position can be read."""
_INLINE = 12
"""Arrow keeps strings up to this length in the view itself."""
_LOW, _HIGH, _ONE = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080), np.uint64(1)
_HALF = np.uint64(32)
# Which bytes of a view's two words a string of 0..12 bytes fills; the first word holds the length below them.
_FIRST = np.array([(1 << (8 * min(n, 4))) - 1 << 32 | 0xFFFFFFFF for n in range(_INLINE + 1)], np.uint64)
_SECOND = np.array([(1 << (8 * max(n - 4, 0))) - 1 for n in range(_INLINE + 1)], np.uint64)
_SEVEN = np.uint64((1 << 56) - 1)
_HTTP, _HTTPS = (np.uint64(int.from_bytes(scheme, "little")) for scheme in (b"http://", b"https://"))


class Text:
    """The bytes of records: record i is ``data[starts[i]:ends[i]]``."""

    def __init__(self, records: "pa.StringArray") -> None:
        _, offsets, data = records.buffers()
        bounds = np.frombuffer(offsets, np.int32)[records.offset : records.offset + len(records) + 1].astype(np.int64)
        first, last = (int(bounds[0]), int(bounds[-1])) if len(records) else (0, 0)
        padded = np.zeros(last - first + 2 * PAD, np.uint8)
        if last > first:
            padded[PAD : PAD + last - first] = np.frombuffer(data, np.uint8)[first:last]
        self.starts: Positions = bounds[:-1] + (PAD - first)
        self.ends: Positions = bounds[1:] + (PAD - first)
        self._read(padded)

    def _read(self, data: "npt.NDArray[np.uint8]") -> None:
        self.data = data
        self._words: Words = np.ndarray((len(data) - 7,), "<u8", data, strides=(1,))
        self._halves: Halves = np.ndarray((len(data) - 3,), "<u4", data, strides=(1,))

    def __len__(self) -> int:
        return len(self.starts)

    def only(self, rows: Positions) -> "Text":
        """Return some of the records, over bytes of their own."""
        pieces = [self.data[start:end].tobytes() for start, end in zip(self.starts[rows], self.ends[rows], strict=True)]
        return Text(pa.array(pieces, pa.binary()))

    def begin_at(self, offsets: Positions) -> None:
        """Let each record begin so many bytes later; it is empty where that is negative."""
        self.starts = np.where(offsets < 0, self.ends, self.starts + offsets)

    def translate(self, old: bytes, new: bytes) -> None:
        """Put bytes in the place of others everywhere; pieces taken before stay as they were."""
        table = np.arange(256, dtype=np.uint8)
        table[list(old)] = list(new)
        self._read(table[self.data])

    def replace_in(self, rows: Positions, old: int, new: int) -> None:
        """Put one byte in the place of another in some records."""
        places = np.flatnonzero(self.data == old)
        of, inside = self.rows_of(places)
        data = self.data.copy()
        data[places[inside][np.isin(of, rows)]] = new
        self._read(data)

    def rows_of(self, places: Positions) -> tuple[Positions, slice | Mask]:
        """Return the record of each of some ascending places, and which of them are in any record."""
        bounds = np.searchsorted(places, np.append(self.starts, self.ends[-1:]))
        within = slice(int(bounds[0]), int(bounds[-1])) if len(bounds) else slice(0, 0)
        rows = np.repeat(np.arange(len(self)), np.diff(bounds))
        if (self.ends[:-1] == self.starts[1:]).all():
            return rows, within
        inside = np.zeros(len(places), np.bool_)
        inside[within] = places[within] < self.ends[rows]
        return rows[inside[within]], inside

    def places(self, *codes: int) -> Positions:
        """Return where any of the bytes stands in a record."""
        hits = self.data == codes[0]
        for code in codes[1:]:
            hits |= self.data == code
        places = np.flatnonzero(hits)
        if self._gapless:
            return places
        rows = np.searchsorted(self.ends, places, "right")
        known = rows < len(self)
        known[known] = places[known] >= self.starts[rows[known]]
        return places[known]

    @property
    def _gapless(self) -> bool:
        """Whether records are all that ``data`` holds."""
        if not len(self):
            return False
        whole = self.starts[0] == PAD and self.ends[-1] == len(self.data) - PAD
        return bool(whole) and bool((self.ends[:-1] == self.starts[1:]).all())

    def counts(self, places: Positions) -> Positions:
        """Return how many of some ascending places each record holds."""
        return np.searchsorted(places, self.ends) - np.searchsorted(places, self.starts)

    def holding(self, places: Positions) -> Mask:
        """Tell which records hold at least one of some ascending places."""
        mask: Mask = self.counts(places) > 0
        return mask

    def with_any(self, *codes: int) -> Mask:
        """Tell which records hold one of the control characters."""
        if np.min(self.data[PAD:-PAD], initial=0xFF) >= ord(" "):
            return np.zeros(len(self), np.bool_)
        return self.holding(self.places(*codes))

    def skip_priority(self) -> None:
        """Let records that start with ``<PRI>`` start behind it."""
        if (rows := np.flatnonzero(self.data[self.starts] == ord("<"))).size:
            start, stop = self.starts[rows], np.minimum(self.starts[rows] + 5, self.ends[rows])
            closing = self.find(ord(">"), start, stop)
            self.starts = self.starts.copy()
            self.starts[rows] = np.where((closing < stop) & (closing > start + 1), closing + 1, start)

    def words(self, at: Positions) -> Words:
        """Return the eight bytes from each position on, the first one lowest."""
        return self._words[at]

    def tails(self, at: Positions) -> Halves:
        """Return the four bytes before each position, the last one highest."""
        return self._halves[at - 4]

    def find(self, byte: int, at: Positions, stop: Positions) -> Positions:
        """Return the first position of a byte from ``at`` on and before ``stop``; ``stop`` where there is none."""
        found = stop.copy()
        pattern = np.uint64(byte) * _LOW
        left, here, end = None, at, stop
        while len(here):
            differing = self._words[here] ^ pattern
            zeros = (differing - _LOW) & ~differing & _HIGH
            hit = np.flatnonzero(zeros)
            lowest = zeros[hit]
            places = np.bitwise_count((lowest & (~lowest + _ONE)) - _ONE).view(np.uint8).astype(np.int64) >> 3
            places = np.minimum(places + here[hit], end[hit])
            found[hit if left is None else left[hit]] = places
            going = np.flatnonzero((zeros == 0) & (here + 8 < end))
            left = going if left is None else left[going]
            here, end = here[going] + 8, end[going]
        return found

    def url_starts(self, at: Positions, stop: Positions) -> Positions:
        """Return where the beginning of each URL ends: behind the first slash after its host, else where it stops.

        Of what doesn't begin with ``http://`` or ``https://`` all is the beginning.
        """
        words = self._words[np.maximum(at, 0)]
        plain = (words & _SEVEN) == _HTTP
        behind = at + np.where(plain, 7, 8)
        whole = ~(plain | (words == _HTTPS)) | (behind > stop) | (at < 0)
        ends = self.find(ord("/"), np.where(whole, stop, behind), stop)
        return np.minimum(ends + 1, stop)

    def back_over(self, allowed: Mask, at: Positions, floor: Positions) -> Positions:
        """Step back from each position while the byte before it is allowed, but not beyond ``floor``."""
        result = at.copy()
        left = np.flatnonzero(at > floor)
        here, stop = at[left], floor[left]
        while len(left):
            going = np.flatnonzero(allowed[self.data[here - 1]] & (here > stop))
            if len(going) < len(left):
                left, here, stop = left[going], here[going], stop[going]
            here = here - 1
            result[left] = here
        return result

    def strings(self, at: Positions, stop: Positions) -> "pa.Array":
        """Return ``data[at:stop]`` of each entry as string views; NULL where ``at`` is negative."""
        known = at >= 0
        if not known.any():
            return pa.nulls(len(at), pa.string_view())
        whole = bool(known.all())
        if not whole:
            at, stop = at * known, stop * known
        length = np.maximum(stop - at, 0)
        short = np.minimum(length, _INLINE)
        views = np.empty((len(at), 2), np.uint64)
        views[:, 0] = (length.view(np.uint64) | (self._words[at] << _HALF)) & _FIRST[short]
        views[:, 1] = self._words[at + 4] & _SECOND[short]
        long = np.flatnonzero(length > _INLINE)
        views[long, 1] = at[long].view(np.uint64) << _HALF
        validity = None if whole else pa.py_buffer(np.packbits(known, bitorder="little"))
        buffers = [validity, pa.py_buffer(views), pa.py_buffer(self.data)]
        return pa.Array.from_buffers(pa.string_view(), len(at), buffers)


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the values of some raw fields stand."""

    values: Mapping[str, tuple[Positions, Positions]]
    """Field -> begin and end of its value in each record; a negative begin where the record has none."""
    odd: Mask
    """Records that must be read in another way, whatever ``values`` says of them."""
    counts: Positions | None = None
    """Cells of each record, for readers that count them."""
