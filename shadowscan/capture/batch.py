"""What reading a capture gives, and the limits that bound it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shadowscan.errors import Problem, SourceError

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class CaptureLimits:
    """Caps for hostile or endless input; each is reported as a Problem when reached."""

    chunk_bytes: int = 16 << 20
    """Bytes of the capture held at a time."""
    ahead_bytes: int = 48 << 20
    """Size of a plain file from which on headers are dissected by another process; below, starting one costs more."""
    record_bytes: int = 262_144
    """Longest packet of a pcap record (libpcap's MAXIMUM_SNAPLEN): beyond it the file is damaged."""
    block_bytes: int = 16 << 20
    """Longest pcapng block; longer ones are damage."""
    flows: int = 100_000
    """Flows followed at a time; beyond it the longest idle ones are closed early."""
    tcp_idle_s: int = 3600
    udp_idle_s: int = 300
    """Seconds without a packet after which a flow has ended."""
    closed_s: int = 5
    """Seconds without a packet after which a TCP connection that both sides closed has ended (as Zeek has it)."""
    active_s: int | None = None
    """Seconds after which a flow that goes on is reported so far; None: at its end only."""
    stream_bytes: int = 1 << 16
    """Bytes kept of one direction of a TCP connection while a message is incomplete."""
    streams_bytes: int = 48 << 20
    """Bytes kept of all TCP connections together; the same again for QUIC handshakes."""
    segments: int = 64
    """Segments kept of one direction ahead of a gap."""
    requests: int = 20_000
    """HTTP requests awaiting their response."""
    interfaces: int = 65_536
    """Interfaces of one pcapng section."""
    fragments: int = 2048
    """IP datagrams awaiting fragments at a time, and fragments of one datagram."""
    layers: int = 32
    """Headers of one packet, tunnels within tunnels included."""
    names: int = 100_000
    """Addresses for which DNS names are remembered; DNS questions awaiting their answer."""


@dataclass(frozen=True, slots=True)
class CaptureBatch:
    """The events of one stretch of a capture. ``packets == dissected + not_ip + damaged``."""

    events: "pa.Table"
    """The event columns, then ``packet`` (1-based number) and ``offset`` (of the packet's record in the stream)."""
    packets: int
    dissected: int
    """Packets whose IP header was read."""
    not_ip: int
    """Packets of other protocols: ARP, spanning tree, Wi-Fi management ..."""
    damaged: int
    """Packets cut or broken before their IP header ended, or records cut off at the end of the file."""
    problems: tuple[Problem, ...]
    bytes_read: int
    """Bytes of the stream consumed from its beginning up to the end of this batch."""


def limit_reached(count: int, what: str, why: str, name: str) -> Problem:
    """Describe a limit (``CaptureLimits``) beyond which something was left out."""
    return Problem(f"{count} {what}", why, name, "split the capture by time or by client")


def joined(batches: Sequence[CaptureBatch]) -> CaptureBatch:
    """Return batches that follow each other as one."""
    import pyarrow as pa

    return CaptureBatch(
        events=pa.concat_tables([batch.events for batch in batches]),
        packets=sum(batch.packets for batch in batches),
        dissected=sum(batch.dissected for batch in batches),
        not_ip=sum(batch.not_ip for batch in batches),
        damaged=sum(batch.damaged for batch in batches),
        problems=tuple(problem for batch in batches for problem in batch.problems),
        bytes_read=batches[-1].bytes_read,
    )


def gathered(parts: Iterable[CaptureBatch], events: int, size: int) -> Iterator[CaptureBatch]:
    """Join batches until they have so many events, or come from so many bytes of the stream.

    A SourceError comes after what was read before it.
    """
    held, count, begun = list[CaptureBatch](), 0, 0
    try:
        for part in parts:
            held.append(part)
            count += len(part.events)
            if count >= events or part.bytes_read - begun >= size:
                yield joined(held)
                held, count, begun = [], 0, part.bytes_read
    except SourceError:
        if held:
            yield joined(held)
        raise
    if held:
        yield joined(held)
