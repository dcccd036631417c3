"""How much a source may ask of us before we stop: the defence against decompression bombs and endless lines."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds per source; every one of them is far above what real logs need."""

    max_ratio: int = 1000
    """Decompressed bytes per compressed byte. A run of one byte deflates 1:1030; logs stay below 1:200."""
    ratio_after: int = 256 << 20
    """The ratio counts only once this many bytes have come out: small repetitive files are harmless."""
    max_member_bytes: int = 1 << 40
    """Decompressed bytes of one file or archive member."""
    max_members: int = 100_000
    """Members of one archive."""
    max_line_bytes: int = 1 << 20
    """Raw bytes of one line; longer ones are reported, never kept in memory."""
