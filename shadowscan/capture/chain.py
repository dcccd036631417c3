"""The chain of pcap records: each header says where the next one is."""

from array import array
from struct import Struct

import numpy as np

from shadowscan.capture.arrays import Ints
from shadowscan.capture.feed import Feed


def chain(feed: Feed, start: int, order: str, head: int, longest: int) -> tuple[Ints, int, bool]:
    """Offsets of all whole records from ``start``, where the next one begins, and whether that one may be sound."""
    at = array("q")
    unpack = Struct(order + "I").unpack_from
    data, end, add = feed.data, feed.end, at.append
    last = end - head
    while start <= last:
        length = unpack(data, start + 8)[0]
        following = start + head + length
        if following > end:
            return np.array(at, np.int64), start, length <= longest
        if length > longest:
            return np.array(at, np.int64), start, False
        add(start)
        start = following
    return np.array(at, np.int64), start, True
