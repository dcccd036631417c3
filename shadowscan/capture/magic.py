"""Telling a capture from anything else by its first bytes."""

PCAP_MAGICS: dict[bytes, tuple[str, int, int]] = {
    b"\xd4\xc3\xb2\xa1": ("<", 1, 16),
    b"\xa1\xb2\xc3\xd4": (">", 1, 16),
    b"\x4d\x3c\xb2\xa1": ("<", 1000, 16),
    b"\xa1\xb2\x3c\x4d": (">", 1000, 16),
    b"\x34\xcd\xb2\xa1": ("<", 1, 24),
    b"\xa1\xb2\xcd\x34": (">", 1, 24),
}
"""Magic → (byte order, time units per microsecond, bytes of a record header): libpcap's pcap-savefile(5) and the
"modified" format of old Linux patches, whose record headers are eight bytes longer."""

PCAPNG_SECTION = b"\x0a\x0d\x0d\x0a"
PCAPNG_ORDERS = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}


def is_capture(head: bytes) -> bool:
    """Whether these first bytes (12 or more) begin a pcap or pcapng file."""
    return head[:4] in PCAP_MAGICS or (head[:4] == PCAPNG_SECTION and head[8:12] in PCAPNG_ORDERS)
