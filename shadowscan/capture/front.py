"""The front half of the pipeline: bytes → records → headers → segments, grouped by flow.

It knows nothing of flows and messages, so it may run in a process of its own (``ahead.py``).
"""

from collections.abc import Iterator

import numpy as np

from shadowscan.capture.arrays import PADDING, Ints
from shadowscan.capture.batch import CaptureLimits, limit_reached
from shadowscan.capture.cursor import DamagedError, NotIpError
from shadowscan.capture.feed import Feed
from shadowscan.capture.grouping import group
from shadowscan.capture.headers import common_segments
from shadowscan.capture.layers import Layers
from shadowscan.capture.link import network_layer
from shadowscan.capture.looks import looks_of
from shadowscan.capture.magic import PCAP_MAGICS, PCAPNG_SECTION
from shadowscan.capture.pcap import FILE_HEADER, PcapWalk
from shadowscan.capture.pcapng import PcapngWalk
from shadowscan.capture.records import Records, nothing
from shadowscan.capture.segments import Segment, Segments, from_list
from shadowscan.capture.stream import Moment, Moments
from shadowscan.capture.stretch import Stretch, with_detached
from shadowscan.errors import Problem

_Found = list[tuple[int, int, Segment]]
"""Row of the packet, where the bytes of the segment's packet begin in the buffer, segment."""


def read_records(feed: Feed, name: str, limits: CaptureLimits) -> Iterator[Records]:
    """Walk a pcap or pcapng stream; the last item says what could not be read."""
    feed.advance(feed.end)
    magic = feed.data[feed.begin : feed.begin + 4]
    if magic == PCAPNG_SECTION:
        yield from PcapngWalk(feed, name, limits).walk()
    elif magic in PCAP_MAGICS and feed.end - feed.begin >= FILE_HEADER:
        yield from PcapWalk(feed, name, limits).walk()
    else:
        problem = Problem("not a capture file", "neither the pcap nor the pcapng magic, or no whole file header", name)
        yield nothing(feed, feed.base + feed.end, 1, problem)


class Front:
    """Dissects headers; keeps the fragments of datagrams from stretch to stretch."""

    def __init__(self, name: str, limits: CaptureLimits) -> None:
        self._name, self._limits = name, limits
        self._layers = Layers(limits)

    def stretches(self, feed: Feed) -> Iterator[Stretch]:
        """Yield the stretches of a capture, the final one too."""
        consumed = 0
        for records in read_records(feed, self._name, self._limits):
            consumed = records.consumed
            yield self.stretch(records)
        yield self.last(consumed)

    def stretch(self, records: Records) -> Stretch:
        """Dissect the common packets at once and the others one by one."""
        segments, common = common_segments(records, *network_layer(records))
        rest = np.flatnonzero(~common)
        found, detached, not_ip, damaged = self._careful(records, rest)
        if found:
            segments = segments.merged(from_list(found))
        moments = (records.ts[segments.row], segments.row + records.first, records.place[segments.row])
        segments, moments = self._with_leftovers(segments, moments, detached, len(records.buffer), final=False)
        return Stretch(
            segments=segments,
            groups=group(segments, moments[0], self._limits),
            looks=looks_of(segments, with_detached(records.buffer, detached)),
            moments=moments,
            buffer=records.buffer,
            detached=bytes(detached),
            now=int(records.ts.max(initial=0)),
            dissected=len(records) - not_ip - damaged,
            not_ip=not_ip,
            damaged=damaged + records.cut,
            problems=records.problems,
            consumed=records.consumed,
        )

    def last(self, consumed: int) -> Stretch:
        """Return what is left at the end: datagrams whose fragments never came."""
        none, buffer, detached = np.zeros(0, np.int64), np.zeros(PADDING, np.uint8), bytearray()
        segments, moments = self._with_leftovers(from_list([]), (none, none, none), detached, PADDING, final=True)
        given_up = self._layers.fragments.given_up
        why = "too many awaiting fragments"
        return Stretch(
            segments=segments,
            groups=group(segments, moments[0], self._limits),
            looks=looks_of(segments, with_detached(buffer, detached)),
            moments=moments,
            buffer=buffer,
            detached=bytes(detached),
            now=0,
            dissected=0,
            not_ip=0,
            damaged=0,
            problems=(limit_reached(given_up, "IP datagrams given up", why, self._name),) if given_up else (),
            consumed=consumed,
            final=True,
        )

    def _careful(self, records: Records, rest: Ints) -> tuple[_Found, bytearray, int, int]:
        """Return the segments, the bytes to append to the buffer, and the numbers of packets not IP and damaged."""
        found, detached, not_ip, damaged = _Found(), bytearray(), 0, 0
        view, size = records.buffer.data, len(records.buffer)
        fields = (records.data, records.captured, records.length, records.link, records.ts, records.place)
        lists = (values[rest].tolist() for values in fields)
        for row, begin, captured, length, link, ts, place in zip(rest.tolist(), *lists, strict=True):
            self._layers.seen = Moment(ts, records.first + row, place)
            try:
                segment = self._layers.dissect(link, bytes(view[begin : begin + max(0, captured)]), length)
            except NotIpError:
                not_ip += 1
                continue
            except DamagedError:
                damaged += 1
                continue
            if segment is None:
                continue
            base = begin
            if segment.detached is not None:
                base = size + len(detached)
                detached += segment.detached
            found.append((row, base, segment))
        return found, detached, not_ip, damaged

    def _with_leftovers(
        self, segments: Segments, moments: Moments, detached: bytearray, size: int, *, final: bool
    ) -> tuple[Segments, Moments]:
        """Append the datagrams of which fragments never came, their bytes to ``detached``."""
        left = list(self._layers.leftovers(final=final))
        if not left:
            return segments, moments
        found = _Found()
        for row, (_, segment) in enumerate(left):
            found.append((row, size + len(detached), segment))
            detached += segment.detached or b""
        stamps = np.array([moment for moment, _ in left], np.int64)
        ts, packet, place = (np.concatenate([known, stamps[:, column]]) for column, known in enumerate(moments))
        return segments.followed_by(from_list(found)), (ts, packet, place)
