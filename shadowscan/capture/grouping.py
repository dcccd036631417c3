"""Which segments of one stretch belong together: found by sorting, without knowing any flow."""

from dataclasses import dataclass

import numpy as np

from shadowscan.capture.arrays import Ints, Words
from shadowscan.capture.batch import CaptureLimits
from shadowscan.capture.segments import TCP, Segments

KEY = np.dtype(
    [("version", "u1"), ("proto", "u1"), ("hi", "u8", 2), ("lo", "u8", 2), ("port", "u2", 2)],
)
"""A 5-tuple that is the same for both directions."""
_ODD = np.array(
    [0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F], np.uint64
)
"""Multipliers that mix keys. They need not be secret: keys that collide are told apart, only more slowly."""


@dataclass(slots=True)
class Groups:
    """The segments of one stretch sorted by 5-tuple, and by time within one; a pause ends a group."""

    order: Ints
    """Indices into the segments."""
    start: Ints
    """Where each group begins in ``order``."""
    keys: np.ndarray
    """The KEY of each group."""
    side: Ints
    """0 or 1 for each segment (unsorted): which end of its key sent it."""

    def sizes(self) -> Ints:
        """Segments of each group."""
        return np.diff(np.append(self.start, len(self.order)))

    def of_segments(self) -> Ints:
        """Number of the group of each segment (unsorted)."""
        groups = np.empty(len(self.order), np.int64)
        groups[self.order] = np.repeat(np.arange(len(self.start)), self.sizes())
        return groups


def idle_us(limits: CaptureLimits, proto: Ints) -> Ints:
    """Return the pause that ends a flow of each protocol."""
    return np.where(proto == TCP, limits.tcp_idle_s, limits.udp_idle_s) * 1_000_000


def group(segments: Segments, ts: Ints, limits: CaptureLimits) -> Groups:
    """Sort segments by flow; ``ts`` are the times of their packets."""
    keys, side = _canonical(segments)
    mixed, plain = _mix(keys), keys.view(f"S{KEY.itemsize}")
    order = np.argsort(mixed, kind="stable")
    ordered, keyed = mixed[order], plain[order]
    fresh = np.ones(len(order), np.bool_)
    fresh[1:] = ordered[1:] != ordered[:-1]
    if (~fresh[1:] & (keyed[1:] != keyed[:-1])).any():  # two flows with one hash: sort by the whole key
        order = np.argsort(plain, kind="stable")
        keyed = plain[order]
        fresh[1:] = keyed[1:] != keyed[:-1]
    times = ts[order]
    fresh[1:] |= times[1:] - times[:-1] > idle_us(limits, segments.proto[order[1:]])
    start = np.flatnonzero(fresh)
    return Groups(order, start, keys[order[start]], side)


def _mix(keys: np.ndarray) -> Words:
    mixed = (keys["lo"][:, 0] ^ keys["hi"][:, 0] * _ODD[0]) * _ODD[1]
    mixed = (mixed ^ mixed >> np.uint64(31) ^ keys["lo"][:, 1] ^ keys["hi"][:, 1] * _ODD[2]) * _ODD[3]
    ports = keys["port"].astype(np.uint64)
    tail = ports[:, 0] << np.uint64(32) | ports[:, 1] << np.uint64(16) | keys["proto"].astype(np.uint64) << np.uint64(8)
    mixed = (mixed ^ mixed >> np.uint64(29) ^ tail ^ keys["version"]) * _ODD[4]
    result: Words = mixed ^ mixed >> np.uint64(32)
    return result


def _canonical(segments: Segments) -> tuple[np.ndarray, Ints]:
    """Keys that are the same for both directions, and which end of the key sent each segment."""
    s = segments
    swap = (s.src_hi > s.dst_hi) | (
        (s.src_hi == s.dst_hi) & ((s.src_lo > s.dst_lo) | ((s.src_lo == s.dst_lo) & (s.sport > s.dport)))
    )
    keys = np.zeros(len(s), KEY)
    keys["version"], keys["proto"] = s.version, s.proto
    keys["hi"][:, 0], keys["hi"][:, 1] = np.where(swap, s.dst_hi, s.src_hi), np.where(swap, s.src_hi, s.dst_hi)
    keys["lo"][:, 0], keys["lo"][:, 1] = np.where(swap, s.dst_lo, s.src_lo), np.where(swap, s.src_lo, s.dst_lo)
    keys["port"][:, 0], keys["port"][:, 1] = np.where(swap, s.dport, s.sport), np.where(swap, s.sport, s.dport)
    return keys, swap.astype(np.int64)
