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

from shadowscan.capture.arrays import Ints, Mask, Words32
from shadowscan.capture.feed import Feed

_LANE = 1 << 16
"""Bytes from one lane's beginning to the next."""
_WINDOW = 2048
"""Bytes searched for a header at each lane's beginning: more than an Ethernet frame, so there is one as a rule."""
_TRIES = 16
"""Places looked at within the window."""
_SHORTEST = 2 << 20
"""Buffers below this are walked plainly."""
_FEWEST = 24
"""Lanes below which a step of all of them costs more than plain steps."""
_ROUND = 32
"""Steps before the lanes that have arrived are left out."""


@dataclass(frozen=True, slots=True)
class RecordShape:
    """How the records of one file look."""

    order: str
    """Byte order: < or >."""
    head: int
    """Bytes of a record header."""
    longest: int
    """Most bytes a packet may have."""


@dataclass(slots=True)
class _Lanes:
    """Walks begun at many places. All arrays have one item a lane."""

    begin: Ints
    stop: Ints
    """Where the next lane begins."""
    visited: Ints
    """Offsets of its records, one below the other, then anything from ``stop`` on: shape (steps, lanes)."""
    joined: Mask
    """Whether its records end exactly where the next lane begins."""
    reached: Ints
    """Where a lane that isn't joined has to be walked on plainly."""


def chain(feed: Feed, start: int, shape: RecordShape) -> tuple[Ints, int, bool]:
    """Offsets of all whole records from ``start``, where the next one begins, and whether that one may be sound."""
    parts = list[Ints]()
    if feed.end - start >= _SHORTEST:
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
    lanes = _step_together(feed, _beginnings(feed, start, shape), shape)
    parts = list[Ints]()
    for lane in np.flatnonzero(~lanes.joined).tolist():
        start = _up_to(feed, start, lane, lanes, shape, parts)
        if start == lanes.begin[lane]:
            own = lanes.visited[:, lane]
            parts.append(own[own < lanes.reached[lane]])
            start = int(lanes.reached[lane])
        rest, start, sound = _plain(feed, start, int(lanes.stop[lane]), shape)
        parts.append(rest)
        if not sound:
            return parts, start
    return parts, _up_to(feed, start, len(lanes.begin), lanes, shape, parts)


def _up_to(feed: Feed, start: int, lane: int, lanes: _Lanes, shape: RecordShape, parts: list[Ints]) -> int:
    """Add the records from ``start`` to where this lane begins: of the joined lanes before it, if one begins here."""
    begun = int(np.searchsorted(lanes.begin, start))
    while begun < lane and lanes.begin[begun] != start:  # the lane before ended elsewhere
        rest, start, _ = _plain(feed, start, int(lanes.begin[begun]), shape)
        parts.append(rest)
        begun = max(begun + 1, int(np.searchsorted(lanes.begin, start)))
    if begun < lane:
        run = lanes.visited[:, begun:lane].T
        parts.append(run[run < lanes.stop[begun:lane, None]])
        start = int(lanes.stop[lane - 1])
    return start


def _step_together(feed: Feed, begin: Ints, shape: RecordShape) -> _Lanes:
    """Step all lanes until few have not arrived; one that has arrived stays where the next lane begins."""
    stop = np.append(begin[1:], feed.end)
    lengths: Words32 = np.ndarray((feed.end + 1,), np.dtype(shape.order + "u4"), feed.data, offset=8, strides=(1,))
    here, live, rounds = begin.copy(), np.arange(len(begin)), list[Ints]()
    while len(live) >= _FEWEST:
        steps = np.broadcast_to(stop, (_ROUND, len(stop))).copy()
        at, limit = here[live], stop[live]
        for step in range(_ROUND):
            steps[step, live] = at
            at = np.minimum(at + lengths[at] + shape.head, limit)
        rounds.append(steps)
        here[live] = at
        live = live[at < limit]
    visited = np.concatenate([*rounds, here[None]])
    last = np.where(visited < stop, visited, 0).max(axis=0)
    exact = last + lengths[last] + shape.head == stop
    sound = (np.diff(visited, axis=0) <= shape.longest + shape.head).all(axis=0)
    joined = exact & sound & (here == stop)
    return _Lanes(begin, stop, visited, joined, np.where(sound, last, begin))


def _beginnings(feed: Feed, start: int, shape: RecordShape) -> Ints:
    """Offsets that look like records, at regular distances; the first one is ``start``."""
    little = shape.order == "<"
    time = feed.data[start + 2 : start + 4] if little else feed.data[start : start + 2]
    ahead = 2 if little else 0  # the upper half of the seconds: nine hours within which all times lie
    found = [start]
    for base in range(start + _LANE, feed.end - 2 * _WINDOW, _LANE):
        at = base + ahead
        for _ in range(_TRIES):
            at = feed.data.find(time, at, base + _WINDOW)
            if at < 0:
                break
            if _plausible(feed, at - ahead, shape):
                found.append(at - ahead)
                break
            at += 1
    return np.array(found, np.int64)


def _plausible(feed: Feed, at: int, shape: RecordShape) -> bool:
    """Whether a header and the one it leads to look like records."""
    unpack = Struct(shape.order + "III").unpack_from
    for _ in range(2):
        if at + shape.head > feed.end:
            return False
        fraction, captured, length = unpack(feed.data, at + 4)
        if fraction >= 1_000_000_000 or captured > min(shape.longest, length):
            return False
        at += shape.head + captured
    return True
