"""Cloud overlays, many packets at a time: the frame inside VXLAN (RFC 7348) and GENEVE (RFC 8926) over plain IPv4.

What traffic mirroring delivers is nothing else, so it must not take the careful path, which does the rest.
"""

import numpy as np

from shadowscan.capture.arrays import Bytes, Ints, rows_at
from shadowscan.capture.link import IP4, ethernet
from shadowscan.capture.segments import UDP

_VXLAN_PORTS, _GENEVE_PORT = (4789, 8472), 6081
_IS_OVERLAY = np.zeros(65536, np.bool_)
_IS_OVERLAY[[*_VXLAN_PORTS, _GENEVE_PORT]] = True
_HEADERS = 20 + 8
"""IPv4 without options, and UDP."""
_OVERLAY = 8


def peel(buffer: Bytes, offset: Ints, kind: Ints, rows: Bytes, room: Ints) -> Ints:
    """Step into the inner frame where there is one: changes ``offset``, ``kind`` and ``rows``; returns where it did."""
    shorts = rows.view(">u2")
    port = shorts[:, 11]
    if not (_IS_OVERLAY[port] & (kind == IP4)).any():
        return np.zeros(0, np.int64)
    plain = (kind == IP4) & (rows[:, 0] == 0x45) & (rows[:, 6] & 0x3F == 0) & (rows[:, 7] == 0) & (rows[:, 9] == UDP)
    vxlan = np.isin(port, _VXLAN_PORTS) & (rows[:, _HEADERS] & 0x08 > 0)
    geneve = (port == _GENEVE_PORT) & (rows[:, _HEADERS] < 0x40) & (shorts[:, 15] == 0x6558)
    options = np.where(geneve, (rows[:, _HEADERS] & 0x3F).astype(np.int64) * 4, 0)
    begin = _HEADERS + _OVERLAY + options
    picked = np.flatnonzero(plain & (vxlan | geneve) & (room >= begin + 14))
    if len(picked):
        offset[picked], kind[picked] = ethernet(buffer, offset[picked] + begin[picked])
        rows[picked] = rows_at(buffer, offset[picked], rows.shape[1])
    return picked
