"""Packets and capture files made by hand, byte by byte: the tests share no code with the parsers."""

import io
import struct
from collections.abc import Iterable, Sequence
from hashlib import sha256
from hmac import new as hmac
from ipaddress import ip_address
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shadowscan.capture import CaptureBatch, CaptureLimits, read_capture

CLIENT, SERVER, RESOLVER = "10.1.2.3", "192.0.2.10", "10.0.0.53"
CLIENT6, SERVER6 = "2001:db8::1", "2001:db8::443"
BEGIN = 1_700_000_000_000_000
"""Microseconds."""
SYN, FIN, RST, ACK, PSH = 2, 1, 4, 16, 8


class Flow(NamedTuple):
    """Who talks to whom."""

    src: str = CLIENT
    sport: int = 40_000
    dst: str = SERVER
    dport: int = 443

    def back(self) -> "Flow":
        return Flow(self.dst, self.dport, self.src, self.sport)


def tcp(flow: Flow, seq: int, flags: int, payload: bytes = b"") -> bytes:
    head = struct.pack(">HHIIBBHHH", flow.sport, flow.dport, seq & 0xFFFFFFFF, 0, 0x50, flags, 500, 0, 0)
    return ip(flow, 6, head + payload)


def udp(flow: Flow, payload: bytes) -> bytes:
    return ip(flow, 17, struct.pack(">HHHH", flow.sport, flow.dport, 8 + len(payload), 0) + payload)


def ip(flow: Flow, proto: int, body: bytes, *, ident: int = 0, fragment: int = 0, options: bytes = b"") -> bytes:
    src, dst = ip_address(flow.src).packed, ip_address(flow.dst).packed
    if len(src) == 16:
        return struct.pack(">IHBB", 0x60000000, len(body), proto, 64) + src + dst + body
    words = 5 + len(options) // 4
    total = min(4 * words + len(body), 65_535)
    return struct.pack(">BBHHHBBH", 0x40 | words, 0, total, ident, fragment, 64, proto, 0) + src + dst + options + body


def ether(packet: bytes, *tags: bytes) -> bytes:
    kind = b"\x86\xdd" if packet[0] >> 4 == 6 else b"\x08\x00"
    return b"\2\0\0\0\0\1\2\0\0\0\0\2" + b"".join(tags) + kind + packet


def pcap(frames: Iterable[bytes], *, link: int = 1, order: str = "<", nano: bool = False, step: int = 1000) -> bytes:
    magic = 0xA1B23C4D if nano else 0xA1B2C3D4
    out = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 262_144, link)]
    for number, frame in enumerate(frames):
        out.append(record(frame, BEGIN + number * step, order=order, nano=nano))
    return b"".join(out)


