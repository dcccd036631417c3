"""Rare headers between the frame and IP: link types and tags that few captures have.

Sources: the tcpdump group's pages of link-layer header types; RFC 1042 and 1390 (token ring, FDDI), 1483 (ATM), 2734
(IEEE 1394), 4391 (InfiniBand), 6325 (TRILL); IEEE 802.1BR (E-TAG), IEC 62439-3 (HSR); Cisco's VN-Tag, metadata header
and WCCP. Each was compared with Wireshark's reading of the same bytes.
"""

from shadowscan.capture.cursor import ETHER, LINK, Cursor, DamagedError, NotIpError
from shadowscan.capture.framing import FRAME, FRAMING, Handler, either_ip, ethertype, llc, ppp
from shadowscan.capture.link import IP4

_WIFI = LINK | 105
_PRISM, _AVS = 119, 163
_SUNATM_LLC = 2


def _after(size: int, following: Handler) -> Handler:
    """Step over a header of fixed size."""

    def handler(cursor: Cursor) -> None:
        cursor.pos += size
        following(cursor)

    return handler


def _ends_in_ethertype(size: int, at: int) -> Handler:
    """Step over a header of fixed size that holds an EtherType."""
    return lambda cursor: ethertype(cursor, size, cursor.u16(at))


def _token_ring(cursor: Cursor) -> None:
    routed = cursor.u8(8) & 0x80
    cursor.pos += 14 + (cursor.u8(14) & 0x1F if routed else 0)
    llc(cursor)


def _pflog(cursor: Cursor) -> None:
    """OpenBSD's packet filter: the header says its length, padding not included."""
    cursor.pos += (cursor.u8() + 3) & ~3
    either_ip(cursor)


def _little(cursor: Cursor, at: int) -> int:
    cursor.need(at + 4)
    return int.from_bytes(cursor.data[cursor.pos + at : cursor.pos + at + 4], "little")


def _pktap(cursor: Cursor) -> None:
    """Apple's header before frames of any link type."""
    size = _little(cursor, 0)
    if size < 12:
        raise DamagedError
    cursor.step(size, LINK | _little(cursor, 8))


def _prism(cursor: Cursor) -> None:
    """Prism or, told by its first bytes, AVS header before 802.11."""
    if cursor.u32() >> 12 == 0x80211:
        cursor.step(cursor.u32(4), _WIFI)
    else:
        cursor.step(_little(cursor, 4), _WIFI)


def _sunatm(cursor: Cursor) -> None:
    if cursor.u8() & 0x0F != _SUNATM_LLC:
        raise NotIpError
    cursor.pos += 4
    llc(cursor)


def _trill(cursor: Cursor) -> None:
    cursor.step(6 + 4 * (cursor.u16() >> 6 & 0x1F), FRAME)


def _wccp(cursor: Cursor) -> None:
    """Version 2 has four bytes before the packet, version 1 none."""
    cursor.step(0 if cursor.u8() >> 4 == 4 else 4, ETHER | IP4)


ODD_LINKS: dict[int, Handler] = {
    LINK | 6: _token_ring,
    LINK | 10: _after(13, llc),
    LINK | 51: FRAMING[ETHER | 0x8864],
    LINK | 100: llc,
    LINK | 109: _after(12, either_ip),
    LINK | 117: _pflog,
    LINK | _PRISM: _prism,
    LINK | 123: _sunatm,
    LINK | 138: _ends_in_ethertype(18, 16),
    LINK | _AVS: _prism,
    LINK | 204: _after(1, ppp),
    LINK | 242: _ends_in_ethertype(44, 40),
    LINK | 258: _pktap,
    ETHER | 0x8926: _ends_in_ethertype(6, 4),
    ETHER | 0x893F: _ends_in_ethertype(8, 6),
    ETHER | 0x892F: _ends_in_ethertype(6, 4),
    ETHER | 0x8909: _ends_in_ethertype(8, 6),
    ETHER | 0x22F3: _trill,
    ETHER | 0x883E: _wccp,
}
"""Link types and EtherTypes that lead to another header."""
