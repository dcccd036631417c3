"""The pipeline: bytes → records → headers → flows → facts → one table a batch."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import pyarrow as pa

from shadowscan.capture.arrays import PADDING, Bytes, Ints
from shadowscan.capture.batch import CaptureBatch, CaptureLimits
from shadowscan.capture.conversations import Conversations
from shadowscan.capture.cursor import DamagedError, NotIpError
from shadowscan.capture.datagrams import Datagrams
from shadowscan.capture.events import event_table, flow_table
from shadowscan.capture.facts import Facts
from shadowscan.capture.feed import Feed
from shadowscan.capture.flows import FlowTable
from shadowscan.capture.headers import common_segments
from shadowscan.capture.layers import Layers
from shadowscan.capture.link import network_layer
from shadowscan.capture.lookups import Lookups
from shadowscan.capture.magic import PCAP_MAGICS, PCAPNG_SECTION
from shadowscan.capture.names import NameBook
from shadowscan.capture.payloads import of_tcp, of_udp
from shadowscan.capture.pcap import FILE_HEADER, PcapWalk
from shadowscan.capture.pcapng import PcapngWalk
from shadowscan.capture.records import Records, nothing
from shadowscan.capture.segments import Segment, Segments, from_list
from shadowscan.capture.stream import Moment
from shadowscan.capture.webtalk import WebTalk
from shadowscan.errors import Problem


@dataclass(slots=True)
class _Counts:
    dissected: int = 0
    not_ip: int = 0
    damaged: int = 0


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


class CaptureReader:
    """Reads one capture from beginning to end."""

    def __init__(self, name: str, limits: CaptureLimits) -> None:
        self._name, self._limits = name, limits
        self._layers = Layers(limits)
        self._table = FlowTable(limits)
        self._book = NameBook(limits.names)
        self._facts = Facts(self._table, self._book)
        self._lookups = Lookups(self._facts, limits.names)
        self._web = WebTalk(self._facts, limits.requests)
        self._tcp = Conversations(self._facts, self._table, self._lookups, self._web, limits)
        self._udp = Datagrams(self._facts, self._table, self._lookups, limits.streams_bytes)

    def read(self, stream: BinaryIO) -> Iterator[CaptureBatch]:
        """Yield batch after batch; raises the stream's SourceError after the last one."""
        consumed = 0
        with Feed(stream, max(self._limits.chunk_bytes, 2 * self._limits.record_bytes)) as feed:
            for records in read_records(feed, self._name, self._limits):
                consumed = records.consumed
                yield self.batch(records)
        yield self.finish(consumed)
        if feed.failure is not None:
            raise feed.failure

    def batch(self, records: Records) -> CaptureBatch:
        """Take in the next packets."""
        counts = _Counts(damaged=records.cut)
        segments, buffer = self._segments(records, counts)
        moments = (records.ts[segments.row], segments.row + records.first, records.place[segments.row])
        flows = list[pa.Table]()
        if len(segments):
            flows.append(self._follow(segments, buffer, moments))
            flows += self._give_up(final=False)
            flows += self._end_overdue(int(records.ts.max()))
        return self._finished(counts, records.consumed, flows, records.problems)

    def pass_time(self, now: int) -> CaptureBatch:
        """Take note that no packet came up to this time (microseconds since 1970)."""
        return self._finished(_Counts(), 0, self._end_overdue(now), ())

    def finish(self, consumed: int) -> CaptureBatch:
        """Report everything that is still open."""
        flows = [*self._give_up(final=True), self._report(self._table.live())]
        return self._finished(_Counts(), consumed, flows, tuple(self._limits_reached()))

    def _end_overdue(self, now: int) -> list[pa.Table]:
        self._lookups.overdue(now)
        ended = self._report(self._table.idle(now))
        active = self._limits.active_s
        return [ended] if active is None else [ended, self._report_so_far(self._table.ongoing(now, active))]

    def _follow(self, segments: Segments, buffer: Bytes, moments: tuple[Ints, Ints, Ints]) -> pa.Table:
        """Tie the segments to their flows and read what is worth it; return the flows that began anew."""
        assigned, ended = self._table.assign(segments, *moments)
        view = buffer.data
        self._udp.read(of_udp(segments, assigned, self._table, buffer, moments), view)
        self._tcp.read(of_tcp(segments, assigned, self._table, buffer, moments), view)
        return self._report(np.array(ended, np.int64))

    def _give_up(self, *, final: bool) -> list[pa.Table]:
        """Follow the datagrams of which fragments never came."""
        left = list(self._layers.leftovers(final=final))
        if not left:
            return []
        buffer, found = bytearray(), list[tuple[int, int, Segment]]()
        for row, (_, segment) in enumerate(left):
            found.append((row, len(buffer), segment))
            buffer += segment.detached or b""
        stamps = np.array([moment for moment, _ in left], np.int64)
        moments = (stamps[:, 0], stamps[:, 1], stamps[:, 2])
        padded = np.frombuffer(bytes(buffer) + bytes(PADDING), np.uint8)
        return [self._follow(from_list(found), padded, moments)]

    def _finished(
        self, counts: _Counts, consumed: int, flows: list[pa.Table], problems: tuple[Problem, ...]
    ) -> CaptureBatch:
        rows, self._facts.rows = self._facts.rows, []
        packets = counts.dissected + counts.not_ip + counts.damaged
        return CaptureBatch(
            event_table(rows, *flows), packets, counts.dissected, counts.not_ip, counts.damaged, problems, consumed
        )

    def _segments(self, records: Records, counts: _Counts) -> tuple[Segments, Bytes]:
        """Dissect the common packets at once and the others one by one."""
        segments, common = common_segments(records, *network_layer(records))
        rest = np.flatnonzero(~common)
        found, detached = self._careful(records, rest, counts)
        counts.dissected += len(records) - len(rest)
        if found:
            segments = segments.merged(from_list(found))
        if not detached:
            return segments, records.buffer
        padding = np.zeros(PADDING, np.uint8)
        return segments, np.concatenate([records.buffer, np.frombuffer(bytes(detached), np.uint8), padding])

    def _careful(
        self, records: Records, rest: Ints, counts: _Counts
    ) -> tuple[list[tuple[int, int, Segment]], bytearray]:
        """Return (row, where its bytes begin in the buffer, segment) and the bytes to append to the buffer."""
        found, detached = list[tuple[int, int, Segment]](), bytearray()
        view, size = records.buffer.data, len(records.buffer)
        fields = (records.data, records.captured, records.length, records.link, records.ts, records.place)
        lists = (values[rest].tolist() for values in fields)
        for row, begin, captured, length, link, ts, place in zip(rest.tolist(), *lists, strict=True):
            self._layers.seen = Moment(ts, records.first + row, place)
            try:
                segment = self._layers.dissect(link, bytes(view[begin : begin + max(0, captured)]), length)
            except NotIpError:
                counts.not_ip += 1
                continue
            except DamagedError:
                counts.damaged += 1
                continue
            counts.dissected += 1
            if segment is None:
                continue
            base = begin
            if segment.detached is not None:
                base = size + len(detached)
                detached += segment.detached
            found.append((row, base, segment))
        return found, detached

    def _report(self, slots: Ints) -> pa.Table:
        """Close these flows: read what is left of them, and make their events."""
        ending = slots.tolist()
        self._lookups.close(frozenset(ending))
        for slot in ending:
            self._tcp.close(slot)
            self._udp.close(slot)
        table = flow_table(self._facts, slots[self._table.has_news(slots)])
        for slot in ending:
            self._facts.forget(slot)
        self._table.free(slots)
        return table

    def _report_so_far(self, slots: Ints) -> pa.Table:
        """Make events of flows that go on, and let their sums begin anew."""
        for slot in slots.tolist():
            self._web.close(slot)
        table = flow_table(self._facts, slots, ongoing=True)
        self._table.begin_anew(slots)
        return table

    def _limits_reached(self) -> Iterator[Problem]:
        reached = (
            (self._table.closed_early, "flows closed before their end", "too many at a time"),
            (self._tcp.given_up, "TCP streams given up half-read", "too many incomplete messages at a time"),
            (self._udp.given_up, "QUIC handshakes given up half-read", "too many incomplete ones at a time"),
            (self._layers.fragments.given_up, "IP datagrams given up", "too many awaiting fragments"),
            (self._web.hurried, "HTTP requests reported without their response", "too many awaiting one"),
            (self._lookups.hurried, "DNS questions reported without their answer", "too many awaiting one"),
            (self._book.forgotten, "DNS answers forgotten", "too many addresses looked up"),
        )
        for count, what, why in reached:
            if count:
                yield Problem(f"{count} {what}", why, self._name, "split the capture by time or by client")
