"""The careful path: one packet at a time, header by header, through tunnels, fragments and extension headers."""

from collections.abc import Iterator
from dataclasses import replace

from shadowscan.capture.batch import CaptureLimits
from shadowscan.capture.cursor import ETHER, LINK, PROTO, Cursor, DamagedError, NotIpError
from shadowscan.capture.fragments import Fragments
from shadowscan.capture.framing import FRAMING
from shadowscan.capture.link import IP4, IP6
from shadowscan.capture.oddlinks import ODD_LINKS
from shadowscan.capture.segments import TCP, UDP, Segment
from shadowscan.capture.stream import NOWHERE, Moment
from shadowscan.capture.tunnels import TUNNELS, UDP_TUNNELS

_HOP_BY_HOP, _ROUTING, _FRAGMENT, _AUTH, _NONE, _OPTIONS = 0, 43, 44, 51, 59, 60
_EXTENSIONS = frozenset((_HOP_BY_HOP, _ROUTING, _OPTIONS, 135, 139, 140))
_DEPTH = 8
_HANDLERS = {**FRAMING, **ODD_LINKS, **TUNNELS}
_NOP = 1
_SOURCE_ROUTES = frozenset((131, 137))
_IP = frozenset((ETHER | IP4, ETHER | IP6))


class _Unfinished(Exception):  # noqa: N818  (not an error: the packet's story ends here)
    """IP was read, but it holds neither TCP nor UDP."""


class _Awaited(_Unfinished):
    """IP was read, but it is a fragment that completes nothing yet."""


class Layers:
    """Dissects packets of every shape; keeps the fragments that wait for others."""

    def __init__(self, limits: CaptureLimits) -> None:
        self._limits = limits
        self.fragments = Fragments(limits.fragments)
        self.seen = NOWHERE
        """When and where the packet is that is dissected next: set by the caller, kept with fragments."""

    def dissect(self, link: int, frame: bytes, length: int) -> Segment | None:
        """Return the innermost TCP or UDP, or None where IP carries something else or a part of it only.

        Raises NotIpError and DamagedError.
        """
        if link < 0:
            raise DamagedError
        cursor = Cursor(frame, LINK | link, length)
        try:
            return self._walk(cursor)
        except _Unfinished:
            return None
        except (NotIpError, DamagedError):
            if cursor.version:  # an outer IP header was read
                return None
            raise

    def leftovers(self, *, final: bool) -> Iterator[tuple[Moment, Segment]]:
        """Datagrams given up incomplete (at the end: all that wait): their first fragment tells whose they are."""
        for datagram in self.fragments.leave() if final else self.fragments.given_up_lately():
            cursor = datagram.first
            if cursor is None:
                continue
            cursor.ip_bytes, cursor.packets, cursor.detached = datagram.ip_bytes, datagram.packets, True
            try:
                yield datagram.seen, self._walk(cursor)
            except (NotIpError, DamagedError, _Unfinished):
                continue

    def _walk(self, cursor: Cursor) -> Segment:
        for _ in range(self._limits.layers):
            step = cursor.next
            if step in _IP:
                self._ip(cursor)
            elif step == PROTO | TCP:
                return _tcp(cursor)
            elif step == PROTO | UDP:
                return self._udp(cursor)
            else:
                self._other(cursor, step)
        raise _Unfinished

    def _other(self, cursor: Cursor, step: int) -> None:
        number = step & ~PROTO
        if step & PROTO == PROTO and number in _EXTENSIONS:
            cursor.step(8 + 8 * cursor.u8(1), PROTO | cursor.u8())
        elif step == PROTO | _FRAGMENT:
            self._ipv6_fragment(cursor)
        elif step == PROTO | _AUTH:
            cursor.step(4 * cursor.u8(1) + 8, PROTO | cursor.u8())
        elif step in _HANDLERS:
            _HANDLERS[step](cursor)
        else:
            raise _Unfinished if cursor.version else NotIpError

    def _ip(self, cursor: Cursor) -> None:
        if cursor.u8() >> 4 == 4:
            self._ipv4(cursor)
        elif cursor.u8() >> 4 == 6:
            self._ipv6(cursor)
        else:
            raise DamagedError

    def _ipv4(self, cursor: Cursor) -> None:
        cursor.need(20)
        data, pos = cursor.data, cursor.pos
        head = (data[pos] & 15) * 4
        total = cursor.u16(2) or cursor.length - pos
        if head < 20 or total < head:
            raise DamagedError
        cursor.version, cursor.ip_bytes, cursor.packets = 4, total, 1
        cursor.src, cursor.dst = data[pos + 12 : pos + 16], _destination(data[pos : pos + head])
        cursor.length = min(cursor.length, pos + total) if cursor.length >= pos + head else pos + total
        flags = cursor.u16(6)
        cursor.step(head, PROTO | data[pos + 9])
        if flags & 0x3FFF:
            key = (cursor.src, cursor.dst, data[pos + 4 : pos + 6], data[pos + 9])
            self._fragment(cursor, key, (flags & 0x1FFF) * 8, more=bool(flags & 0x2000))

    def _ipv6(self, cursor: Cursor) -> None:
        cursor.need(40)
        data, pos = cursor.data, cursor.pos
        inner = cursor.u16(4) or cursor.length - pos - 40
        cursor.version, cursor.ip_bytes, cursor.packets = 6, inner + 40, 1
        cursor.src, cursor.dst = data[pos + 8 : pos + 24], data[pos + 24 : pos + 40]
        cursor.length = min(cursor.length, pos + 40 + inner) if cursor.length >= pos + 40 else pos + 40 + inner
        cursor.step(40, PROTO | data[pos + 6])

    def _ipv6_fragment(self, cursor: Cursor) -> None:
        cursor.need(8)
        flags, following = cursor.u16(2), cursor.u8()
        key = (cursor.src, cursor.dst, cursor.u32(4), following)
        cursor.step(8, PROTO | following)
        if flags & 0xFFF9:
            self._fragment(cursor, key, flags & 0xFFF8, more=bool(flags & 1))

    def _fragment(self, cursor: Cursor, key: tuple[object, ...], offset: int, *, more: bool) -> None:
        piece = cursor.data[cursor.pos : cursor.length]
        datagram = self.fragments.add(key, offset, piece, more=more, ip_bytes=cursor.ip_bytes)
        if not offset and datagram.first is None:
            datagram.first, datagram.seen = replace(cursor, data=piece, pos=0, length=len(piece)), self.seen
        whole = datagram.whole()
        if whole is None:
            raise _Awaited
        self.fragments.done(key)
        cursor.data, cursor.pos, cursor.length, cursor.detached = whole, 0, len(whole), True
        cursor.ip_bytes, cursor.packets = datagram.ip_bytes, datagram.packets

    def _udp(self, cursor: Cursor) -> Segment:
        """Return the datagram, or the one in the tunnel that it is."""
        plain = _datagram(cursor)
        tunnel = UDP_TUNNELS.get(plain.dport) or UDP_TUNNELS.get(plain.sport)
        if tunnel is None or cursor.depth >= _DEPTH:
            return plain
        inner = Cursor(cursor.data, 0, cursor.length, cursor.pos + 8, detached=cursor.detached, depth=cursor.depth + 1)
        try:
            tunnel(inner)
            return self._walk(inner)
        except _Awaited:
            raise
        except (NotIpError, DamagedError, _Unfinished):
            return plain


