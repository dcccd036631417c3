"""pcap: a file header, then records that each say their length (libpcap's pcap-savefile(5))."""

from collections.abc import Iterator
from struct import Struct

import numpy as np

from shadowscan.capture.arrays import Ints, rows_at
from shadowscan.capture.batch import CaptureLimits
from shadowscan.capture.chain import RecordShape, chain
from shadowscan.capture.feed import Feed
from shadowscan.capture.magic import PCAP_MAGICS
from shadowscan.capture.records import Records, nothing
from shadowscan.errors import Problem

FILE_HEADER = 24


class PcapWalk:
    """One pcap stream."""

    def __init__(self, feed: Feed, name: str, limits: CaptureLimits) -> None:
        self._feed, self._name = feed, name
        order, self._units, head = PCAP_MAGICS[feed.data[feed.begin : feed.begin + 4]]
        self._shape = RecordShape(order, head, limits.record_bytes)
        self._link = Struct(order + "I").unpack_from(feed.data, feed.begin + 20)[0] & 0xFFFF
        self._count = 0

    def walk(self) -> Iterator[Records]:
        """Yield the packets of each buffer; the last item says what could not be read."""
        feed, used = self._feed, self._feed.begin + FILE_HEADER
        while True:
            at, used, sound = chain(feed, used, self._shape)
            if len(at):
                yield self._records(at, used)
            if not sound or feed.finished:
                break
            feed.advance(used)
            used = feed.begin
        rest = feed.end - used
        if rest:
            yield nothing(feed, feed.base + feed.end, self._count + 1, self._problem(used, sound), cut=1)

    def _problem(self, used: int, sound: bool) -> Problem:  # noqa: FBT001
        place = f"at byte {self._feed.base + used}, after packet {self._count}"
        if sound:
            return Problem("capture cut off in its last packet", place, self._name, "all packets before it were read")
        return Problem(
            "capture damaged: a record length that can't be", place, self._name, "all packets before it were read"
        )

    def _records(self, at: Ints, used: int) -> Records:
        feed = self._feed
        fields = rows_at(feed.array, at, 16).view(self._shape.order + "u4").astype(np.int64)
        ts = fields[:, 0] * 1_000_000 + fields[:, 1] // self._units
        first, self._count = self._count + 1, self._count + len(at)
        return Records(
            buffer=feed.array,
            data=at + self._shape.head,
            captured=fields[:, 2],
            length=np.maximum(fields[:, 3], fields[:, 2]),
            ts=ts,
            link=np.full(len(at), self._link, np.int64),
            place=at + feed.base,
            first=first,
            consumed=feed.base + used,
        )
