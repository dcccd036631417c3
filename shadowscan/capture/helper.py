"""Starting another process for the front half, where a capture is large enough to be worth it.

Standard library only: the other process imports numpy while this one does. It takes a plain file only: where there is
something to decompress, that is what takes the time.
"""

import os
import pickle
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from mmap import ALLOCATIONGRANULARITY, mmap
from typing import IO, BinaryIO

from shadowscan.capture.batch import CaptureLimits

BUFFERS = 4
"""One being filled, one being dissected, one being read, one between."""
_ARRAYS = 8 << 20
"""Room for the arrays of a stretch in its buffer; what does not fit goes through the pipe."""


@dataclass(frozen=True, slots=True)
class Task:
    """What the other process is told at its start."""

    shared: int
    """Descriptor of the shared memory."""
    file: int
    position: int
    name: str
    limits: CaptureLimits
    size: int
    """Bytes read at a time."""


@dataclass(frozen=True, slots=True)
class Helper:
    """The other process at work."""

    process: subprocess.Popen[bytes]
    to: IO[bytes]
    out: IO[bytes]
    memory: list[mmap]
    """Shared memory: BUFFERS of them."""


@contextmanager
def helper_for(stream: BinaryIO, name: str, limits: CaptureLimits, size: int) -> Iterator[Helper | None]:
    """Start the other process for a large plain file, ``size`` bytes at a time; None where one process does as well."""
    helper = None
    if _is_worth_it(stream, limits.ahead_bytes):
        with suppress(OSError):  # no more processes, or no memory to share
            helper = _started(stream, name, limits, size)
    try:
        yield helper
    finally:
        if helper is not None:
            with suppress(BrokenPipeError):
                helper.to.close()
            helper.out.close()
            helper.process.wait()


def _is_worth_it(stream: BinaryIO, least: int) -> bool:
    """Whether this is a large plain file and there is a processor to spare."""
    try:
        status = os.fstat(stream.fileno())
        spare = len(os.sched_getaffinity(0)) > 1
    except (OSError, AttributeError):  # no file; no such system call
        return False
    plain = stat.S_ISREG(status.st_mode) and status.st_size - stream.tell() >= least
    return plain and spare and bool(sys.executable) and hasattr(os, "memfd_create")


def _started(stream: BinaryIO, name: str, limits: CaptureLimits, size: int) -> Helper:
    shared, file = os.memfd_create("shadowscan-capture"), stream.fileno()
    try:
        os.ftruncate(shared, BUFFERS * _room(size))
        memory = shared_memory(shared, size)
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", "from shadowscan.capture.dissector import main; main()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=(shared, file),
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OPENBLAS_NUM_THREADS": "1"},
        )
    finally:
        os.close(shared)
    if process.stdin is None or process.stdout is None:
        raise AssertionError
    process.stdin.write(pickle.dumps(Task(shared, file, stream.tell(), name, limits, size)))
    process.stdin.flush()
    return Helper(process, process.stdin, process.stdout, memory)


def shared_memory(shared: int, size: int) -> list[mmap]:
    """Map the buffers behind a descriptor."""
    return [mmap(shared, _room(size), offset=index * _room(size)) for index in range(BUFFERS)]


def _room(size: int) -> int:
    """Bytes for one buffer and the arrays made of it, in whole pages."""
    return -(-(2 * size + _ARRAYS) // ALLOCATIONGRANULARITY) * ALLOCATIONGRANULARITY
