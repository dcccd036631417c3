"""The back half of the pipeline: segments → flows → facts → one table a batch."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from shadowscan.capture.arrays import Ints
from shadowscan.capture.batch import CaptureBatch, CaptureLimits, limit_reached
from shadowscan.capture.conversations import Conversations
from shadowscan.capture.datagrams import Datagrams
from shadowscan.capture.events import event_table, flow_table
from shadowscan.capture.facts import Facts
from shadowscan.capture.flows import FlowTable
from shadowscan.capture.lookups import Lookups
from shadowscan.capture.messages import Messages
from shadowscan.capture.names import NameBook
from shadowscan.capture.payloads import of_tcp, of_udp
from shadowscan.capture.stretch import Stretch, Stretches
from shadowscan.capture.webtalk import WebTalk
from shadowscan.errors import Problem

_FLOWS = 8192
"""Flows reported at a time at the end of a capture."""


class CaptureReader:
    """Reads one capture from beginning to end."""

    def __init__(self, name: str, limits: CaptureLimits) -> None:
        self._name, self._limits = name, limits
        self._table = FlowTable(limits)
        self._book = NameBook(limits.names)
        self._facts = Facts(self._table, self._book)
        self._lookups = Lookups(self._facts, limits.names)
        self._web = WebTalk(self._facts, limits.requests)
        self._tcp = Conversations(Messages(self._facts, self._lookups, self._web), self._table, self._web, limits)
        self._udp = Datagrams(self._facts, self._table, self._lookups, limits.streams_bytes)

    def read(self, source: Stretches) -> Iterator[CaptureBatch]:
        """Yield batch after batch; raises what ended the stream too early after the last one."""
        for stretch in source:
            if stretch.final:
                yield from self.finish(stretch)
            else:
                yield self.batch(stretch)
        if source.failure is not None:
            raise source.failure

    def batch(self, stretch: Stretch) -> CaptureBatch:
        """Take in the next packets."""
        flows = [self._follow(stretch), *self._end_overdue(stretch.now)] if len(stretch.segments) else []
        return self._batch(stretch, flows)

    def pass_time(self, now: int) -> CaptureBatch:
        """Take note that no packet came up to this time (microseconds since 1970)."""
        return CaptureBatch(self._events(*self._end_overdue(now)), 0, 0, 0, 0, (), 0)

    def finish(self, stretch: Stretch) -> Iterator[CaptureBatch]:
        """Take in what was left and report everything that is still open, some thousand flows at a time."""
        flows = [self._follow(stretch)] if len(stretch.segments) else []
        live = self._table.live()
        live = live[np.argsort(self._table.state["packet"][live], kind="stable")]
        self._close(live)
        yield self._batch(stretch, flows, *self._limits_reached())
        for begin in range(0, len(live), _FLOWS):
            table = self._flow_events(live[begin : begin + _FLOWS])
            yield CaptureBatch(table, 0, 0, 0, 0, (), stretch.consumed)

    def _batch(self, stretch: Stretch, flows: list[pa.Table], *problems: Problem) -> CaptureBatch:
        return CaptureBatch(
            self._events(*flows),
            stretch.packets,
            stretch.dissected,
            stretch.not_ip,
            stretch.damaged,
            (*stretch.problems, *problems),
            stretch.consumed,
        )

    def _end_overdue(self, now: int) -> list[pa.Table]:
        self._lookups.overdue(now)
        ended = self._report(self._table.idle(now))
        active = self._limits.active_s
        return [ended] if active is None else [ended, self._report_so_far(self._table.ongoing(now, active))]

    def _follow(self, stretch: Stretch) -> pa.Table:
        """Tie the segments to their flows and read what is worth it; return the flows that began anew."""
        segments, moments, buffer = stretch.segments, stretch.moments, stretch.bytes()
        assigned, ended = self._table.assign(segments, stretch.groups, moments)
        looks = stretch.looks
        self._udp.read(of_udp(segments, looks, assigned, self._table, moments), buffer.data, stretch.early)
        self._tcp.read(of_tcp(segments, looks, assigned, self._table, moments), buffer.data)
        return self._report(np.array(ended, np.int64))

    def _events(self, *flows: pa.Table) -> pa.Table:
        rows, self._facts.rows = self._facts.rows, []
        return event_table(rows, *flows)

    def _report(self, slots: Ints) -> pa.Table:
        """End these flows: read what is left of them, and make their events."""
        self._close(slots)
        return self._flow_events(slots)

    def _close(self, slots: Ints) -> None:
        """Read what is left of these flows."""
        ending = slots.tolist()
        self._lookups.close(frozenset(ending))
        for slot in ending:
            self._tcp.close(slot)
            self._udp.close(slot)

    def _flow_events(self, slots: Ints) -> pa.Table:
        """Make the events of flows that were closed, and forget them."""
        table = flow_table(self._facts, slots[self._table.has_news(slots)])
        for slot in slots.tolist():
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
            (self._web.hurried, "HTTP requests reported without their response", "too many awaiting one"),
            (self._lookups.hurried, "DNS questions reported without their answer", "too many awaiting one"),
            (self._book.forgotten, "DNS answers forgotten", "too many addresses looked up"),
        )
        return (limit_reached(count, what, why, self._name) for count, what, why in reached if count)
