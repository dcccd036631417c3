"""Headers between the frame and IP: link types, VLANs, labels, tunnels over IP and over UDP.

Each handler reads one header at the cursor and says what follows. Sources: IEEE 802.1Q/ad/ah; RFC 1661, 2516 (PPPoE), 8086 (GRE in UDP),
3032 (MPLS), 2784/2890 (GRE), 2637 (GRE v1), 7348 (VXLAN), 8926 (GENEVE), 3GPP TS 29.281 (GTP-U), 4380 (Teredo), 8300
(NSH), draft-foschiano-erspan; the tcpdump group's pages of link-layer header types.
"""

from collections.abc import Callable

from shadowscan.capture.cursor import ETHER, LINK, PPP, PROTO, Cursor, DamagedError, NotIpError
from shadowscan.capture.link import ETHERNET, IP4, IP6, IPV4, IPV6, LOOP, NULL, RAW_LINKS, SLL, SLL2

Handler = Callable[[Cursor], None]

_TEB, _MPLS = ETHER | 0x6558, ETHER | 0x8847
_FRAME = LINK | ETHERNET


def _ethertype(cursor: Cursor, size: int, value: int) -> None:
    """Step over a header that ends in an EtherType, or in an 802.3 length before LLC."""
    if value >= 0x600:
        cursor.step(size, ETHER | value)
        return
    cursor.pos += size
    _llc(cursor)


def _llc(cursor: Cursor) -> None:
    head = cursor.u16()
    if head == 0xAAAA:  # SNAP
        cursor.step(8, ETHER | cursor.u16(6))
    elif head == 0x0606:
        cursor.step(3, ETHER | IP4)
    else:
        raise NotIpError


def _ethernet(cursor: Cursor) -> None:
    _ethertype(cursor, 14, cursor.u16(12))


def _vlan(cursor: Cursor) -> None:
    _ethertype(cursor, 4, cursor.u16(2))


def _either_ip(cursor: Cursor) -> None:
    version = cursor.u8() >> 4
    if version not in (4, 6):
        raise NotIpError
    cursor.next = ETHER | (IP4 if version == 4 else IP6)


def _family(cursor: Cursor) -> None:
    cursor.pos += 4
    _either_ip(cursor)


def _cooked(cursor: Cursor) -> None:
    _ethertype(cursor, 16, cursor.u16(14))


def _cooked2(cursor: Cursor) -> None:
    _ethertype(cursor, 20, cursor.u16())


def _ppp(cursor: Cursor) -> None:
    if cursor.u16() == 0xFF03:
        cursor.pos += 2
    if cursor.u8() & 1:  # protocol field compression
        cursor.step(1, PPP | cursor.u8())
    else:
        cursor.step(2, PPP | cursor.u16())


def _cisco_hdlc(cursor: Cursor) -> None:
    _ethertype(cursor, 4, cursor.u16(2))


def _frame_relay(cursor: Cursor) -> None:
    """RFC 2427: address, control 0x03, optional padding, NLPID."""
    size = 2
    while not cursor.u8(size - 1) & 1 and size < 4:
        size += 1
    if cursor.u8(size) != 3:
        _ethertype(cursor, size + 2, cursor.u16(size))
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
            _either_ip(cursor)
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
    _llc(cursor)


def _pppoe(cursor: Cursor) -> None:
    cursor.pos += 6
    _ppp(cursor)


def _mpls(cursor: Cursor) -> None:
    while not cursor.u32() & 0x100:
        cursor.pos += 4
    cursor.pos += 4
    first = cursor.u8()
    version = first >> 4
    if version == 6 or 0x45 <= first <= 0x4F:
        cursor.next = ETHER | (IP4 if version == 4 else IP6)
    elif version == 0:  # pseudowire control word, RFC 4448; a frame may also follow at once
        cursor.step(4, _FRAME)
    else:
        cursor.next = _FRAME


def _backbone(cursor: Cursor) -> None:
    cursor.step(4, _FRAME)


def _nsh(cursor: Cursor) -> None:
    size = (cursor.u8(1) & 0x3F) * 4
    following = {1: ETHER | IP4, 2: ETHER | IP6, 3: _FRAME, 4: ETHER | 0x894F, 5: _MPLS}.get(cursor.u8(3))
    if size < 8 or following is None:
        raise NotIpError
    cursor.step(size, following)


def _erspan2(cursor: Cursor) -> None:
    cursor.step(8, _FRAME)


def _erspan3(cursor: Cursor) -> None:
    cursor.step(12 + 8 * (cursor.u8(11) & 1), _FRAME)


def _gre(cursor: Cursor) -> None:
    flags, kind = cursor.u16(), cursor.u16(2)
    version = flags & 7
    size = 4 + 4 * bool(flags & 0xC000) + 4 * bool(flags & 0x2000) + 4 * bool(flags & 0x1000)
    if version == 1:
        size += 4 * bool(flags & 0x80)
    elif flags & 0x4000:
        size = _routed_gre(cursor, size)
    if kind == 0x88BE and not flags & 0x1000:  # ERSPAN type I has no header of its own
        cursor.step(size, _FRAME)
    elif version == 1:
        cursor.pos += size
        _ppp(cursor)
    elif kind == 0:
        raise NotIpError
    else:
        cursor.step(size, ETHER | kind)


