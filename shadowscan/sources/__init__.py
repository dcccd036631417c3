"""Sources: a path, glob, folder, archive or standard input becomes clean chunks of lines with their offsets."""

from shadowscan.sources.discover import discover
from shadowscan.sources.identity import Fingerprint, fingerprint, head, identify, looks_binary, marker
from shadowscan.sources.limits import Limits
from shadowscan.sources.lines import Chunk, Oversize, Position, read_text
from shadowscan.sources.source import Source
from shadowscan.sources.stdin import STDIN
from shadowscan.sources.stream import SourceStream

__all__ = [
    "STDIN",
    "Chunk",
    "Fingerprint",
    "Limits",
    "Oversize",
    "Position",
    "Source",
    "SourceStream",
    "discover",
    "fingerprint",
    "head",
    "identify",
    "looks_binary",
    "marker",
    "read_text",
]
