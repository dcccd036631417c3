"""Tunnels: packets within packets, over IP and over UDP.

Each handler reads one header at the cursor and says what follows. Sources: RFC 2784 and 2890 (GRE), 2637 (GRE version
1), 8086 (GRE in UDP), 3378 (EtherIP), 7348 (VXLAN), 8926 (GENEVE), 3GPP TS 29.281 (GTP-U), 4380 (Teredo), 2661 (L2TP),
7510 (MPLS in UDP), 6830 (LISP); draft-foschiano-erspan, draft-ietf-nvo3-vxlan-gpe.
"""

from shadowscan.capture.cursor import ETHER, PROTO, Cursor, DamagedError, NotIpError
from shadowscan.capture.framing import FRAME, Handler, either_ip, mpls, ppp
from shadowscan.capture.link import IP4, IP6


def _erspan2(cursor: Cursor) -> None:
    cursor.step(8, FRAME)


def _erspan3(cursor: Cursor) -> None:
    cursor.step(12 + 8 * (cursor.u8(11) & 1), FRAME)


def _gre(cursor: Cursor) -> None:
    flags, kind = cursor.u16(), cursor.u16(2)
    version = flags & 7
    size = 4 + 4 * bool(flags & 0xC000) + 4 * bool(flags & 0x2000) + 4 * bool(flags & 0x1000)
    if version == 1:
        size += 4 * bool(flags & 0x80)
    elif flags & 0x4000:
        size = _routed_gre(cursor, size)
    if kind == 0x88BE and not flags & 0x1000:  # ERSPAN type I has no header of its own
        cursor.step(size, FRAME)
    elif version == 1:
        cursor.pos += size
        ppp(cursor)
    elif kind == 0:
        raise NotIpError
    else:
        cursor.step(size, ETHER | kind)


def _routed_gre(cursor: Cursor, size: int) -> int:
    while cursor.u8(size + 3):
        size += 4 + cursor.u8(size + 3)
    return size + 4


def _etherip(cursor: Cursor) -> None:
    cursor.step(2, FRAME)


def _vxlan(cursor: Cursor) -> None:
    if not cursor.u8() & 0x08:
        raise NotIpError
    cursor.step(8, FRAME)


def _vxlan_gpe(cursor: Cursor) -> None:
    following = {1: ETHER | IP4, 2: ETHER | IP6, 3: FRAME, 4: ETHER | 0x894F}.get(cursor.u8(3))
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
    either_ip(cursor)


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
    cursor.step(1, FRAME)


def _lisp(cursor: Cursor) -> None:
    cursor.pos += 8
    either_ip(cursor)


def _l2tp(cursor: Cursor) -> None:
    """L2TPv2 data messages, RFC 2661."""
    flags = cursor.u16()
    if flags & 0x8000 or flags & 0xF != 2:
        raise NotIpError
    size = 6 + 2 * bool(flags & 0x4000) + 4 * bool(flags & 0x0800)
    if flags & 0x0200:
        size += 2 + cursor.u16(size)
    cursor.pos += size
    ppp(cursor)


TUNNELS: dict[int, Handler] = {
    ETHER | 0x88BE: _erspan2,
    ETHER | 0x22EB: _erspan3,
    PROTO | 4: lambda cursor: cursor.step(0, ETHER | IP4),
    PROTO | 41: lambda cursor: cursor.step(0, ETHER | IP6),
    PROTO | 47: _gre,
    PROTO | 97: _etherip,
    PROTO | 137: mpls,
}
"""EtherTypes and IP protocols of tunnels over IP."""

UDP_TUNNELS: dict[int, Handler] = {
    4789: _vxlan,
    8472: _vxlan,
    4790: _vxlan_gpe,
    6081: _geneve,
    2152: _gtp,
    3544: _teredo,
    4754: _gre,
    6635: mpls,
    37008: _tzsp,
    4341: _lisp,
    1701: _l2tp,
}
"""UDP destination (or source) ports behind which a whole packet may lie; where it does not, it is plain UDP."""