def _destination(header: bytes) -> bytes:
    """Return where an IPv4 packet goes in the end: with a source route (RFC 791, 3.1) that is its last address."""
    at = 20
    while at + 2 < len(header) and header[at]:
        if header[at] == _NOP:
            at += 1
            continue
        size = header[at + 1]
        if header[at] in _SOURCE_ROUTES and size >= 7 and header[at + 2] < size and at + size <= len(header):
            return header[at + size - 4 : at + size]
        at += max(size, 2)
    return header[16:20]


def _datagram(cursor: Cursor) -> Segment:
    rest = cursor.length - cursor.pos - 8
    said = cursor.u16(4) if cursor.pos + 6 <= len(cursor.data) else 0
    length = min(rest, said - 8) if said >= 8 else rest
    return _segment(cursor, UDP, 8, length, 0, 0)


def _tcp(cursor: Cursor) -> Segment:
    head = (cursor.u8(12) >> 4) * 4 if cursor.pos + 20 <= len(cursor.data) else 0
    if head < 20:  # cut or senseless, but the ports are there
        return _segment(cursor, TCP, 20, 0, 0, 0)
    length = max(0, cursor.length - cursor.pos - head)
    return _segment(cursor, TCP, head, length, cursor.u32(4), cursor.u8(13))


def _segment(cursor: Cursor, proto: int, head: int, length: int, seq: int, flags: int) -> Segment:
    payload = cursor.pos + head
    return Segment(
        version=cursor.version,
        proto=proto,
        src=cursor.src,
        dst=cursor.dst,
        sport=cursor.u16(),
        dport=cursor.u16(2),
        ip_bytes=cursor.ip_bytes,
        packets=cursor.packets,
        payload=min(payload, len(cursor.data)),
        captured=max(0, min(length, len(cursor.data) - payload)),
        length=max(0, length),
        seq=seq,
        flags=flags,
        detached=cursor.data if cursor.detached else None,
    )
