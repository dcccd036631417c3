"""The PROXY protocol: what a load balancer puts before a connection's own bytes.

HAProxy's proxy-protocol.txt, versions 1 (a line) and 2 (a binary header).
"""

V2_SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
V1_SIGNATURE = b"PROXY "
_LONGEST_LINE = 107


def proxy_preface(data: bytes | bytearray) -> int | None:
    """Return the size of the preface, 0 while it is incomplete, None where there is none."""
    start = bytes(data[:16])
    if start.startswith(V2_SIGNATURE) and len(start) == 16:
        size = 16 + int.from_bytes(start[14:16], "big")
        return size if len(data) >= size else 0
    if start.startswith(V1_SIGNATURE):
        end = data.find(b"\r\n", 0, _LONGEST_LINE)
        if end >= 0:
            return end + 2
        return 0 if len(data) < _LONGEST_LINE else None
    if len(start) < 16 and (V2_SIGNATURE.startswith(start[:12]) or V1_SIGNATURE.startswith(start)):
        return 0
    return None
