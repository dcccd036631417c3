"""Sources: a path, glob, folder, archive or standard input becomes clean chunks of lines with their offsets.

What is imported here finds and opens inputs and needs the standard library only; lines, documents and identities are
in modules of their own, which import numpy and pyarrow.
"""

from shadowscan.sources.discover import discover
from shadowscan.sources.limits import Limits
from shadowscan.sources.source import Source, head
from shadowscan.sources.stdin import STDIN
from shadowscan.sources.stream import SourceStream

__all__ = ["STDIN", "Limits", "Source", "SourceStream", "discover", "head"]
