"""The flow table: which 5-tuple each segment belongs to, and the sums of every flow, kept in arrays."""

from dataclasses import dataclass
from struct import Struct

import numpy as np

from shadowscan.capture.arrays import Ints, Mask
from shadowscan.capture.batch import CaptureLimits
from shadowscan.capture.grouping import KEY, Groups, idle_us
from shadowscan.capture.records import LAST_TIME
from shadowscan.capture.segments import ACK, FIN, RST, SYN, TCP, Segments

BURST_GAP_US = 1_000_000
"""A pause of the client longer than this ends a burst of upload."""

_UNPACK_KEY = Struct("=BBQQQQHH").unpack
_STATE = np.dtype(
    [
        ("id", "i8"), ("key", KEY), ("opened_ts", "i8"), ("first_ts", "i8"), ("last_ts", "i8"),
        ("packet", "i8"), ("place", "i8"), ("client", "i1"), ("basis", "i1"),
        ("bytes", "i8", 2), ("packets", "i8", 2), ("payload", "i8", 2),
        ("burst_ts", "i8"), ("burst", "i8"), ("burst_max", "i8"), ("bursts", "i8"),
        ("isn", "i8", 2), ("look", "u1", 2), ("dns", "u1"), ("closed", "?", 2),
    ]
)  # fmt: skip
_SWEEP_US = 10_000_000
FROM_FIRST, FROM_PORTS, FROM_HELLO, FROM_SYN_ACK, FROM_SYN = range(5)
"""What the choice of the client side rests on, weakest first."""


@dataclass(slots=True)
class Assigned(Groups):
    """Groups of segments tied to their flows."""

    slot: Ints
    """The flow's place in the table, for each group."""
    slots: Ints
    """The flow's place in the table, for each segment (unsorted)."""


