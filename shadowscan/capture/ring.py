"""Packets of a live interface, handed over by the kernel in blocks of shared memory.

Linux: packet(7), and Documentation/networking/packet_mmap.rst for TPACKET_V3. Opening the socket, the filter and
promiscuous mode are scapy's; its own receiving costs a system call and an object a packet, so it is not used. Nothing
but CAP_NET_RAW is needed.
"""

import logging
import select
import socket
import sys
from mmap import mmap
from struct import Struct, pack, unpack
from types import TracebackType
from typing import Any, Self

import numpy as np

from shadowscan.capture.arrays import PADDING, Bytes, rows_at
from shadowscan.capture.records import Records
from shadowscan.errors import SourceError, UsageError

_SOL_PACKET, _RX_RING, _STATISTICS, _VERSION, _IGNORE_OUTGOING = 263, 5, 6, 10, 23
_TPACKET_V3 = 2
_ALL_PROTOCOLS = 3
_BLOCK = 1 << 20
_RETIRE_MS = 100
"""A block that isn't full is handed over after this time."""
_IN_USE_BY_US = 1
_BLOCK_HEAD = Struct("=8x4I").unpack_from
"""Of a block: status, packets, where the first one is, bytes."""
_STATUS_AT = 8
_HEAD = 28
"""Bytes of a packet's header that are read: where the next one is, time, sizes, status, where the frame begins."""
_LOOPBACK = 772
_LINKS = {1: 1, _LOOPBACK: 1, 801: 105, 803: 127, 512: 9}
"""ARPHRD_ types of interfaces with a link header → LINKTYPE_; all others are tunnels, which give plain IP."""
_RAW = 101


