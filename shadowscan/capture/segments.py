"""TCP segments and UDP datagrams as arrays: what the link and network layers boil down to."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from shadowscan.capture.arrays import Ints, Mask, Words

TCP, UDP = 6, 17
FIN, SYN, RST, ACK = 1, 2, 4, 16


@dataclass(slots=True)
class Segments:
    """One item a segment or datagram. Addresses are two 64-bit words; of IPv4 the lower one holds all."""

    row: Ints
    """Index of the packet in its Records."""
    version: Ints
    proto: Ints
    src_hi: Words
    src_lo: Words
    dst_hi: Words
    dst_lo: Words
    sport: Ints
    dport: Ints
    ip_bytes: Ints
    """Bytes of the (innermost) IP packet, header included; of all its fragments together."""
    packets: Ints
    """IP packets it came in: 1, or the number of fragments."""
    payload: Ints
    """Where the TCP or UDP payload begins in the buffer."""
    captured: Ints
    """Bytes of payload that are there."""
    length: Ints
    """Bytes of payload there were."""
    seq: Ints
    flags: Ints

    def __len__(self) -> int:
        return len(self.row)

    def merged(self, other: Self) -> Self:
        """Both, in the order of their packets."""
        if not len(other):
            return self
        both = self.followed_by(other)
        return both.pick(np.argsort(both.row, kind="stable"))

    def followed_by(self, other: Self) -> Self:
        """Both, one behind the other."""
        return type(self)(*(np.concatenate([getattr(self, f.name), getattr(other, f.name)]) for f in fields(self)))

    def pick(self, which: Mask | Ints) -> Self:
        """Only those under a mask, or those with these indices."""
        return type(self)(*(getattr(self, f.name)[which] for f in fields(self)))


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment found by the careful path."""

    version: int
    proto: int
    src: bytes
    dst: bytes
    sport: int
    dport: int
    ip_bytes: int
    packets: int
    payload: int
    captured: int
    length: int
    seq: int
    flags: int
    detached: bytes | None = None
    """The bytes ``payload`` points into where they are not the frame's own: a reassembled datagram."""


def from_list(found: list[tuple[int, int, Segment]]) -> Segments:
    """Arrays of (row, offset to add to payload, segment)."""
    ints = np.array(
        [
            (row, s.version, s.proto, s.sport, s.dport, s.ip_bytes, s.packets, base + s.payload, s.captured, s.length)
            for row, base, s in found
        ],
        np.int64,
    ).reshape(-1, 10)
    tcp = np.array([(s.seq, s.flags) for _, _, s in found], np.int64).reshape(-1, 2)
    raw = b"".join(s.src.rjust(16, b"\0") + s.dst.rjust(16, b"\0") for _, _, s in found)
    words = np.frombuffer(raw, ">u8").astype(np.uint64).reshape(-1, 4)
    row, version, proto, sport, dport, ip_bytes, packets, payload, captured, length = ints.T
    return Segments(
        row, version, proto, words[:, 0], words[:, 1], words[:, 2], words[:, 3], sport, dport,
        ip_bytes, packets, payload, captured, length, tcp[:, 0], tcp[:, 1],
    )  # fmt: skip
