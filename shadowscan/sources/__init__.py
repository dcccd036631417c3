"""Sources: a path, glob, folder, archive or standard input becomes clean chunks of lines with their offsets."""

from shadowscan.sources.discover import discover
from shadowscan.sources.documents import read_input, read_records
from shadowscan.sources.identity import Fingerprint, fingerprint, head, identify, looks_binary, marker
from shadowscan.sources.jsontext import Document, document_in
from shadowscan.sources.limits import Limits
from shadowscan.sources.lines import Chunk, Oversize, Position, read_text
from shadowscan.sources.source import Source
from shadowscan.sources.stdin import STDIN
from shadowscan.sources.stream import SourceStream

__all__ = [
    "STDIN",
    "Chunk",
    "Document",
    "Fingerprint",
    "Limits",
    "Oversize",
    "Position",
    "Source",
    "SourceStream",
    "discover",
    "document_in",
    "fingerprint",
    "head",
    "identify",
    "looks_binary",
    "marker",
    "read_input",
    "read_records",
    "read_text",
]