def _routed_gre(cursor: Cursor, size: int) -> int:
    while cursor.u8(size + 3):
        size += 4 + cursor.u8(size + 3)
    return size + 4


def _frame(cursor: Cursor) -> None:
    cursor.next = _FRAME


def _etherip(cursor: Cursor) -> None:
    cursor.step(2, _FRAME)


def _vxlan(cursor: Cursor) -> None:
    if not cursor.u8() & 0x08:
        raise NotIpError
    cursor.step(8, _FRAME)


def _vxlan_gpe(cursor: Cursor) -> None:
    following = {1: ETHER | IP4, 2: ETHER | IP6, 3: _FRAME, 4: ETHER | 0x894F}.get(cursor.u8(3))
    if following is None:
        raise NotIpError
    cursor.step(8, following)


def _geneve(cursor: Cursor) -> None:
    if cursor.u8() >> 6:
        raise NotIpError
    cursor.step(8 + 4 * (cursor.u8() & 0x3F), ETHER | cursor.u16(2))


def _gtp(cursor: Cursor) -> None:
    flags = cursor.u8()
    if flags >> 5 != 1 or not flags & 0x10 or cursor.u8(1) != 0xFF:
        raise NotIpError
    size = 8
    if flags & 7:
        size = 12
        following = cursor.u8(11) if flags & 4 else 0
        while following:
            extent = cursor.u8(size) * 4
            if not extent:
                raise DamagedError
            size += extent
            following = cursor.u8(size - 1)
    cursor.pos += size
    _either_ip(cursor)


def _teredo(cursor: Cursor) -> None:
    if cursor.u16() == 1:
        cursor.pos += 13 + cursor.u8(2) + cursor.u8(3)
    if cursor.u16() == 0:
        cursor.pos += 8
    if cursor.u8() >> 4 != 6:
        raise NotIpError
    cursor.next = ETHER | IP6


def _tzsp(cursor: Cursor) -> None:
    if cursor.u8() != 1 or cursor.u16(2) != 1:
        raise NotIpError
    cursor.pos += 4
    while (tag := cursor.u8()) != 1:
        cursor.pos += 1 if tag == 0 else 2 + cursor.u8(1)
    cursor.step(1, _FRAME)


def _lisp(cursor: Cursor) -> None:
    cursor.pos += 8
    _either_ip(cursor)


def _l2tp(cursor: Cursor) -> None:
    """L2TPv2 data messages, RFC 2661."""
    flags = cursor.u16()
    if flags & 0x8000 or flags & 0xF != 2:
        raise NotIpError
    size = 6 + 2 * bool(flags & 0x4000) + 4 * bool(flags & 0x0800)
    if flags & 0x0200:
        size += 2 + cursor.u16(size)
    cursor.pos += size
    _ppp(cursor)


HANDLERS: dict[int, Handler] = {
    LINK | ETHERNET: _ethernet,
    LINK | SLL: _cooked,
    LINK | SLL2: _cooked2,
    LINK | NULL: _family,
    LINK | LOOP: _family,
    LINK | IPV4: _either_ip,
    LINK | IPV6: _either_ip,
    **dict.fromkeys((LINK | link for link in RAW_LINKS), _either_ip),
    **dict.fromkeys((LINK | 9, LINK | 50), _ppp),
    LINK | 104: _cisco_hdlc,
    LINK | 105: _wifi,
    LINK | 107: _frame_relay,
    LINK | 127: _radiotap,
    LINK | 192: _ppi,
    LINK | 239: _nflog,
    **dict.fromkeys((ETHER | tag for tag in (0x8100, 0x88A8, 0x9100, 0x9200)), _vlan),
    ETHER | 0x8864: _pppoe,
    ETHER | 0x880B: _ppp,
    ETHER | 0x8847: _mpls,
    ETHER | 0x8848: _mpls,
    _TEB: _frame,
    ETHER | 0x88E7: _backbone,
    ETHER | 0x894F: _nsh,
    ETHER | 0x88BE: _erspan2,
    ETHER | 0x22EB: _erspan3,
    PPP | 0x21: lambda cursor: cursor.step(0, ETHER | IP4),
    PPP | 0x57: lambda cursor: cursor.step(0, ETHER | IP6),
    PPP | 0x281: _mpls,
    PPP | 0x283: _mpls,
    PROTO | 4: lambda cursor: cursor.step(0, ETHER | IP4),
    PROTO | 41: lambda cursor: cursor.step(0, ETHER | IP6),
    PROTO | 47: _gre,
    PROTO | 97: _etherip,
    PROTO | 137: _mpls,
}
"""Link types, EtherTypes, PPP and IP protocols that lead to another header."""

UDP_TUNNELS: dict[int, Handler] = {
    4789: _vxlan,
    8472: _vxlan,
    4790: _vxlan_gpe,
    6081: _geneve,
    2152: _gtp,
    3544: _teredo,
    4754: _gre,
    6635: _mpls,
    37008: _tzsp,
    4341: _lisp,
    1701: _l2tp,
}
"""UDP destination (or source) ports behind which a whole packet may lie; where it does not, it is plain UDP."""
