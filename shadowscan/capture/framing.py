"""Headers between the frame and IP: link types, VLANs, labels.

Each handler reads one header at the cursor and says what follows. Sources: IEEE 802.1Q, 802.1ad, 802.1ah, 802.11;
RFC 1661 and 2516 (PPP, PPPoE), 2427 (frame relay), 3032 and 4448 (MPLS), 8300 (NSH); the tcpdump group's pages of
link-layer header types.
"""

from collections.abc import Callable

from shadowscan.capture.cursor import ETHER, LINK, PPP, Cursor, DamagedError, NotIpError
from shadowscan.capture.link import ETHERNET, IP4, IP6, IPV4, IPV6, LOOP, NULL, RAW_LINKS, SLL, SLL2

Handler = Callable[[Cursor], None]

TEB, MPLS = ETHER | 0x6558, ETHER | 0x8847
FRAME = LINK | ETHERNET


def ethertype(cursor: Cursor, size: int, value: int) -> None:
    """Step over a header that ends in an EtherType, or in an 802.3 length before LLC."""
    if value >= 0x600:
        cursor.step(size, ETHER | value)
        return
    cursor.pos += size
    llc(cursor)


def llc(cursor: Cursor) -> None:
    """LLC (IEEE 802.2), with SNAP or IP's own service access point."""
    head = cursor.u16()
    if head == 0xAAAA:  # SNAP
        cursor.step(8, ETHER | cursor.u16(6))
    elif head == 0x0606:
        cursor.step(3, ETHER | IP4)
    else:
        raise NotIpError


def _ethernet(cursor: Cursor) -> None:
    ethertype(cursor, 14, cursor.u16(12))


def _vlan(cursor: Cursor) -> None:
    ethertype(cursor, 4, cursor.u16(2))


def either_ip(cursor: Cursor) -> None:
    """IP of the version its first bits say."""
    version = cursor.u8() >> 4
    if version not in (4, 6):
        raise NotIpError
    cursor.next = ETHER | (IP4 if version == 4 else IP6)


def _family(cursor: Cursor) -> None:
    cursor.pos += 4
    either_ip(cursor)


def _cooked(cursor: Cursor) -> None:
    ethertype(cursor, 16, cursor.u16(14))


def _cooked2(cursor: Cursor) -> None:
    ethertype(cursor, 20, cursor.u16())


def ppp(cursor: Cursor) -> None:
    """PPP, with or without address and control (RFC 1661, 1662)."""
    if cursor.u16() == 0xFF03:
        cursor.pos += 2
    if cursor.u8() & 1:  # protocol field compression
        cursor.step(1, PPP | cursor.u8())
    else:
        cursor.step(2, PPP | cursor.u16())


def _cisco_hdlc(cursor: Cursor) -> None:
    ethertype(cursor, 4, cursor.u16(2))


def _frame_relay(cursor: Cursor) -> None:
    """RFC 2427: address, control 0x03, optional padding, NLPID."""
    size = 2
    while not cursor.u8(size - 1) & 1 and size < 4:
        size += 1
    if cursor.u8(size) != 3:
        ethertype(cursor, size + 2, cursor.u16(size))
        return
    size += 1
    size += cursor.u8(size) == 0
    kind = cursor.u8(size)
    if kind == 0xCC:
        cursor.step(size + 1, ETHER | IP4)
    elif kind == 0x8E:
        cursor.step(size + 1, ETHER | IP6)
    elif kind == 0x80:
        cursor.step(size + 6, ETHER | cursor.u16(size + 4))
    else:
        raise NotIpError


def _nflog(cursor: Cursor) -> None:
    """Linux netfilter log: family, version, resource, then TLVs in host order of which type 9 is the packet."""
    at = 4
    while True:
        cursor.need(at + 4)
        raw = cursor.data[cursor.pos + at : cursor.pos + at + 4]
        size, kind = int.from_bytes(raw[:2], "little"), int.from_bytes(raw[2:], "little")
        if size > 0x2000 and raw[0] == 0:  # written on a big-endian machine
            size, kind = int.from_bytes(raw[:2], "big"), int.from_bytes(raw[2:], "big")
        if size < 4:
            raise DamagedError
        if kind == 9:
            cursor.pos += at + 4
            either_ip(cursor)
            return
        at += (size + 3) & ~3


