"""The place in one packet that the careful path has reached."""

from dataclasses import dataclass
from struct import Struct

_U16 = Struct(">H").unpack_from
_U32 = Struct(">I").unpack_from


class NotIpError(Exception):
    """The packet holds no IP that we can reach."""


class DamagedError(Exception):
    """The packet ends, or makes no sense, before its headers do."""


LINK, ETHER, PROTO, PPP = 0x10000000, 0x20000000, 0x30000000, 0x40000000
"""Number spaces of what comes next: link type, EtherType, IP protocol, PPP protocol."""


@dataclass(slots=True)
class Cursor:
    """Bytes, where the next header begins, and what was learnt of the innermost IP header so far."""

    data: bytes
    next: int
    """What the next header is: a number plus its number space."""
    length: int
    """Bytes the packet had from its beginning on the wire (``data`` may hold fewer)."""
    pos: int = 0
    version: int = 0
    src: bytes = b""
    dst: bytes = b""
    ip_bytes: int = 0
    packets: int = 1
    detached: bool = False
    """``data`` is no longer the frame itself but a reassembled datagram."""
    depth: int = 0
    """UDP tunnels around this one."""

    def need(self, size: int) -> None:
        """Raise unless ``size`` more bytes are there."""
        if self.pos + size > len(self.data):
            raise DamagedError

    def u8(self, at: int = 0) -> int:
        """Byte at this distance; raises DamagedError beyond the end."""
        try:
            return self.data[self.pos + at]
        except IndexError:
            raise DamagedError from None

    def u16(self, at: int = 0) -> int:
        """16 bits, network order."""
        self.need(at + 2)
        value: int = _U16(self.data, self.pos + at)[0]
        return value

    def u32(self, at: int = 0) -> int:
        """32 bits, network order."""
        self.need(at + 4)
        value: int = _U32(self.data, self.pos + at)[0]
        return value

    def step(self, size: int, following: int) -> None:
        """Go past a header of this size."""
        self.pos += size
        self.next = following
