"""Recognising a file by what it holds, after renames, rotation and compression; and what its first bytes look like."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from shadowscan.errors import SourceError
from shadowscan.sources.dialect import detect
from shadowscan.sources.rows import is_parquet
from shadowscan.sources.source import Source, head_of
from shadowscan.sources.stream import SourceStream

MARKER_BYTES = 4096
_BLOCK = 1 << 20
_TEXT_CONTROLS = b"\0\b\t\n\v\f\r\x1b"
_MAX_CONTROL_SHARE = 0.02
_MAX_CONTROL_KINDS = 4


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """SHA-256 (hex) of the first ``length`` decompressed bytes."""

    sha256: str
    length: int


def identify(source: Source, checks: Sequence[tuple[int, int]]) -> list[str | None]:
    """Return the SHA-256 (hex) of each byte range ``(start, end)`` of the decompressed bytes, in one pass.

    None where the stream ends, or is damaged, before ``end``. Plain files are read only where needed.
    SourceError if the source can't be opened.
    """
    digests = [hashlib.sha256() for _ in checks]
    cuts = sorted({0, *(edge for check in checks for edge in check)})
    reached = 0
    with source.open() as stream:
        for begin, end in pairwise(cuts):
            inside = [digest for digest, (low, high) in zip(digests, checks, strict=True) if low <= begin < high]
            reached += _feed(stream, end - begin, inside)
            if reached < end:
                break
    pairs = zip(digests, checks, strict=True)
    return [digest.hexdigest() if high <= reached else None for digest, (_, high) in pairs]


def _feed(stream: SourceStream, count: int, digests: "list[hashlib._Hash]") -> int:
    """Hash the next ``count`` bytes, or pass over them if nobody wants them; return how many there were."""
    if not digests:
        return _skip(stream, count)
    done = 0
    while done < count and (block := head_of(stream, min(_BLOCK, count - done))):
        for digest in digests:
            digest.update(block)
        done += len(block)
    return done


def _skip(stream: SourceStream, count: int) -> int:
    try:
        return stream.skip(count)
    except SourceError:
        return 0


def fingerprint(source: Source, *, length: int) -> Fingerprint:
    """Hash the first ``length`` decompressed bytes, or all of a shorter source; SourceError if it can't be opened."""
    digest = hashlib.sha256()
    with source.open() as stream:
        done = _feed(stream, length, [digest])
    return Fingerprint(digest.hexdigest(), done)


def marker(source: Source, at: int) -> str | None:
    """Return the SHA-256 (hex) of the up to 4096 bytes before offset ``at``; None if the source ends before."""
    return identify(source, [(max(0, at - MARKER_BYTES), at)])[0]


def looks_binary(head: bytes) -> bool:
    """Tell whether first bytes are no text: many different control characters. NULs alone say nothing.

    Logs hold holes of NULs (after truncation) and field separators such as 0x01; UTF-16 is text, and Parquet
    is read as rows of text.
    """
    if detect(head).unit == 2 or is_parquet(head):
        return False
    counts = np.bincount(np.frombuffer(head.replace(b"\0", b""), np.uint8), minlength=256)[:32].copy()
    text = len(head) - head.count(0)
    counts[list(_TEXT_CONTROLS)] = 0
    return bool(counts.sum() > _MAX_CONTROL_SHARE * text and np.count_nonzero(counts) > _MAX_CONTROL_KINDS)
