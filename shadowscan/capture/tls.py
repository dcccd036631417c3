"""ClientHello: from TLS records or bare (QUIC), with SNI, ALPN, ECH and JA4.

RFC 8446 (4.1.2), RFC 6066 (SNI), RFC 7301 (ALPN), RFC 9849 (ECH), RFC 8701 (GREASE);
JA4: FoxIO's "JA4: TLS Client Fingerprinting" (technical_details/JA4.md, BSD licence).
"""

from functools import lru_cache
from hashlib import sha256
from struct import Struct, unpack_from
from typing import NamedTuple

_SNI, _GROUPS, _SIGNATURES, _ALPN, _VERSIONS = 0, 10, 13, 16, 43
_ECH = frozenset((0xFE0D, 0xFE08, 0xFE09, 0xFE0A, 0xFFCE))
"""encrypted_client_hello as standardised, three drafts of it, and encrypted_server_name (ESNI)."""
_HANDSHAKE, _CLIENT_HELLO = 22, 1
_GREASE = frozenset(0x0A0A + 0x1010 * i for i in range(16))
_JA4_VERSION = {0x0304: "13", 0x0303: "12", 0x0302: "11", 0x0301: "10", 0x0300: "s3", 0x0002: "s2"}
_LARGEST_RECORD = 0x4800
_EMPTY = "0" * 12
_EXTENSION = Struct(">HH").unpack_from


class NotAHelloError(Exception):
    """The bytes are no ClientHello."""


class Hello(NamedTuple):
    """What of a ClientHello becomes an event."""

    host: str | None
    alpn: tuple[str, ...]
    ja4: str
    ech: bool
    """There is an Encrypted ClientHello extension (or GREASE that looks the same): ``host`` is the outer name."""
    cut: bool
    """The capture lacks part of it."""


class ClientHello(NamedTuple):
    """What a ClientHello says."""

    host: str | None
    alpn: tuple[str, ...]
    ech: bool
    ciphers: tuple[int, ...]
    extensions: tuple[int, ...]
    signatures: tuple[int, ...]
    version: int
    """The highest version offered."""
    whole: bool
    """Not cut off by the capture."""


class Gathered(NamedTuple):
    """The handshake bytes at the beginning of a stream of TLS records."""

    hello: bytes
    """The ClientHello, or what there is of it."""
    taken: int
    """Stream bytes it took."""
    needed: int
    """Stream bytes that must be there before another look is worth it; 0 when the ClientHello is whole."""


def hello_of_records(data: bytes | bytearray) -> Gathered:
    """Join the ClientHello of one or several TLS records. Raises NotAHelloError."""
    parts, have, pos, wanted = list[bytes](), 0, 0, 4
    while have < wanted:
        head = data[pos : pos + 5]
        if (head[:1] and head[0] != _HANDSHAKE) or (head[1:2] and head[1] != 3):
            raise NotAHelloError
        size = head[3] << 8 | head[4] if len(head) == 5 else 0
        if len(head) == 5 and not 0 < size <= _LARGEST_RECORD:
            raise NotAHelloError
        parts.append(bytes(data[pos + 5 : pos + 5 + size]))
        have += len(parts[-1])
        if have >= 4 and wanted == 4:
            wanted = _hello_size(b"".join(parts))
        pos += 5 + size
        if pos > len(data) and have < wanted:
            return Gathered(b"".join(parts), len(data), pos)
    return Gathered(b"".join(parts)[:wanted], min(pos, len(data)), 0)


def other_record(data: bytes | bytearray) -> int:
    """Return the size of an alert or a change of cipher specification that precedes a ClientHello; 0 if it is none."""
    small = data[0] in (20, 21) and data[1:2] == b"\3" and data[3:4] == b"\0" and data[4:5] in (b"\1", b"\2")
    return 5 + data[4] if small and len(data) > 5 + data[4] else 0


def _hello_size(start: bytes) -> int:
    size = int.from_bytes(start[1:4], "big")
    if start[0] != _CLIENT_HELLO or not 38 <= size <= 1 << 16:
        raise NotAHelloError
    return size + 4


def read_hello(hello: bytes, transport: str) -> Hello:
    """Read a ClientHello as ``parse_hello`` does; ``transport`` is t (TCP) or q (QUIC). Raises NotAHelloError."""
    parsed = parse_hello(hello)
    return Hello(parsed.host, parsed.alpn, ja4(parsed, transport), parsed.ech, not parsed.whole)


