"""The readers: how a record is cut into raw fields, as SQL text over a column ``_p`` (the payload)."""

from shadowscan.formats.readers.base import Reader
from shadowscan.formats.readers.delimited import CsvReader, SplitReader, W3cReader
from shadowscan.formats.readers.json import JsonReader
from shadowscan.formats.readers.keyed import CefReader, KvReader, LeefReader
from shadowscan.formats.readers.native import CELLS, VALUE, NativeReader, ValueReader
from shadowscan.formats.readers.pattern import RegexReader
from shadowscan.formats.spec import ReaderSpec

__all__ = ["CELLS", "READERS", "VALUE", "NativeReader", "Reader", "ValueReader", "reader_for"]

READERS: dict[str, type[Reader]] = {
    "split": SplitReader,
    "csv": CsvReader,
    "kv": KvReader,
    "json": JsonReader,
    "w3c": W3cReader,
    "cef": CefReader,
    "leef": LeefReader,
    "regex": RegexReader,
}


def reader_for(spec: ReaderSpec, names: tuple[str, ...] = ()) -> Reader:
    """Return the reader ``spec`` asks for; ``names`` are the columns a file's own header states."""
    return READERS[spec.kind](spec, names)
