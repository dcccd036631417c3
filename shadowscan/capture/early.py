"""Messages that say everything by themselves, read where the headers are dissected: without knowing any flow.

What is found here spares the back half the same work; what is not (cut, of a connection already known) it reads itself,
with the same functions. ClientHellos in TCP are left to it: handing them over costs as much as it saves.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from shadowscan.capture.arrays import Ints
from shadowscan.capture.dns import Message, NotDnsError, parse_message
from shadowscan.capture.looks import INITIAL, NAMED
from shadowscan.capture.quic import CryptoStream, Initial, gather, initials, open_first, whole_hello
from shadowscan.capture.tls import Hello, NotAHelloError, read_hello

if TYPE_CHECKING:
    from shadowscan.capture.stretch import Stretch


class EarlyInitial(NamedTuple):
    """The first QUIC Initial of a datagram, opened with the keys that follow from its own destination ID."""

    packets: list[Initial]
    """Initials of the datagram."""
    frames: bytes | None
    """Of the first one; None where these are not its keys."""
    hello: Hello | None
    """The ClientHello if the first one holds all of it."""


@dataclass(slots=True)
class Early:
    """What was read, by the number of the packet."""

    messages: dict[int, Message] = field(default_factory=dict)
    initials: dict[int, EarlyInitial] = field(default_factory=dict)


def read_early(stretch: "Stretch") -> Early:
    """Read the DNS datagrams and first Initials of a stretch."""
    return Early(dict(_messages(stretch)), dict(_initials(stretch)))


def _messages(stretch: "Stretch") -> Iterator[tuple[int, Message]]:
    for packet, data in _payloads(stretch, np.flatnonzero(stretch.looks == NAMED)):
        with suppress(NotDnsError):
            yield packet, parse_message(data)


def _initials(stretch: "Stretch") -> Iterator[tuple[int, EarlyInitial]]:
    """Open what may come from clients, for each end of a flow up to the one that held a hello."""
    segments, at = stretch.segments, np.flatnonzero(stretch.looks == INITIAL)
    at = at[segments.sport[at] > segments.dport[at]]
    ends = stretch.groups.of_segments()[at] * 2 + stretch.groups.side[at]
    done = set[int]()
    for end, (packet, data) in zip(ends.tolist(), _payloads(stretch, at), strict=True):
        if end not in done and (found := initials(data)):
            opened = _opened(data, found)
            if opened.hello is not None:
                done.add(end)
            yield packet, opened


def _payloads(stretch: "Stretch", at: Ints) -> Iterator[tuple[int, bytes]]:
    """Number of the packet and payload of these segments."""
    segments, view = stretch.segments, stretch.bytes().data
    columns = (stretch.moments[1][at], segments.payload[at], segments.captured[at])
    for packet, begin, size in zip(*(column.tolist() for column in columns), strict=True):
        yield packet, bytes(view[begin : begin + size])


def _opened(data: bytes, found: list[Initial]) -> EarlyInitial:
    frames, crypto = open_first(data, found[0]), CryptoStream()
    if frames is None:
        return EarlyInitial(found, None, None)
    gather(frames, crypto)
    hello = whole_hello(crypto)
    try:
        return EarlyInitial(found, frames, None if hello is None else read_hello(hello, "q"))
    except NotAHelloError:
        return EarlyInitial(found, frames, None)
