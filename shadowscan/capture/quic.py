"""QUIC Initials: removing their protection and gathering the ClientHello from their CRYPTO frames.

RFC 9000 (packets, frames), RFC 9001 (5: protection, keys from the client's first connection ID), RFC 9369 (version 2),
and the salts of drafts 27 to 34. Initials are protected against accidents, not against readers: the key is public.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from hmac import digest
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_DRAFT27 = bytes.fromhex("c3eef712c72ebb5a11a7d2432bb46365bef9f502")
_DRAFT29 = bytes.fromhex("afbfec289993d24c9e9786f19c6111e04390a899")
_V1 = bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a")
_V2 = bytes.fromhex("0dede3def700a6db819381be6e269dcbf9bd2ed9")
VERSION_2 = 0x6B3343CF
_SALTS = {
    0x00000001: _V1,
    VERSION_2: _V2,
    **dict.fromkeys(range(0xFF000017, 0xFF00001D), _DRAFT27),
    **dict.fromkeys(range(0xFF00001D, 0xFF000021), _DRAFT29),
    **dict.fromkeys((0xFF000021, 0xFF000022), _V1),
}
VERSIONS = frozenset(_SALTS)
"""QUIC versions whose Initials can be read."""
_PADDING, _PING, _ACK, _ACK_ECN, _CRYPTO, _CLOSE = 0, 1, 2, 3, 6, 0x1C
_LARGEST_HELLO = 1 << 16
_LARGEST_PIECES = 512


class Initial(NamedTuple):
    """An Initial packet found in a datagram, still protected."""

    version: int
    dcid: bytes
    scid: bytes
    start: int
    """Where its header begins in the datagram."""
    number: int
    """Where its (protected) packet number begins."""
    end: int


@dataclass(slots=True)
class CryptoStream:
    """Bytes of the handshake that have come so far; where pieces overlap the first one wins."""

    pieces: dict[int, bytes] = field(default_factory=dict)
    frames: int = 0
    packets: int = 0

    def add(self, offset: int, piece: bytes) -> None:
        """Take one CRYPTO frame in; what lies beyond any sensible hello is dropped."""
        self.frames += 1
        room = offset + len(piece) <= _LARGEST_HELLO and len(self.pieces) < _LARGEST_PIECES
        if room and len(piece) > len(self.pieces.get(offset, b"")):
            self.pieces[offset] = piece

    def contiguous(self) -> bytes:
        """Return the bytes from the beginning up to the first gap."""
        parts, reached = [], 0
        for offset in sorted(self.pieces):
            if offset > reached:
                break
            piece = self.pieces[offset]
            parts.append(piece[reached - offset :])
            reached = max(reached, offset + len(piece))
        return b"".join(parts)


def initials(datagram: bytes) -> list[Initial]:
    """Find the Initial packets of known versions in a datagram, coalesced ones included."""
    found, pos = list[Initial](), 0
    while pos + 7 < len(datagram) and datagram[pos] & 0x80 and len(found) < 16:
        packet, following = _long_header(datagram, pos)
        if packet is not None:
            found.append(packet)
        if following is None:
            break
        pos = following
    return found


def _long_header(data: bytes, start: int) -> tuple[Initial | None, int | None]:
    """Read one long header: the Initial it is, if any, and where the next packet begins, if known."""
    version = int.from_bytes(data[start + 1 : start + 5], "big")
    kind = data[start] >> 4 & 3
    if version == VERSION_2:
        kind = (kind - 1) & 3
    if version not in _SALTS or kind == 3:  # Retry has no length
        return None, None
    pos = start + 5
    dcid = data[pos + 1 : pos + 1 + data[pos]]
    pos += 1 + data[pos]
    if pos >= len(data) or len(dcid) > 20:
        return None, None
    scid = data[pos + 1 : pos + 1 + data[pos]]
    pos += 1 + data[pos]
    if kind == 0:
        token, pos = varint(data, pos)
        pos += token
    length, pos = varint(data, pos)
    end = pos + length
    if pos < 0 or length < 20 or pos + 20 > len(data):
        return None, None
    packet = Initial(version, dcid, scid, start, pos, end) if kind == 0 else None
    return packet, end


def varint(data: bytes, pos: int) -> tuple[int, int]:
    """Read a variable-length integer: its value and what follows; a position far beyond the end where it is cut."""
    if not 0 <= pos < len(data):
        return 0, 1 << 62
    size = 1 << (data[pos] >> 6)
    if pos + size > len(data):
        return 0, 1 << 62
    return int.from_bytes(data[pos : pos + size], "big") & ((1 << (8 * size - 2)) - 1), pos + size


@dataclass(frozen=True, slots=True)
class Keys:
    """What protects the client's Initials."""

    aead: AESGCM
    iv: int
    mask: CipherContext
    """AES-ECB: its calls do not depend on each other."""


