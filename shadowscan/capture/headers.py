"""IP, TCP and UDP headers of the common shapes, many packets at a time.

Common: IPv4 without options or fragments, IPv6 without extension headers, TCP or UDP inside, the headers captured
whole, no tunnel. All the rest is left to the careful path (``layers.py``).
"""

import numpy as np

from shadowscan.capture.arrays import Bytes, Ints, Mask, Words, rows_at
from shadowscan.capture.link import IP4, IP6
from shadowscan.capture.overlay import peel
from shadowscan.capture.records import Records
from shadowscan.capture.segments import TCP, UDP, Segments
from shadowscan.capture.tunnels import UDP_TUNNELS

_TUNNELS = np.zeros(65536, np.bool_)
_TUNNELS[list(UDP_TUNNELS)] = True
_ROW = 64


def common_segments(records: Records, offset: Ints, kind: Ints) -> tuple[Segments, Mask]:
    """Return the segments of the common packets, and which packets they are."""
    offset, kind = offset.copy(), kind.copy()
    rows = rows_at(records.buffer, offset, _ROW)
    for _ in range(2):  # mirrored overlays: an overlay in an overlay
        if not len(peel(records.buffer, offset, kind, rows, records.captured - (offset - records.data))):
            break
    room = records.captured - (offset - records.data)
    wire = records.length - (offset - records.data)
    four = (kind == IP4) & (rows[:, 0] == 0x45) & (rows[:, 6] & 0x3F == 0) & (rows[:, 7] == 0)
    six = (kind == IP6) & (rows[:, 0] >> 4 == 6)
    parts = []
    common = np.zeros(len(records), np.bool_)
    for mask, make in ((four, _of_ipv4), (six, _of_ipv6)):
        picked = np.flatnonzero(mask)
        if not len(picked):
            continue
        segments, good = make(picked, rows[picked], offset[picked], room[picked], wire[picked])
        common[picked[good]] = True
        parts.append(segments if good.all() else segments.pick(good))
    if not parts:
        none = np.zeros(0, np.int64)
        return _of_ipv4(none, rows[:0], none, none, none)[0], common
    return (parts[0] if len(parts) == 1 else parts[0].merged(parts[1])), common


def _of_ipv4(picked: Ints, rows: Bytes, offset: Ints, room: Ints, wire: Ints) -> tuple[Segments, Mask]:
    shorts, words = rows.view(">u2"), rows.view(">u4")
    total = shorts[:, 1].astype(np.int64)
    total = np.where(total == 0, wire, total)  # left to the network card by segmentation offload
    zero = np.zeros(len(picked), np.uint64)
    addresses = (zero, words[:, 3].astype(np.uint64), zero, words[:, 4].astype(np.uint64))
    return _transport(picked, rows, 4, 20, rows[:, 9], addresses, total, (offset, room))


def _of_ipv6(picked: Ints, rows: Bytes, offset: Ints, room: Ints, wire: Ints) -> tuple[Segments, Mask]:
    shorts, longs = rows.view(">u2"), rows.view(">u8").astype(np.uint64)
    inner = shorts[:, 2].astype(np.int64)
    total = np.where(inner == 0, wire, inner + 40)
    addresses = (longs[:, 1], longs[:, 2], longs[:, 3], longs[:, 4])
    return _transport(picked, rows, 6, 40, rows[:, 6], addresses, total, (offset, room))


def _transport(
    picked: Ints,
    rows: Bytes,
    version: int,
    at: int,
    proto: Bytes,
    addresses: tuple[Words, Words, Words, Words],
    total: Ints,
    extent: tuple[Ints, Ints],
) -> tuple[Segments, Mask]:
    """Read TCP and UDP headers that begin ``at`` bytes into each row."""
    offset, room = extent
    shorts = rows.view(">u2")
    tcp, udp = proto == TCP, proto == UDP
    sport, dport = shorts[:, at // 2].astype(np.int64), shorts[:, at // 2 + 1].astype(np.int64)
    head = np.where(tcp, (rows[:, at + 12] >> 4).astype(np.int64) * 4, 8) + at
    said = shorts[:, at // 2 + 2].astype(np.int64)
    length = total - head
    length = np.where(udp & (said >= 8), np.minimum(length, said - 8), length)
    good = (tcp & (head >= at + 20)) | (udp & ~_TUNNELS[sport] & ~_TUNNELS[dport])
    good &= (head <= room) & (length >= 0)
    count = len(picked)
    segments = Segments(
        row=picked,
        version=np.full(count, version, np.int64),
        proto=proto.astype(np.int64),
        src_hi=addresses[0],
        src_lo=addresses[1],
        dst_hi=addresses[2],
        dst_lo=addresses[3],
        sport=sport,
        dport=dport,
        ip_bytes=total,
        packets=np.ones(count, np.int64),
        payload=offset + head,
        captured=np.minimum(length, room - head),
        length=length,
        seq=np.where(tcp, rows.view(">u4")[:, at // 4 + 1], 0).astype(np.int64),
        flags=np.where(tcp, rows[:, at + 13], 0).astype(np.int64),
    )
    return segments, good
