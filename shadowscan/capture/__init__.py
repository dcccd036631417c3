"""Packet captures as events: pcap and pcapng in, the event columns out.

``is_capture`` and the dataclasses need the standard library only; ``read_capture`` imports numpy and pyarrow when it
is called.
"""

from collections.abc import Iterator
from typing import BinaryIO

from shadowscan.capture.batch import CaptureBatch, CaptureLimits, joined
from shadowscan.capture.magic import is_capture

__all__ = ["CaptureBatch", "CaptureLimits", "is_capture", "joined", "read_capture"]

_DEFAULT = CaptureLimits()


def read_capture(stream: BinaryIO, name: str, *, limits: CaptureLimits = _DEFAULT) -> Iterator[CaptureBatch]:
    """Read one capture, already decompressed, in bounded memory.

    ``name`` is what problems say in ``where``. Damage ends the reading with a Problem in the last batch; a SourceError
    of the stream is raised after the batch with everything read before it.
    """
    from shadowscan.capture.ahead import stretches

    with stretches(stream, name, limits) as source:
        from shadowscan.capture.reader import CaptureReader  # takes a while: another process may be at work already

        yield from CaptureReader(name, limits).read(source)