def record(frame: bytes, ts: int, *, order: str = "<", nano: bool = False, length: int | None = None) -> bytes:
    fraction = ts % 1_000_000 * (1000 if nano else 1)
    return struct.pack(order + "IIII", ts // 1_000_000, fraction, len(frame), length or len(frame)) + frame


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    body += bytes(-len(body) % 4)
    size = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + size + body + size


def section(order: str = "<") -> bytes:
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def interface(link: int = 1, order: str = "<", *, snaplen: int = 0, resolution: int | None = None) -> bytes:
    options = b"" if resolution is None else struct.pack(order + "HHBxxxHH", 9, 1, resolution, 0, 0)
    return block(1, struct.pack(order + "HHI", link, 0, snaplen) + options, order)


def enhanced(frame: bytes, ts: int = BEGIN, number: int = 0, order: str = "<") -> bytes:
    head = struct.pack(order + "IIIII", number, ts >> 32, ts & 0xFFFFFFFF, len(frame), len(frame))
    return block(6, head + frame, order)


def simple(frame: bytes, order: str = "<") -> bytes:
    return block(3, struct.pack(order + "I", len(frame)) + frame, order)


def extension(kind: int, body: bytes) -> bytes:
    return struct.pack(">HH", kind, len(body)) + body


def client_hello(
    host: str | None, *, alpn: Sequence[str] = ("h2", "http/1.1"), ech: bool = False, pad: int = 0
) -> bytes:
    """A TLS 1.3 ClientHello handshake message."""
    extensions = b""
    if host is not None:
        name = host.encode()
        extensions += extension(0, struct.pack(">HBH", len(name) + 3, 0, len(name)) + name)
    if alpn:
        names = b"".join(bytes((len(name),)) + name.encode() for name in alpn)
        extensions += extension(16, struct.pack(">H", len(names)) + names)
    extensions += extension(43, b"\x04\x03\x04\x03\x03") + extension(13, b"\0\x04\x04\x03\x08\x04")
    if ech:
        extensions += extension(0xFE0D, b"\0" * 32)
    if pad:
        extensions += extension(21, bytes(pad))
    ciphers = struct.pack(">HHHH", 0x0A0A, 0x1302, 0x1301, 0xC02F)
    body = b"\3\3" + bytes(range(32)) + b"\x20" + bytes(32) + struct.pack(">H", len(ciphers)) + ciphers + b"\1\0"
    body += struct.pack(">H", len(extensions)) + extensions
    return b"\1" + len(body).to_bytes(3, "big") + body


def tls_records(handshake: bytes, size: int = 16_384) -> bytes:
    pieces = [handshake[at : at + size] for at in range(0, len(handshake), size)]
    return b"".join(b"\x16\3\1" + struct.pack(">H", len(piece)) + piece for piece in pieces)


def dns_name(name: str) -> bytes:
    return b"".join(bytes((len(label),)) + label.encode() for label in name.split(".") if label) + b"\0"


def dns(name: str, *, ident: int = 7, kind: int = 1, answers: Sequence[str] = (), alias: str = "") -> bytes:
    """A query, or with ``answers`` its response."""
    count = len(answers) + bool(alias)
    flags = 0x8180 if count else 0x0100
    message = struct.pack(">HHHHHH", ident, flags, 1, count, 0, 0) + dns_name(name) + struct.pack(">HH", kind, 1)
    owner = b"\xc0\x0c"
    if alias:
        target = dns_name(alias)
        message += owner + struct.pack(">HHIH", 5, 1, 60, len(target)) + target
        owner = struct.pack(">H", 0xC000 | len(message) - len(target))
    for answer in answers:
        packed = ip_address(answer).packed
        message += owner + struct.pack(">HHIH", 1 if len(packed) == 4 else 28, 1, 60, len(packed)) + packed
    return message


_SALTS = {
    1: bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a"),
    0x6B3343CF: bytes.fromhex("0dede3def700a6db819381be6e269dcbf9bd2ed9"),
    0xFF00001D: bytes.fromhex("afbfec289993d24c9e9786f19c6111e04390a899"),
    0xFF00001B: bytes.fromhex("c3eef712c72ebb5a11a7d2432bb46365bef9f502"),
}


def _label(secret: bytes, label: bytes, size: int) -> bytes:
    text = b"tls13 " + label
    info = struct.pack(">HB", size, len(text)) + text + b"\0"
    return hmac(secret, info + b"\1", sha256).digest()[:size]


def crypto(offset: int, piece: bytes) -> bytes:
    return b"\6" + struct.pack(">HH", 0x4000 | offset, 0x4000 | len(piece)) + piece


def initial(
    frames: bytes, *, dcid: bytes = b"\1\2\3\4\5\6\7\x08", scid: bytes = b"\x99", version: int = 1, number: int = 0,
    secret_id: bytes | None = None,
) -> bytes:  # fmt: skip
    """A protected client Initial of at least 1200 bytes; ``secret_id``: the ID its keys come from, if not ``dcid``."""
    two = version == 0x6B3343CF
    secret = _label(hmac(_SALTS[version], secret_id or dcid, sha256).digest(), b"client in", 32)
    prefix = b"quicv2 " if two else b"quic "
    key, iv, hp = (
        _label(secret, prefix + b"key", 16),
        _label(secret, prefix + b"iv", 12),
        _label(secret, prefix + b"hp", 16),
    )
    frames += bytes(max(0, 1162 - len(frames)))
    first = 0xC3 | (0x10 if two else 0)
    head = (
        bytes((first,)) + struct.pack(">I", version) + bytes((len(dcid),)) + dcid + bytes((len(scid),)) + scid + b"\0"
    )
    head += struct.pack(">H", 0x4000 | len(frames) + 16 + 4)
    nonce = (int.from_bytes(iv, "big") ^ number).to_bytes(12, "big")
    packet_number = number.to_bytes(4, "big")
    sealed = AESGCM(key).encrypt(nonce, frames, head + packet_number)
    mask = Cipher(algorithms.AES(hp), modes.ECB()).encryptor().update(sealed[:16])
    masked = bytes(a ^ b for a, b in zip(packet_number, mask[1:5], strict=True))
    return bytes((first ^ mask[0] & 0x0F,)) + head[1:] + masked + sealed


def conversation(flow: Flow, payloads: Sequence[bytes], *, isn: int = 1000) -> list[bytes]:
    """Frames of a TCP connection: handshake, then the client's segments in order."""
    frames = [tcp(flow, isn, SYN), tcp(flow.back(), 5000, SYN | ACK), tcp(flow, isn + 1, ACK)]
    seq = isn + 1
    for payload in payloads:
        frames.append(tcp(flow, seq, ACK | PSH, payload))
        seq += len(payload)
    return [ether(frame) for frame in frames]


Event = dict[str, object]


def batches(data: bytes, **limits: int) -> list[CaptureBatch]:
    return list(read_capture(io.BytesIO(data), "test.pcap", limits=CaptureLimits(**limits)))


def events(data: bytes, kind: str | None = None, **limits: int) -> list[Event]:
    """All events of a capture file (of one kind), without the columns that are NULL."""
    rows = [row for batch in batches(data, **limits) for row in batch.events.to_pylist()]
    return [
        {name: value for name, value in row.items() if value is not None}
        for row in rows
        if kind is None or row["kind"] == kind
    ]


def hosts(data: bytes, kind: str, **limits: int) -> list[object]:
    return [event.get("host") for event in events(data, kind, **limits)]
