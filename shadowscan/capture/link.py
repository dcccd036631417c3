"""Link layers, many packets at a time: where the network layer begins and which one it is.

LINKTYPE numbers and header shapes: the tcpdump group's link-layer header types page.
"""

from collections.abc import Callable

import numpy as np

from shadowscan.capture.arrays import Bytes, Ints, rows_at
from shadowscan.capture.records import Records

ETHERNET, PPP, PPP_HDLC, LOOP, NULL = 1, 9, 50, 108, 0
RAW, IPV4, IPV6, SLL, SLL2 = 101, 228, 229, 113, 276
RAW_LINKS = frozenset((RAW, 12, 14))
IP4, IP6 = 0x0800, 0x86DD
VLANS = (0x8100, 0x88A8, 0x9100, 0x9200)
PPPOE_SESSION = 0x8864
UNKNOWN = -1
"""Left to the careful path."""

_Decoded = tuple[Ints, Ints]


def network_layer(records: Records) -> _Decoded:
    """Offset of the network header in the buffer, and its EtherType or UNKNOWN, for each packet."""
    links = np.unique(records.link).tolist()
    if len(links) == 1:
        return _decode(links[0], records.buffer, records.data)
    offset, kind = records.data.copy(), np.full(len(records), UNKNOWN, np.int64)
    for link in links:
        here = records.link == link
        offset[here], kind[here] = _decode(link, records.buffer, records.data[here])
    return offset, kind


def _decode(link: int, buffer: Bytes, at: Ints) -> _Decoded:
    decode = _DECODERS.get(link)
    if decode is None:
        return at, np.full(len(at), UNKNOWN, np.int64)
    return decode(buffer, at)


def _tagged(buffer: Bytes, at: Ints, kind: Ints) -> _Decoded:
    """Step over VLAN tags and PPPoE session headers."""
    for _ in range(4):
        tagged = np.isin(kind, VLANS)
        if not tagged.any():
            break
        kind[tagged] = _u16(buffer, at[tagged] + 2)
        at = at + 4 * tagged
    session = kind == PPPOE_SESSION
    if session.any():
        inner = _u16(buffer, at[session] + 6)
        kind[session] = np.where(inner == 0x21, IP4, np.where(inner == 0x57, IP6, UNKNOWN))
        at = at + 8 * session
    return at, kind


def _u16(buffer: Bytes, at: Ints) -> Ints:
    return rows_at(buffer, at, 2).view(">u2")[:, 0].astype(np.int64)


def ethernet(buffer: Bytes, at: Ints) -> _Decoded:
    """Decode Ethernet frames that begin at these offsets."""
    return _tagged(buffer, at + 14, _u16(buffer, at + 12))


def _cooked(buffer: Bytes, at: Ints) -> _Decoded:
    return _tagged(buffer, at + 16, _u16(buffer, at + 14))


def _cooked2(buffer: Bytes, at: Ints) -> _Decoded:
    return _tagged(buffer, at + 20, _u16(buffer, at))


def _raw(buffer: Bytes, at: Ints) -> _Decoded:
    version = buffer[at] >> 4
    return at, np.where(version == 4, IP4, np.where(version == 6, IP6, UNKNOWN)).astype(np.int64)


def _family(buffer: Bytes, at: Ints) -> _Decoded:
    """BSD loopback: the address family differs between systems, the IP version does not."""
    return _raw(buffer, at + 4)


_DECODERS: dict[int, Callable[[Bytes, Ints], _Decoded]] = {
    ETHERNET: ethernet,
    SLL: _cooked,
    SLL2: _cooked2,
    NULL: _family,
    LOOP: _family,
    IPV4: _raw,
    IPV6: _raw,
    **dict.fromkeys(RAW_LINKS, _raw),
}