class PacketRing:
    """An open interface. ``read`` gives what has come since; ``counts`` what was seen and what got lost."""

    def __init__(
        self, interface: str, *, bpf: str | None = None, promiscuous: bool = True, ring_bytes: int = 64 << 20
    ) -> None:
        """Open it; raises UsageError for a wrong name or filter, SourceError where the kernel refuses."""
        self._scapy = _open(interface, bpf, promiscuous=promiscuous)
        self._socket: socket.socket = self._scapy.ins
        hardware = self._socket.getsockname()[3]
        self.link = _LINKS.get(hardware, _RAW)
        if hardware == _LOOPBACK:  # every packet passes twice
            self._socket.setsockopt(_SOL_PACKET, _IGNORE_OUTGOING, 1)
        self._blocks = max(4, ring_bytes // _BLOCK)
        self._socket.setsockopt(_SOL_PACKET, _VERSION, _TPACKET_V3)
        request = pack("=7I", _BLOCK, self._blocks, 2048, _BLOCK // 2048 * self._blocks, _RETIRE_MS, 0, 0)
        self._socket.setsockopt(_SOL_PACKET, _RX_RING, request)
        self._shared = mmap(self._socket.fileno(), _BLOCK * self._blocks)
        self._poll = select.poll()
        self._poll.register(self._socket, select.POLLIN | select.POLLERR)
        self._next = 0
        self._first, self._place = 1, 0
        self._seen = self._dropped = 0
        self._interface = interface

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._shared.close()
        self._scapy.close()

    def read(self, patience_s: float) -> Records | None:
        """Return the packets of all blocks that are ready; wait for one at most so long. SourceError if it is gone."""
        if not self._ready():
            self._poll.poll(max(0, int(patience_s * 1000)))
            if error := self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                reason = OSError(error, "").strerror or f"error {error}"
                raise SourceError("interface lost", reason=reason, where=self._interface)
        blocks = list[bytes]()
        while self._ready() and len(blocks) < self._blocks:
            blocks.append(self._take())
        return self._records(blocks) if blocks else None

    def counts(self) -> tuple[int, int]:
        """Packets that passed the filter since it was opened, and those of them lost for want of room."""
        raw = self._socket.getsockopt(_SOL_PACKET, _STATISTICS, 12)  # the kernel begins anew with each call
        seen, dropped, _ = unpack("=3I", raw)
        self._seen += seen
        self._dropped += dropped
        return self._seen, self._dropped

    def _ready(self) -> bool:
        return bool(self._shared[self._next * _BLOCK + _STATUS_AT] & _IN_USE_BY_US)

    def _take(self) -> bytes:
        """Copy the next block and give it back to the kernel."""
        start = self._next * _BLOCK
        size = _BLOCK_HEAD(self._shared, start)[3]
        block = self._shared[start : start + size]
        self._shared[start + _STATUS_AT : start + _STATUS_AT + 4] = bytes(4)
        self._next = (self._next + 1) % self._blocks
        return block

    def _records(self, blocks: list[bytes]) -> Records:
        buffer: Bytes = np.frombuffer(b"".join([*blocks, bytes(PADDING)]), np.uint8)
        at, base = list[int](), 0
        for block in blocks:
            at += _packets(block, base)
            base += len(block)
        heads = np.array(at, np.int64)
        rows = rows_at(buffer, heads, _HEAD)
        words = rows[:, :24].view("=u4").astype(np.int64)
        captured = words[:, 3]
        ends = np.cumsum(captured + 16)
        records = Records(
            buffer=buffer,
            data=heads + rows[:, 24:26].view("=u2")[:, 0],
            captured=captured,
            length=np.maximum(words[:, 4], captured),
            ts=words[:, 1] * 1_000_000 + words[:, 2] // 1000,
            link=np.full(len(heads), self.link, np.int64),
            place=self._place + ends - (captured + 16),
            first=self._first,
            consumed=self._place + int(ends[-1]) if len(ends) else self._place,
        )
        self._first += len(heads)
        self._place = records.consumed
        return records


def _packets(block: bytes, base: int) -> list[int]:
    """Where the headers of a block's packets are, in a buffer where the block begins at ``base``."""
    _, count, at, _ = _BLOCK_HEAD(block, 0)
    following = Struct("=I").unpack_from
    found = list[int]()
    for _ in range(count):
        found.append(base + at)
        at += following(block, at)[0]
    return found


def pcap_records(records: Records) -> bytes:
    """Write packets as records of a pcap file (little-endian, microseconds)."""
    view = records.buffer.data
    heads = np.empty((len(records), 4), "<u4")
    heads[:, 0], heads[:, 1] = records.ts // 1_000_000, records.ts % 1_000_000
    heads[:, 2], heads[:, 3] = records.captured, records.length
    raw = heads.tobytes()
    parts = list[bytes | memoryview]()
    for number, (begin, size) in enumerate(zip(records.data.tolist(), records.captured.tolist(), strict=True)):
        parts.append(raw[number * 16 : number * 16 + 16])
        parts.append(view[begin : begin + size])
    return b"".join(parts)


def _open(interface: str, bpf: str | None, *, promiscuous: bool) -> Any:
    """Open scapy's listening socket; its import takes a second and is wanted nowhere else."""
    if not sys.platform.startswith("linux"):
        raise UsageError("live capture needs Linux", hint="capture with tcpdump -w and scan the file")
    if interface not in (known := [name for _, name in socket.if_nameindex()]):
        raise UsageError(f"no such interface: {interface}", hint=f"there are: {', '.join(known)}")
    try:
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0).close()
    except PermissionError as error:
        raise SourceError(
            "may not capture packets",
            reason="that needs the capability CAP_NET_RAW (no other right of root)",
            where=interface,
            hint="run it with sudo, as a service with AmbientCapabilities=CAP_NET_RAW, or give the capability to "
            f"a Python of its own: setcap cap_net_raw+ep {sys.executable}",
        ) from error
    logging.getLogger("scapy").setLevel(logging.ERROR)  # it warns of what concerns its own dissectors only
    from scapy.arch.linux import L2ListenSocket
    from scapy.error import Scapy_Exception

    try:
        return L2ListenSocket(iface=interface, type=_ALL_PROTOCOLS, promisc=promiscuous, filter=bpf)
    except (Scapy_Exception, ImportError) as error:
        raise UsageError(
            f"not a filter: {bpf}", reason=str(error), hint="see pcap-filter(7); it needs libpcap"
        ) from error
    except OSError as error:
        raise SourceError("can't open", reason=error.strerror or str(error), where=interface) from error
