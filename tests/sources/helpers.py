"""A plain model of what reading lines means, and the ways to put bytes on disk."""

import bz2
import gzip
import lzma
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from shadowscan.errors import Problem
from shadowscan.sources import Source, discover
from shadowscan.sources.lines import Chunk

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "none": bytes,
    "gzip": lambda data: gzip.compress(data, 1),
    "zstd": zstd.compress,
    "xz": lambda data: lzma.compress(data, preset=0),
    "bz2": bz2.compress,
}
PREFIX = "#Fields: date time c-ip cs-username cs-host cs-uri-path sc-status end"
"""A first line that settles the encoding, so that the model need not know the heuristics."""


@dataclass(frozen=True, slots=True)
class Line:
    """One expected line."""

    text: str
    number: int
    offset: int


def decoded(raw: bytes) -> str:
    """UTF-8, else Windows-1252 with Latin-1 in its gaps; no NUL, no CR at the end."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in raw)
    return text.replace("\0", "").rstrip("\r\n")


def model_of_bytes(raw: bytes, newline: bytes = b"\n") -> list[Line]:
    """The lines of bytes in no encoding of two-byte units."""
    lines, offset = [], 3 if raw.startswith(b"\xef\xbb\xbf") else 0
    parts = raw[offset:].split(newline)
    for number, part in enumerate(parts if parts[-1] else parts[:-1], start=1):
        lines.append(Line(decoded(part).replace("\n", " "), number, offset))
        offset += len(part) + 1
    return lines


def model_of_text(lines: list[str], encoding: str, newline: str, bom: bytes) -> list[Line]:
    """The lines of text encoded with a codec, each ended by ``newline``."""
    result, offset = [], len(bom)
    for number, line in enumerate(lines, start=1):
        result.append(Line(line.replace("\0", "").rstrip("\r\n"), number, offset))
        offset += len((line + newline).encode(encoding))
    return result


def flat(chunks: list[Chunk]) -> list[Line]:
    """What the chunks hold, in the shape of the model."""
    return [
        Line(text, number, offset)
        for chunk in chunks
        for text, number, offset in zip(
            chunk.lines.to_pylist(), chunk.numbers.tolist(), chunk.offsets.tolist(), strict=True
        )
    ]


@contextmanager
def stored(data: bytes, name: str = "export.log") -> Iterator[Source]:
    """Bytes in a file, as the source that discover makes of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        yield only_source(path)


def only_source(path: Path) -> Source:
    """The single source of a file."""
    (found,) = discover([str(path)])
    assert isinstance(found, Source), found
    return found


def sources(found: Iterator[Source | Problem]) -> list[Source]:
    """The sources; nothing may be a problem."""
    items = list(found)
    assert not [item for item in items if isinstance(item, Problem)]
    return [item for item in items if isinstance(item, Source)]


def problems(found: Iterator[Source | Problem]) -> list[Problem]:
    """Only the problems."""
    return [item for item in found if isinstance(item, Problem)]
