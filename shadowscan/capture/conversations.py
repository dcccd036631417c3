"""TCP payloads as streams: ClientHellos, HTTP, SOCKS and DNS (``messages.py``), wherever they begin in a connection.

Each direction is read by itself, so half of a conversation is enough, and what a tunnel carries (CONNECT, SOCKS,
STARTTLS) is read like the beginning of a connection. Bytes nobody waits for are never copied.
"""

from bisect import bisect_left
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from shadowscan.capture.batch import CaptureLimits
from shadowscan.capture.flows import FlowTable
from shadowscan.capture.http import NotHttpError, parse_response
from shadowscan.capture.looks import DNS_PORT
from shadowscan.capture.messages import Messages
from shadowscan.capture.payloads import ACTIVE, AWAITED, LOOKS_LIKE, RESTING, Payloads
from shadowscan.capture.stream import Mode, Moment, Stream
from shadowscan.capture.webtalk import WebTalk

_BACK = 16
"""Payloads before the beginning of a message that are searched for its continuation (segments out of order)."""
_RECENT_RESPONSE = 4_096


@dataclass(slots=True)
class Conversations:
    """All TCP streams of which something is awaited or was read."""

    messages: Messages
    table: FlowTable
    web: WebTalk
    limits: CaptureLimits
    given_up: int = 0
    """Streams dropped because all together held too much."""
    _streams: dict[int, Stream] = field(default_factory=dict)
    """slot * 2 + side → stream"""
    _held: int = 0

    def read(self, payloads: Payloads, buffer: memoryview) -> None:
        """Look at the payloads flow by flow."""
        bounds = np.flatnonzero(np.diff(payloads.slot, prepend=-1, append=-1)).tolist()
        wakes = np.flatnonzero(payloads.wake).tolist()
        for first, end in pairwise(bounds):
            if wakes_here := wakes[bisect_left(wakes, first) : bisect_left(wakes, end)]:
                self._visit(int(payloads.slot[first]), range(first, end), wakes_here, payloads, buffer)

    def _visit(self, slot: int, where: range, wakes: list[int], p: Payloads, buffer: memoryview) -> None:
        """Read a flow's payloads: while nothing is being read, only those that may begin something."""
        touched, at, following = set[int](), where.start, 0
        while at < where.stop:
            if not self._busy(slot):
                following = bisect_left(wakes, at, following)
                if following == len(wakes):
                    break
                at = wakes[following]
            side = int(p.side[at])
            if self._look(slot, side, at, where, p, buffer):
                touched.add(side)
            at += 1
        for side in touched:
            known = self._streams.get(slot * 2 + side)
            resting = known is None or known.mode is Mode.IDLE
            self.table.state["look"][slot, side] = RESTING if resting else ACTIVE

    def _busy(self, slot: int) -> bool:
        one, other = self._streams.get(slot * 2), self._streams.get(slot * 2 + 1)
        return (one is not None and one.mode is not Mode.IDLE) or (other is not None and other.mode is not Mode.IDLE)

    def _look(self, slot: int, side: int, at: int, where: range, p: Payloads, buffer: memoryview) -> bool:
        """Look at one payload; return whether it was of any interest."""
        stream = self._streams.get(slot * 2 + side)
        woken = stream is None or stream.mode is Mode.IDLE
        if woken and p.wake[at] != LOOKS_LIKE and (stream is not None or p.wake[at] != AWAITED):
            return False
        data = _bytes(p, at, buffer)
        if stream is None or stream.mode is Mode.IDLE:
            stream = self._wake(slot, side, int(p.seq[at]), data)
        if stream is not None:
            self._take(stream, slot, side, p, at, data)
            if woken and stream.data:
                self._look_back(stream, slot, side, p, range(max(where.start, at - _BACK), at), buffer)
        return True

    def _wake(self, slot: int, side: int, seq: int, data: bytes) -> Stream | None:
        """Begin or resume a stream at a payload that looks like a beginning; None where it is nothing to follow."""
        stream = self._streams.get(slot * 2 + side)
        if stream is not None:
            if stream.was_read(seq):
                return None
            if not data.startswith(b"HTTP"):
                stream.restart(seq)
        state = self.table.state
        isn = int(state["isn"][slot, side])
        fresh = state["look"][slot, side] == 0 and isn >= 0
        # "HTTP/1.1" also ends a request line: from the client, ahead of its first bytes, it is no response.
        early = stream is None and fresh and seq != isn and state["client"][slot] == side
        if data.startswith(b"HTTP") and not early:
            self._response(slot, side, data)
            return None
        if stream is None:
            stream = self._streams[slot * 2 + side] = Stream(isn if fresh else seq)
        if DNS_PORT in self.table.state["key"]["port"][slot].tolist():
            stream.mode = Mode.DNS
        return stream

    def _response(self, slot: int, side: int, data: bytes) -> None:
        with suppress(NotHttpError):
            self.web.response(slot, side, parse_response(data[:_RECENT_RESPONSE]))

    def _take(self, stream: Stream, slot: int, side: int, p: Payloads, at: int, data: bytes) -> None:
        before, now = stream.size(), p.moment(at)
        if stream.take(int(p.seq[at]), data, int(p.length[at]), now, self.limits.segments):
            self._advance(stream, slot, side, now)
        elif len(stream.ahead) >= self.limits.segments:
            self._leap(stream, slot, side, now)
        self._held += stream.size() - before
        if self._held > self.limits.streams_bytes:
            self._relieve()

    def _look_back(self, stream: Stream, slot: int, side: int, p: Payloads, where: range, buffer: memoryview) -> None:
        for at in where:
            if p.side[at] == side and not stream.was_read(int(p.seq[at])) and stream.mode is not Mode.IDLE:
                self._take(stream, slot, side, p, at, _bytes(p, at, buffer))

    def _leap(self, stream: Stream, slot: int, side: int, now: Moment) -> None:
        """Read what there is before a gap that was not filled, and go on behind it."""
        self._finish(stream, slot, side)
        if stream.jump():
            if stream.mode is Mode.IDLE:
                stream.mode = Mode.START
            self._advance(stream, slot, side, now)

    def _finish(self, stream: Stream, slot: int, side: int) -> None:
        if stream.data and stream.mode is not Mode.IDLE:
            stream.cut = True
            ahead = stream.ahead
            stream.ahead = {}
            self._advance(stream, slot, side, stream.moment)
            stream.ahead = ahead

    def _relieve(self) -> None:
        """Read what there is of all incomplete streams and drop the rest: together they hold too much."""
        for key, stream in self._streams.items():
            if stream.mode is not Mode.IDLE and (stream.data or stream.ahead):
                self._finish(stream, key >> 1, key & 1)
                stream.rest()
                self.given_up += 1
        self._held = 0

    def close(self, slot: int) -> None:
        """Read what there is of a flow that ends, and forget it."""
        for side in (0, 1):
            stream = self._streams.pop(slot * 2 + side, None)
            if stream is None:
                continue
            self._held -= stream.size()
            stream.closing = not stream.ahead
            self._finish(stream, slot, side)
            while stream.jump():
                if stream.mode is Mode.IDLE:
                    stream.mode = Mode.START
                self._advance(stream, slot, side, stream.moment)
                self._finish(stream, slot, side)
        self.web.close(slot)

    def _advance(self, stream: Stream, slot: int, side: int, now: Moment) -> None:
        """Read message after message as long as there are whole ones."""
        while stream.data and stream.mode is not Mode.IDLE and (len(stream.data) >= stream.needed or stream.cut):
            if not self.messages.read(stream, slot, side, now):
                break
        if stream.cut and stream.mode is not Mode.IDLE:
            stream.rest()
        elif len(stream.data) > self.limits.stream_bytes:
            self._finish(stream, slot, side)
            stream.rest()


def _bytes(payloads: Payloads, at: int, buffer: memoryview) -> bytes:
    begin = int(payloads.begin[at])
    return bytes(buffer[begin : begin + int(payloads.captured[at])])
