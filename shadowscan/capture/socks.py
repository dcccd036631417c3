"""SOCKS requests of the client (RFC 1928, RFC 1929; SOCKS4 and 4a: the NEC memo)."""

from dataclasses import dataclass
from socket import AF_INET, AF_INET6, inet_ntop

_COMMANDS = {1: "CONNECT", 2: "BIND", 3: "UDP"}


class NotSocksError(Exception):
    """The bytes are no SOCKS."""


class NeedMoreError(Exception):
    """The message goes on in bytes still to come."""


@dataclass(frozen=True, slots=True)
class SocksTarget:
    """Where a client asks to be connected to."""

    version: int
    command: str
    host: str
    """Name or address."""
    port: int
    size: int
    """Bytes of the stream it took."""


def parse_socks(data: bytes) -> SocksTarget:
    """Read the client's side of a SOCKS negotiation from its first byte. Raises NotSocksError or NeedMoreError."""
    if data[:1] == b"\x04":
        return _version4(data)
    if data[:1] != b"\x05":
        raise NotSocksError
    _need(data, 3)
    count = data[1]
    # no server offers more than a handful of methods; 0 to 9 and the private ones from 0x80 are assigned
    if not 0 < count <= 16 or any(9 < method < 0x80 for method in data[2 : 2 + count]):
        raise NotSocksError
    pos = 2 + count
    _need(data, pos + 1)
    if data[pos] != 5 and data[1:3] == b"\1\0":  # nothing but a request: what was agreed before was not captured
        return _version5(data, 0)
    if data[pos] == 1:  # user name and password
        _need(data, pos + 2)
        pos += 2 + data[pos + 1]
        _need(data, pos + 1)
        pos += 1 + data[pos]
        _need(data, pos + 1)
    return _version5(data, pos)


def _need(data: bytes, size: int) -> None:
    if len(data) < size:
        raise NeedMoreError


def _version5(data: bytes, pos: int) -> SocksTarget:
    head = data[pos : pos + 4]
    if not b"\x05".startswith(head[:1]) or head[2:3] not in (b"", b"\0"):
        raise NotSocksError
    _need(data, pos + 5)
    command, kind = _COMMANDS.get(head[1]), head[3]
    if command is None or kind not in (1, 3, 4):
        raise NotSocksError
    size = {1: 4, 4: 16}.get(kind, data[pos + 4] + 1)
    start, end = pos + 4, pos + 4 + size
    _need(data, end + 2)
    if kind == 3:
        host = data[start + 1 : end].decode("utf-8", "replace").lower().rstrip(".")
    else:
        host = inet_ntop(AF_INET if kind == 1 else AF_INET6, data[start:end])
    return SocksTarget(5, command, host, int.from_bytes(data[end : end + 2], "big"), end + 2)


def _version4(data: bytes) -> SocksTarget:
    _need(data, 9)
    if data[1] not in (1, 2):
        raise NotSocksError
    end = data.find(b"\0", 8, 8 + 256)
    if end < 0 or not all(32 <= byte < 127 for byte in data[8:end]):
        raise NotSocksError
    host = inet_ntop(AF_INET, data[4:8])
    if data[4:7] == b"\0\0\0" and data[7]:  # 4a: the name follows
        stop = data.find(b"\0", end + 1, end + 257)
        if stop < 0:
            raise NeedMoreError
        host, end = data[end + 1 : stop].decode("utf-8", "replace").lower().rstrip("."), stop
    return SocksTarget(4, _COMMANDS[data[1]], host, int.from_bytes(data[2:4], "big"), end + 1)
