"""The chain of pcap records: each header says where the next one is.

A chain is sequential by nature: half a microsecond a record in plain Python. Long buffers are therefore walked from
many places at once: plausible record headers are looked for at regular distances, numpy steps all these lanes forward
together, and a lane counts only if the lane before it ends exactly where it began. As the first lane begins at a true
record, every lane that is joined this way is true as well; where a joint fails, the plain walk goes on to the next
lane.
"""

from array import array
from dataclasses import dataclass
from struct import Struct

import numpy as np

from shadowscan.capture.arrays import Ints, Mask, Words, rows_at
from shadowscan.capture.feed import Feed

_LANES = 128
_WINDOW = 2048
"""Bytes searched for a header at each lane's beginning: more than an Ethernet frame, so there is one as a rule."""
_SHORTEST = 1 << 20
"""Buffers below this are walked plainly."""
_FEWEST = 16
"""Lanes below which a step of all of them costs more than plain steps."""


@dataclass(frozen=True, slots=True)
class RecordShape:
    """How the records of one file look."""

    order: str
    """Byte order: < or >."""
    head: int
    """Bytes of a record header."""
    longest: int
    """Most bytes a packet may have."""


def chain(feed: Feed, start: int, shape: RecordShape) -> tuple[Ints, int, bool]:
    """Offsets of all whole records from ``start``, where the next one begins, and whether that one may be sound."""
    if feed.end - start < _SHORTEST:
        return _plain(feed, start, feed.end, shape)
    parts, start = _wide(feed, start, shape)
    rest, start, sound = _plain(feed, start, feed.end, shape)
    return np.concatenate([*parts, rest]), start, sound


def _plain(feed: Feed, start: int, stop: int, shape: RecordShape) -> tuple[Ints, int, bool]:
    """Walk record by record until ``stop`` is reached."""
    at, sound = array("q"), True
    unpack, head, longest = Struct(shape.order + "I").unpack_from, shape.head, shape.longest
    data, end, add = feed.data, feed.end, at.append
    last = min(end - head, stop - 1)
    while start <= last:
        length = unpack(data, start + 8)[0]
        following = start + head + length
        if following > end or length > longest:
            sound = length <= longest
            break
        add(start)
        start = following
    return np.array(at, np.int64), start, sound


def _wide(feed: Feed, start: int, shape: RecordShape) -> tuple[list[Ints], int]:
    """Walk in lanes; return the offsets found in order and where the walk has to go on plainly."""
    lanes = _lanes(feed, start, shape)
    if len(lanes) < _FEWEST:
        return [], start
    stops = np.append(lanes[1:], feed.end)
    visited, ends = _step_together(feed, lanes, stops, shape)
    parts = list[Ints]()
    for lane, begin in enumerate(lanes.tolist()):
        if start < begin:  # the lanes before it began at no record: come here plainly
            rest, start, _ = _plain(feed, start, begin, shape)
            parts.append(rest)
        if start != begin:
            continue
        parts.append(visited[lane][visited[lane] >= 0])
        start = int(ends[lane])
        if start < stops[lane]:  # too few lanes were left to step it together, or it met a bad record
            rest, start, _ = _plain(feed, start, int(stops[lane]), shape)
            parts.append(rest)
    return parts, start


def _step_together(feed: Feed, lanes: Ints, stops: Ints, shape: RecordShape) -> tuple[Ints, Ints]:
    """Step all lanes until few are left; return the offsets of each (-1 beyond its end) and where each stands."""
    words: Words = np.ndarray((feed.end - 3,), np.dtype(shape.order + "u4"), feed.data, strides=(1,))
    ends, live = lanes.copy(), np.arange(len(lanes))
    steps = list[Ints]()
    while len(live) >= _FEWEST:
        here = ends[live]
        length = words[np.minimum(here + 8, feed.end - 4)].astype(np.int64)
        following = here + shape.head + length
        good = (here < stops[live]) & (length <= shape.longest) & (following <= feed.end)
        live, here = live[good], here[good]
        step = np.full(len(lanes), -1, np.int64)
        step[live] = here
        steps.append(step)
        ends[live] = following[good]
    return np.array(steps).T.reshape(len(lanes), -1), ends


def _lanes(feed: Feed, start: int, shape: RecordShape) -> Ints:
    """Offsets that look like records, at regular distances; the first one is ``start``."""
    bases = np.linspace(start, feed.end - 2 * _WINDOW, _LANES, endpoint=False).astype(np.int64)[1:]
    rows = rows_at(feed.array, bases, _WINDOW + 16)
    time, high = ((3, 2), (10, 11, 14, 15)) if shape.order == "<" else ((0, 1), (8, 9, 12, 13))
    fits = np.ones((len(bases), _WINDOW), np.bool_)
    for place in time:  # within the same nine hours as the first record, or about a week for its upper half
        fits &= rows[:, place : place + _WINDOW] == feed.data[start + place]
    for place in high:  # no packet of 64 KiB or more: such lanes are merely not found
        fits &= rows[:, place : place + _WINDOW] == 0
    lane, inside = np.nonzero(fits)
    at = bases[lane] + inside
    good = _plausible(feed, at, shape)
    lane, at = lane[good], at[good]
    _, first = np.unique(lane, return_index=True)
    return np.append(np.int64(start), at[first])


def _plausible(feed: Feed, at: Ints, shape: RecordShape) -> Mask:
    """Whether a header and the one it leads to look like records."""
    good = np.ones(len(at), np.bool_)
    for _ in range(2):
        inside = at + shape.head + 16 <= feed.end
        fields = rows_at(feed.array, np.where(inside, at, 0), 16).view(shape.order + "u4").astype(np.int64)
        good &= (
            inside & (fields[:, 1] < 1_000_000_000) & (fields[:, 2] <= shape.longest) & (fields[:, 2] <= fields[:, 3])
        )
        at = at + shape.head + np.where(good, fields[:, 2], 0)
    return good
