"""DNS messages: questions and the addresses and names answered (RFC 1035, 3596, 9460)."""

from functools import lru_cache
from socket import AF_INET, AF_INET6, inet_ntop
from struct import Struct
from typing import NamedTuple

_HEADER = Struct(">HHHHHH").unpack_from
_FIXED = Struct(">HHIH").unpack_from
_A, _CNAME, _AAAA, _SVCB, _HTTPS, _OPT = 1, 5, 28, 64, 65, 41
_ECH_PARAMETER = 5
_JUMPS, _RECORDS, _QUESTIONS = 32, 256, 16
TYPES = {1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA", 33: "SRV", 35: "NAPTR",
         43: "DS", 46: "RRSIG", 48: "DNSKEY", 64: "SVCB", 65: "HTTPS", 255: "ANY"}  # fmt: skip


class NotDnsError(Exception):
    """The bytes are no DNS message."""


class Message(NamedTuple):
    """One DNS message."""

    id: int
    response: bool
    opcode: int
    rcode: int
    questions: tuple[tuple[str, int], ...]
    """Name (lower case, no final dot; empty for the root) and type number."""
    addresses: tuple[tuple[str, str], ...]
    """Owner name and address of the A and AAAA records of the answer section."""
    aliases: tuple[tuple[str, str], ...]
    """Owner and target of its CNAME records."""
    ech: bool
    """A HTTPS or SVCB record offers Encrypted ClientHello."""


def parse_message(data: bytes) -> Message:
    """Read a message; an answer section that is cut or broken counts up to there. Raises NotDnsError."""
    if len(data) < 12:
        raise NotDnsError
    ident, flags, questions, answers, _, _ = _HEADER(data)
    pos, asked = 12, []
    for _ in range(min(questions, _QUESTIONS)):
        name, pos = read_name(data, pos)
        if pos + 4 > len(data):
            raise NotDnsError
        asked.append((name, data[pos] << 8 | data[pos + 1]))
        pos += 4
    response = flags >= 0x8000
    addresses, aliases, ech = _answers(data, pos, answers) if response and answers else ((), (), False)
    return Message(ident, response, flags >> 11 & 15, flags & 15, tuple(asked), addresses, aliases, ech)


def _answers(
    data: bytes, pos: int, count: int
) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...], bool]:
    addresses, aliases, ech = [], [], False
    try:
        for _ in range(min(count, _RECORDS)):
            owner, pos = read_name(data, pos)
            if pos + 10 > len(data):
                break
            kind, _, _, size = _FIXED(data, pos)
            pos += 10
            if pos + size > len(data):
                break
            if kind == _A and size == 4:
                addresses.append((owner, inet_ntop(AF_INET, data[pos : pos + 4])))
            elif kind == _AAAA and size == 16:
                addresses.append((owner, inet_ntop(AF_INET6, data[pos : pos + 16])))
            elif kind == _CNAME:
                aliases.append((owner, read_name(data, pos)[0]))
            elif kind in (_SVCB, _HTTPS):
                ech = ech or _offers_ech(data, pos, pos + size)
            pos += size
    except NotDnsError:
        pass
    return tuple(addresses), tuple(aliases), ech


def _offers_ech(data: bytes, pos: int, end: int) -> bool:
    _, pos = read_name(data, pos + 2)
    while pos + 4 <= end:
        if data[pos] << 8 | data[pos + 1] == _ECH_PARAMETER:
            return True
        pos += 4 + (data[pos + 2] << 8 | data[pos + 3])
    return False


def _presented(name: bytes) -> str:
    """Write a name as text; what can't be shown as master files write it, backslash DDD (RFC 1035, 5.1)."""
    text = name.decode("utf-8", "replace").lower()
    if text.isprintable() and " " not in text:
        return text
    return "".join(c if c.isprintable() and c != " " else f"\\{ord(c):03d}" for c in text)


def read_name(data: bytes, pos: int) -> tuple[str, int]:
    """Read a possibly compressed name: lower case without final dot, and what follows. Raises NotDnsError."""
    at, after = pos, 0
    if pos + 1 < len(data) and data[pos] >= 0xC0:  # most names are nothing but a reference to a whole one
        at, after = (data[pos] & 0x3F) << 8 | data[pos + 1], pos + 2
    end = data.find(b"\0", at, at + 256)
    whole = _uncompressed(data[at : end + 1]) if end >= 0 else None
    return _read_slowly(data, pos) if whole is None else (whole, after or end + 1)


@lru_cache(maxsize=1 << 14)
def _uncompressed(name: bytes) -> str | None:
    """Read the labels up to the first zero byte, or None where that isn't the end of the name."""
    labels, pos = list[bytes](), 0
    while length := name[pos]:
        if length >= 0x40 or pos + 1 + length >= len(name):
            return None
        labels.append(name[pos + 1 : pos + 1 + length])
        pos += 1 + length
    return _presented(b".".join(labels)) if pos <= 255 else None


def _read_slowly(data: bytes, pos: int) -> tuple[str, int]:
    labels, after, jumps, total = list[bytes](), 0, 0, 0
    size = len(data)
    while pos < size:
        length = data[pos]
        if not length:
            return _presented(b".".join(labels)), after or pos + 1
        if length >= 0xC0:
            if pos + 1 >= size or jumps >= _JUMPS:
                break
            after = after or pos + 2
            pos = (length & 0x3F) << 8 | data[pos + 1]
            jumps += 1
        elif length >= 0x40:
            break
        else:
            total += length + 1
            if total > 255:
                break
            labels.append(data[pos + 1 : pos + 1 + length])
            pos += 1 + length
    raise NotDnsError