def _radiotap(cursor: Cursor) -> None:
    cursor.need(4)
    size = int.from_bytes(cursor.data[cursor.pos + 2 : cursor.pos + 4], "little")
    cursor.step(size, LINK | 105)


def _ppi(cursor: Cursor) -> None:
    cursor.need(8)
    raw = cursor.data[cursor.pos : cursor.pos + 8]
    cursor.step(int.from_bytes(raw[2:4], "little"), LINK | int.from_bytes(raw[4:8], "little"))


def _wifi(cursor: Cursor) -> None:
    """IEEE 802.11: data frames that are not encrypted."""
    control, flags = cursor.u8(), cursor.u8(1)
    if control & 0x0C != 8 or control & 0x40 or flags & 0x40:
        raise NotIpError
    size = 24 + (6 if flags & 3 == 3 else 0)
    if control & 0x80:
        size += 2 + (4 if flags & 0x80 else 0)
    cursor.pos += size
    llc(cursor)


def _pppoe(cursor: Cursor) -> None:
    cursor.pos += 6
    ppp(cursor)


def mpls(cursor: Cursor) -> None:
    """All labels of a stack; what follows is guessed by its first bits as routers do (RFC 4928)."""
    while not cursor.u32() & 0x100:
        cursor.pos += 4
    cursor.pos += 4
    first = cursor.u8()
    version = first >> 4
    if version == 6 or 0x45 <= first <= 0x4F:
        cursor.next = ETHER | (IP4 if version == 4 else IP6)
    elif version == 0:  # pseudowire control word, RFC 4448; a frame may also follow at once
        cursor.step(4, FRAME)
    else:
        cursor.next = FRAME


def _backbone(cursor: Cursor) -> None:
    cursor.step(4, FRAME)


def nsh(cursor: Cursor) -> None:
    """Network service header (RFC 8300)."""
    size = (cursor.u8(1) & 0x3F) * 4
    following = {1: ETHER | IP4, 2: ETHER | IP6, 3: FRAME, 4: ETHER | 0x894F, 5: MPLS}.get(cursor.u8(3))
    if size < 8 or following is None:
        raise NotIpError
    cursor.step(size, following)


def _frame(cursor: Cursor) -> None:
    cursor.next = FRAME


FRAMING: dict[int, Handler] = {
    LINK | ETHERNET: _ethernet,
    LINK | SLL: _cooked,
    LINK | SLL2: _cooked2,
    LINK | NULL: _family,
    LINK | LOOP: _family,
    LINK | IPV4: either_ip,
    LINK | IPV6: either_ip,
    **dict.fromkeys((LINK | link for link in RAW_LINKS), either_ip),
    **dict.fromkeys((LINK | 9, LINK | 50), ppp),
    LINK | 104: _cisco_hdlc,
    LINK | 105: _wifi,
    LINK | 107: _frame_relay,
    LINK | 127: _radiotap,
    LINK | 192: _ppi,
    LINK | 239: _nflog,
    **dict.fromkeys((ETHER | tag for tag in (0x8100, 0x88A8, 0x9100, 0x9200)), _vlan),
    ETHER | 0x8864: _pppoe,
    ETHER | 0x880B: ppp,
    ETHER | 0x8847: mpls,
    ETHER | 0x8848: mpls,
    TEB: _frame,
    ETHER | 0x88E7: _backbone,
    ETHER | 0x894F: nsh,
    PPP | 0x21: lambda cursor: cursor.step(0, ETHER | IP4),
    PPP | 0x57: lambda cursor: cursor.step(0, ETHER | IP6),
    PPP | 0x281: mpls,
    PPP | 0x283: mpls,
}
"""Link types, EtherTypes and PPP protocols that lead to another header."""
