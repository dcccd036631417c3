"""Packet captures as events: pcap and pcapng in, the event columns out.

``is_capture`` and the dataclasses need the standard library only; ``read_capture`` imports numpy and pyarrow when it
is called.
"""

from collections.abc import Iterator
from typing import BinaryIO

from shadowscan.capture.batch import CaptureBatch, CaptureLimits, gathered
from shadowscan.capture.helper import helper_for
from shadowscan.capture.magic import is_capture

__all__ = ["CaptureBatch", "CaptureLimits", "gathered", "is_capture", "read_capture"]

_DEFAULT = CaptureLimits()


def read_capture(stream: BinaryIO, name: str, *, limits: CaptureLimits = _DEFAULT) -> Iterator[CaptureBatch]:
    """Read one capture, already decompressed, in bounded memory.

    ``name`` is what problems say in ``where``. Damage ends the reading with a Problem in the last batch; a SourceError
    of the stream is raised after the batch with everything read before it.
    """
    size = max(limits.chunk_bytes, 2 * limits.record_bytes)
    with helper_for(stream, name, limits, size) as helper:
        from shadowscan.capture.reader import CaptureReader

        reader = CaptureReader(name, limits)
        if helper is not None:
            from shadowscan.capture.ahead import Ahead

            yield from reader.read(Ahead(helper, name, size))
            return
        from shadowscan.capture.here import Here

        with Here(stream, name, limits, size) as source:
            yield from reader.read(source)