def _expand(secret: bytes, label: bytes, size: int) -> bytes:
    """HKDF-Expand-Label (RFC 8446, 7.1) for outputs of one hash at most."""
    full = b"tls13 " + label
    info = size.to_bytes(2, "big") + bytes((len(full),)) + full + b"\0\x01"
    return digest(secret, info, "sha256")[:size]


@lru_cache(maxsize=1024)
def client_keys(version: int, dcid: bytes) -> Keys:
    """Derive the keys from the destination connection ID of a client's first Initial."""
    prefix = b"quicv2 " if version == VERSION_2 else b"quic "
    initial = digest(_SALTS[version], dcid, "sha256")
    secret = _expand(initial, b"client in", 32)
    key, iv = _expand(secret, prefix + b"key", 16), _expand(secret, prefix + b"iv", 12)
    header = Cipher(algorithms.AES(_expand(secret, prefix + b"hp", 16)), modes.ECB())  # noqa: S305  (as RFC 9001 says)
    return Keys(AESGCM(key), int.from_bytes(iv, "big"), header.encryptor())


def unprotect(datagram: bytes, packet: Initial, keys: Keys) -> bytes | None:
    """Return the frames of an Initial, or None where the keys are not its keys."""
    number = packet.number
    if packet.end > len(datagram) or number + 20 > len(datagram):
        return None
    mask = keys.mask.update(datagram[number + 4 : number + 20])
    first = datagram[packet.start] ^ mask[0] & 0x0F
    size = (first & 3) + 1
    count = int.from_bytes(datagram[number : number + size], "big") ^ int.from_bytes(mask[1 : 1 + size], "big")
    head = bytes((first,)) + datagram[packet.start + 1 : number] + count.to_bytes(size, "big")
    nonce = (keys.iv ^ count).to_bytes(12, "big")
    try:
        return keys.aead.decrypt(nonce, datagram[number + size : packet.end], head)
    except InvalidTag:
        return None


def gather(frames: bytes, stream: CryptoStream) -> None:
    """Add the CRYPTO frames of one Initial to the stream; stop at the first frame that has no place there."""
    pos = 0
    while pos < len(frames):
        kind = frames[pos]
        if kind == _PADDING:
            pos = len(frames) - len(frames[pos:].lstrip(b"\0"))
        elif kind == _PING:
            pos += 1
        elif kind == _CRYPTO:
            offset, pos = varint(frames, pos + 1)
            size, pos = varint(frames, pos)
            if pos > len(frames):
                return
            stream.add(offset, frames[pos : pos + size])
            pos += size
        elif kind in (_ACK, _ACK_ECN):
            pos = _after_ack(frames, pos)
        else:
            return


def open_first(datagram: bytes, packet: Initial) -> bytes | None:
    """Return the frames of an Initial that begins a connection: its keys follow from its own destination ID."""
    return unprotect(datagram, packet, client_keys(packet.version, packet.dcid))


def whole_hello(crypto: CryptoStream) -> bytes | None:
    """Return the first handshake message when all of it is there."""
    hello = crypto.contiguous()
    return hello if len(hello) >= 4 and len(hello) >= 4 + int.from_bytes(hello[1:4], "big") else None


def _after_ack(frames: bytes, pos: int) -> int:
    ecn = frames[pos] == _ACK_ECN
    _, pos = varint(frames, pos + 1)
    _, pos = varint(frames, pos)
    ranges, pos = varint(frames, pos)
    _, pos = varint(frames, pos)
    for _ in range(2 * min(ranges, len(frames)) + 3 * ecn):
        if pos > len(frames):
            break
        _, pos = varint(frames, pos)
    return pos
