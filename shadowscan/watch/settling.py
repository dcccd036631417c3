"""Which inputs are read only as a whole, once nobody writes to them any more."""

from shadowscan.capture import is_capture
from shadowscan.sources import Source, head
from shadowscan.sources.rows import is_parquet

_HEAD = 64


def must_settle(source: Source) -> bool:
    """Tell whether half of it would be damaged or read twice: compressed files, archives, captures, Parquet.

    SourceError if it can't be opened.
    """
    if source.member is not None or source.compression != "none":
        return True
    beginning = head(source, _HEAD)
    return is_capture(beginning) or is_parquet(beginning)