class FlowTable:
    """Flows followed at present. A slot is the index of a flow in ``state`` while it lives."""

    def __init__(self, limits: CaptureLimits) -> None:
        self._limits = limits
        self.state = np.zeros(1024, _STATE)
        self._index: dict[bytes, int] = {}
        self._free: list[int] = list(range(1023, -1, -1))
        self._next_id = 1
        self.closed_early = 0
        self._swept = 0

    def __len__(self) -> int:
        return len(self._index)

    def assign(
        self, segments: Segments, groups: Groups, moments: tuple[Ints, Ints, Ints]
    ) -> tuple[Assigned, list[int]]:
        """Find or open the flow of each group and add up its sums.

        Returns also the slots of flows that ended because the same 5-tuple began anew after the idle time: the caller
        reports and frees them. ``moments`` are time, number and place of each segment's packet.
        """
        leads, keys = groups.order[groups.start], groups.keys
        ts, packet, place = (values[leads] for values in moments)
        slots, ended = self._slots(keys, ts, segments.proto[leads])
        opened = self.state["packet"][slots] == 0
        self._open(slots[opened], keys[opened], ts[opened], packet[opened], place[opened])
        by_segment = np.empty(len(segments), np.int64)
        by_segment[groups.order] = np.repeat(slots, groups.sizes())
        assigned = Assigned(groups.order, groups.start, keys, groups.side, slots, by_segment)
        self._choose_clients(segments, assigned, opened)
        self._note_ends(segments, assigned)
        self._add_up(segments, assigned, moments[0])
        return assigned, ended

    def _slots(self, keys: np.ndarray, ts: Ints, proto: Ints) -> tuple[Ints, list[int]]:
        raw, width = keys.tobytes(), KEY.itemsize
        names = [raw[at : at + width] for at in range(0, len(raw), width)]
        slots = np.array([self._index.get(name, -1) for name in names], np.int64)
        over = (slots >= 0) & (ts - self.state["last_ts"][slots] > idle_us(self._limits, proto))
        ended: list[int] = slots[over].tolist()
        slots[over] = -1
        if len(set(names)) < len(names):  # a 5-tuple that began anew within this stretch: all but its first group
            for number in _repeats(names):
                slots[number] = -1
        for number in np.flatnonzero(slots < 0).tolist():
            before = self._index.get(names[number], -1)
            if before >= 0 and not over[number]:
                ended.append(before)
            slots[number] = self._index[names[number]] = self._take()
        return slots, ended

    def _take(self) -> int:
        if not self._free:
            size = len(self.state)
            self.state = np.concatenate([self.state, np.zeros(size, _STATE)])
            self._free = list(range(2 * size - 1, size - 1, -1))
        slot = self._free.pop()
        self.state["packet"][slot] = 0
        return slot

    def _open(self, slots: Ints, keys: np.ndarray, ts: Ints, packet: Ints, place: Ints) -> None:
        fresh = np.zeros(len(slots), _STATE)
        fresh["key"], fresh["opened_ts"], fresh["first_ts"], fresh["last_ts"] = keys, ts, ts, ts
        fresh["packet"], fresh["place"], fresh["client"] = packet, place, -1
        fresh["isn"] = -1
        rank = np.empty(len(slots), np.int64)
        rank[np.argsort(packet, kind="stable")] = np.arange(len(slots))
        fresh["id"] = self._next_id + rank
        self._next_id += len(slots)
        self.state[slots] = fresh

    def _choose_clients(self, segments: Segments, assigned: Assigned, opened: Mask) -> None:
        first = assigned.order[assigned.start[opened]]
        slots, state = assigned.slot[opened], self.state
        sender = assigned.side[first]
        low, high = segments.sport[first] < 1024, segments.dport[first] < 1024
        state["client"][slots] = np.where(low & ~high, 1 - sender, sender)
        state["basis"][slots] = np.where(low != high, FROM_PORTS, FROM_FIRST)
        by_segment = assigned.slots
        shake = segments.flags & (SYN | ACK)
        for wanted, basis in ((SYN | ACK, FROM_SYN_ACK), (SYN, FROM_SYN)):
            at = np.flatnonzero((shake == wanted) & (segments.proto == TCP))[::-1]  # the first one is written last
            state["isn"][by_segment[at], assigned.side[at]] = segments.seq[at] + 1 & 0xFFFFFFFF
            at = at[state["basis"][by_segment[at]] < basis]
            side = assigned.side[at]
            state["client"][by_segment[at]] = side if basis == FROM_SYN else 1 - side
            state["basis"][by_segment[at]] = basis

    def _note_ends(self, segments: Segments, assigned: Assigned) -> None:
        """Note which sides have closed their half of a TCP connection, or opened it anew."""
        at = np.flatnonzero((segments.flags & (FIN | SYN | RST) > 0) & (segments.proto == TCP))
        flags, slot, side = segments.flags[at], assigned.slots[at], assigned.side[at]
        both = np.stack([slot, slot], axis=1).ravel(), np.stack([side, 1 - side], axis=1).ravel()
        means = np.repeat(flags & (SYN | RST) > 0, 2)
        means[::2] = True  # a FIN speaks for its own side only
        self.state["closed"][both[0][means], both[1][means]] = np.repeat(flags & SYN == 0, 2)[means]

    def _add_up(self, segments: Segments, assigned: Assigned, ts: Ints) -> None:
        order, start, slot, state = assigned.order, assigned.start, assigned.slot, self.state
        if not len(order):
            return
        side = assigned.side[order]
        for name, values in (("bytes", segments.ip_bytes), ("packets", segments.packets), ("payload", segments.length)):
            ordered = values[order]
            theirs = np.add.reduceat(ordered * side, start)
            total = np.add.reduceat(ordered, start)
            sums = state[name][slot]
            sums[:, 0] += total - theirs
            sums[:, 1] += theirs
            state[name][slot] = sums
        state["last_ts"][slot] = np.maximum(state["last_ts"][slot], np.maximum.reduceat(ts[order], start))
        earliest = np.minimum.reduceat(ts[order], start)
        for name in ("opened_ts", "first_ts"):
            state[name][slot] = np.minimum(state[name][slot], earliest)
        self._add_bursts(segments, assigned, ts)

    def _add_bursts(self, segments: Segments, assigned: Assigned, ts: Ints) -> None:
        """Split what the client sent at pauses, and keep the number of bursts and the largest."""
        state = self.state
        out = (assigned.side == state["client"][assigned.slots]) & (segments.length > 0)
        at = assigned.order[out[assigned.order]]
        slot = assigned.slots[at]
        if not len(at):
            return
        when, size = ts[at], segments.length[at]
        change = np.ones(len(at), np.bool_)
        change[1:] = slot[1:] != slot[:-1]
        lead = change.copy()
        change[1:] |= when[1:] - when[:-1] > BURST_GAP_US
        begin = np.flatnonzero(change)
        sums, owner = np.add.reduceat(size, begin), slot[begin]
        carried = lead[begin] & (state["bursts"][owner] > 0) & (when[begin] - state["burst_ts"][owner] <= BURST_GAP_US)
        sums = sums + np.where(carried, state["burst"][owner], 0)
        np.add.at(state["bursts"], owner, ~carried)
        np.maximum.at(state["burst_max"], owner, sums)
        final = np.append(lead[begin][1:], True)
        state["burst"][owner[final]] = sums[final]
        ends = np.append(begin[1:], len(at))[final] - 1
        state["burst_ts"][owner[final]] = when[ends]

    def key(self, slot: int) -> tuple[int, int, int, int, int, int, int, int]:
        """Version, protocol, upper words of both addresses, lower words, ports."""
        key: tuple[int, int, int, int, int, int, int, int] = _UNPACK_KEY(self.state["key"][slot].tobytes())
        return key

    def prefer_client(self, slot: int, side: int) -> None:
        """Note who spoke first in a protocol that tells: stronger than ports, weaker than a SYN."""
        if self.state["basis"][slot] < FROM_HELLO:
            self.state["client"][slot], self.state["basis"][slot] = side, FROM_HELLO

    def idle(self, now: int) -> Ints:
        """Slots of flows that have ended by this time, and of the longest idle ones where there are too many.

        Looked at every ten seconds of the capture, so that small chunks do not make it dear.
        """
        if len(self._index) <= self._limits.flows and 0 <= now - self._swept < _SWEEP_US:
            return np.zeros(0, np.int64)
        self._swept = now
        live = np.fromiter(self._index.values(), np.int64, len(self._index))
        last = self.state["last_ts"][live]
        gone = now - last > idle_us(self._limits, self.state["key"]["proto"][live])
        gone |= self.state["closed"][live].all(axis=1) & (now - last > self._limits.closed_s * 1_000_000)
        left = len(live) - int(gone.sum())
        if left > self._limits.flows:
            excess = left - self._limits.flows * 3 // 4
            self.closed_early += excess
            waiting = np.flatnonzero(~gone)
            gone[waiting[np.argsort(last[waiting], kind="stable")[:excess]]] = True
        return live[gone]

    def ongoing(self, now: int, active_s: int) -> Ints:
        """Slots of flows with packets that were not reported, the first of them so long ago."""
        live = self.live()
        due = now - self.state["first_ts"][live] >= active_s * 1_000_000
        return live[due & self.has_news(live)]

    def has_news(self, slots: Ints) -> Mask:
        """Whether packets came since each flow began or was last reported."""
        news: Mask = self.state["packets"][slots].sum(axis=1) > 0
        return news

    def begin_anew(self, slots: Ints) -> None:
        """Forget the sums of flows that were reported and go on."""
        for name in ("bytes", "packets", "payload", "burst", "burst_max", "bursts"):
            self.state[name][slots] = 0
        self.state["first_ts"][slots] = LAST_TIME

    def live(self) -> Ints:
        """All slots in use."""
        return np.fromiter(self._index.values(), np.int64, len(self._index))

    def free(self, slots: Ints) -> None:
        """Give the slots of reported flows back."""
        raw, width = self.state["key"][slots].tobytes(), KEY.itemsize
        for number, slot in enumerate(slots.tolist()):
            key = raw[number * width : (number + 1) * width]
            if self._index.get(key) == slot:
                del self._index[key]
            self._free.append(slot)


def _repeats(names: list[bytes]) -> list[int]:
    """Where a name stands that stood further ahead already."""
    first: dict[bytes, int] = {}
    return [number for number, name in enumerate(names) if first.setdefault(name, number) != number]