def parse_hello(hello: bytes) -> ClientHello:
    """Read a ClientHello handshake message, also one that was cut off. Raises NotAHelloError."""
    if len(hello) < 39 or hello[0] != _CLIENT_HELLO or hello[4] not in (3, 0x7F):
        raise NotAHelloError
    end = min(len(hello), 4 + int.from_bytes(hello[1:4], "big"))
    version = hello[4] << 8 | hello[5]
    pos = 39 + hello[38]
    size = int.from_bytes(hello[pos : pos + 2], "big")
    if size & 1:
        raise NotAHelloError
    ciphers = _shorts(hello, pos + 2, min(pos + 2 + size, end))
    pos += 2 + size
    if pos < end:
        pos += 1 + hello[pos]
    stop = pos + 2 + int.from_bytes(hello[pos : pos + 2], "big")
    found = _extensions(hello, pos + 2, min(stop, end))
    signatures = found.get(_SIGNATURES, b"")
    versions = found.get(_VERSIONS, b"")
    offered = [v for v in _shorts(versions, 1, len(versions)) if v not in _GREASE and v <= 0x0304]
    return ClientHello(
        host=server_name(found[_SNI]) if _SNI in found else None,
        alpn=_protocols(found.get(_ALPN, b"")),
        ech=not _ECH.isdisjoint(found),
        ciphers=ciphers,
        extensions=tuple(found),
        signatures=_shorts(signatures, 2, len(signatures)),
        version=max(offered, default=version),
        whole=len(hello) >= 4 + int.from_bytes(hello[1:4], "big"),
    )


def _shorts(data: bytes, start: int, end: int) -> tuple[int, ...]:
    count = (end - start) // 2
    return unpack_from(f">{count}H", data, start) if count > 0 else ()


def _extensions(hello: bytes, pos: int, end: int) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    while pos + 4 <= end:
        kind, size = _EXTENSION(hello, pos)
        pos += 4
        found.setdefault(kind, hello[pos : min(pos + size, end)])
        pos += size
    return found


def server_name(body: bytes) -> str | None:
    """Return the host name of a server_name extension: lower case, no final dot; None where there is none."""
    size = int.from_bytes(body[3:5], "big")
    if len(body) < 6 or body[2] != 0 or not size:
        return None
    if 5 + size > len(body):  # cut off: half a name is none
        return None
    return body[5 : 5 + size].decode("utf-8", "replace").lower().rstrip(".") or None


def _protocols(body: bytes) -> tuple[str, ...]:
    names, pos = list[str](), 2
    while pos < len(body) and len(names) < 32:
        size = body[pos]
        names.append(body[pos + 1 : pos + 1 + size].decode("latin-1"))
        pos += 1 + size
    return tuple(names)


def ja4(hello: ClientHello, transport: str) -> str:
    """Return the JA4 fingerprint; ``transport`` is t (TCP) or q (QUIC)."""
    return _ja4(transport, hello.version, hello.ciphers, hello.extensions, hello.signatures, hello.alpn[:1])


@lru_cache(maxsize=4096)
def _ja4(
    transport: str,
    version: int,
    ciphers_offered: tuple[int, ...],
    extensions_sent: tuple[int, ...],
    signatures_offered: tuple[int, ...],
    alpn: tuple[str, ...],
) -> str:
    """Of the parts of a hello that make its fingerprint: few clients are behind many connections."""
    ciphers = sorted(c for c in ciphers_offered if c not in _GREASE)
    extensions = sorted(e for e in extensions_sent if e not in _GREASE)
    head = (
        transport
        + _JA4_VERSION.get(version, "00")
        + ("d" if _SNI in extensions else "i")
        + f"{min(len(ciphers), 99):02d}{min(len(extensions), 99):02d}"
        + _alpn_ends(alpn)
    )
    hashed = tuple(e for e in extensions if e not in (_SNI, _ALPN))
    signatures = tuple(s for s in signatures_offered if s not in _GREASE)
    return f"{head}_{_hash(tuple(ciphers))}_{_hash(hashed, signatures) if hashed else _EMPTY}"


def _alpn_ends(alpn: tuple[str, ...]) -> str:
    if not alpn or not alpn[0]:
        return "00"
    first, last = alpn[0][0], alpn[0][-1]
    if first.isascii() and first.isalnum() and last.isascii() and last.isalnum():
        return first + last
    raw = alpn[0].encode("latin-1").hex()
    return raw[0] + raw[-1]


@lru_cache(maxsize=4096)
def _hash(numbers: tuple[int, ...], more: tuple[int, ...] = ()) -> str:
    """Hash two lists of numbers as JA4 writes them; a company's clients have few different ones."""
    if not numbers:
        return _EMPTY
    text = "_".join(",".join(f"{number:04x}" for number in part) for part in (numbers, more) if part)
    return sha256(text.encode()).hexdigest()[:12]
