"""UDP payloads as facts: DNS, and the ClientHellos of QUIC connections."""

from contextlib import suppress
from dataclasses import dataclass, field

from shadowscan.capture.dns import NotDnsError, parse_message
from shadowscan.capture.early import Early, EarlyInitial
from shadowscan.capture.facts import Facts
from shadowscan.capture.flows import FlowTable
from shadowscan.capture.hellos import report_hello
from shadowscan.capture.lookups import Lookups
from shadowscan.capture.payloads import AS_DNS, AS_QUIC, Payloads
from shadowscan.capture.quic import (
    CryptoStream,
    Initial,
    client_keys,
    gather,
    initials,
    open_first,
    unprotect,
    whole_hello,
)
from shadowscan.capture.stream import Moment
from shadowscan.capture.tls import Hello, NotAHelloError, read_hello
from shadowscan.model.events import Kind

_IDS = 8


@dataclass(slots=True)
class _Connection:
    """A QUIC connection attempt, seen from the client."""

    dcid: bytes
    """Destination ID of its first Initial, from which all keys follow."""
    version: int
    moment: Moment
    crypto: CryptoStream = field(default_factory=CryptoStream)
    held: int = 0
    """Bytes kept of it."""
    done: bool = False
    """No more of it is wanted."""

    def frames(self, data: bytes, packet: Initial, early: EarlyInitial | None) -> bytes | None:
        """Open an Initial with this connection's keys; None where they do not fit."""
        if early is not None and (packet.dcid, packet.version) == (self.dcid, self.version):
            return early.frames
        return unprotect(data, packet, client_keys(self.version, self.dcid))


@dataclass(slots=True)
class Datagrams:
    """Reads the UDP payloads of interest. QUIC state is kept by flow and side, never by connection ID alone."""

    facts: Facts
    table: FlowTable
    lookups: Lookups
    limit: int
    """Bytes of incomplete handshakes kept at most."""
    given_up: int = 0
    _held: int = 0
    _connections: dict[int, _Connection] = field(default_factory=dict)
    """slot * 2 + client side → the connection its Initials belong to at present."""
    _ids: dict[int, list[bytes]] = field(default_factory=dict)
    """slot * 2 + side → source connection IDs this side used in Initials."""

    def read(self, payloads: Payloads, buffer: memoryview, early: Early) -> None:
        """Look at each payload once, in the order of the capture."""
        p = payloads
        columns = (p.slot, p.side, p.begin, p.captured, p.wake)
        stamps = zip(*(values.tolist() for values in p.moments), strict=True)
        for slot, side, begin, captured, why, stamp in zip(*(c.tolist() for c in columns), stamps, strict=True):
            moment = Moment(*stamp)
            if why == AS_DNS and (message := early.messages.get(moment.packet)) is not None:
                self.lookups.message(slot, side, message, moment)
                continue
            data = bytes(buffer[begin : begin + captured])
            if why == AS_QUIC:
                self._quic(slot, side, data, moment, early.initials.get(moment.packet))
            elif why == AS_DNS or _is_question(data):
                self._dns(slot, side, data, moment)
                if why != AS_DNS:
                    self.table.state["dns"][slot] = 1

    def _dns(self, slot: int, side: int, data: bytes, moment: Moment) -> None:
        with suppress(NotDnsError):
            self.lookups.message(slot, side, parse_message(data), moment)

    def _quic(self, slot: int, side: int, data: bytes, moment: Moment, early: EarlyInitial | None) -> None:
        known = self._connections.get(slot * 2 + side)
        if known is not None and known.done and data[6 : 6 + data[5]] == known.dcid:
            return  # all packets of a datagram have the same destination (RFC 9000, 12.2)
        for packet in initials(data) if early is None else early.packets:
            self._initial(slot, side, data, packet, moment, early)
            early = None

    def _initial(
        self, slot: int, side: int, data: bytes, packet: Initial, moment: Moment, early: EarlyInitial | None
    ) -> None:
        """Read an Initial; ``early`` if it is the first of its datagram and was opened before."""
        key = slot * 2 + side
        own = self._ids.setdefault(key, [])
        if packet.scid not in own and len(own) < _IDS:
            own.append(packet.scid)
        connection = self._connections.get(key)
        if connection is not None and connection.done and connection.dcid == packet.dcid:
            return
        frames = None
        if connection is not None and not connection.done:
            frames = connection.frames(data, packet, early)
        if frames is None:
            connection, frames = self._fresh(slot, side, data, packet, moment, early)
        if frames is None or connection is None:
            return
        connection.crypto.packets += 1
        if early is not None and early.hello is not None and connection.crypto.packets == 1:
            self._let_go(connection)
            self._report(slot, side, connection, early.hello)
            return
        gather(frames, connection.crypto)
        connection.held += len(frames)
        self._held += len(frames)
        if (hello := whole_hello(connection.crypto)) is not None:
            self._finish(slot, side, connection, hello)
        if self._held > self.limit:
            self._relieve()

    def _fresh(
        self, slot: int, side: int, data: bytes, packet: Initial, moment: Moment, early: EarlyInitial | None
    ) -> tuple[_Connection | None, bytes | None]:
        """See whether this Initial begins a connection: its keys then follow from its own destination ID."""
        if packet.dcid in self._ids.get(slot * 2 + 1 - side, ()):  # chosen by the peer: no beginning
            return None, None
        frames = open_first(data, packet) if early is None else early.frames
        if frames is None:
            return None, None
        # an incomplete one before it was answered by a Retry: the whole hello comes again
        key = slot * 2 + side
        if key in self._connections:
            self._let_go(self._connections[key])
        connection = self._connections[key] = _Connection(packet.dcid, packet.version, moment)
        return connection, frames

    def _finish(self, slot: int, side: int, connection: _Connection, hello: bytes) -> None:
        """Read the hello of a connection, or what there is of it."""
        self._let_go(connection)
        with suppress(NotAHelloError):
            self._report(slot, side, connection, read_hello(hello, "q"))

    def _report(self, slot: int, side: int, connection: _Connection, hello: Hello) -> None:
        packets = connection.crypto.packets
        report_hello(self.facts, Kind.QUIC, slot, side, hello, connection.moment, connection.version, packets)

    def _let_go(self, connection: _Connection) -> None:
        self._held -= connection.held
        connection.held, connection.done = 0, True
        connection.crypto.pieces.clear()

    def _relieve(self) -> None:
        """Read what there is of all incomplete handshakes: together they hold too much."""
        for key, connection in self._connections.items():
            if not connection.done:
                self._finish(key >> 1, key & 1, connection, connection.crypto.contiguous())
                self.given_up += 1

    def close(self, slot: int) -> None:
        """Report what there is of a flow that ends."""
        for key in (slot * 2, slot * 2 + 1):
            connection = self._connections.pop(key, None)
            if connection is not None and not connection.done:
                self._finish(slot, key & 1, connection, connection.crypto.contiguous())
            self._ids.pop(key, None)


def _is_question(data: bytes) -> bool:
    """Whether a datagram on a strange port is a DNS query beyond reasonable doubt."""
    pos = 12
    while pos < len(data) and 0 < data[pos] < 64:
        label = data[pos + 1 : pos + 1 + data[pos]]
        if not all(33 <= byte < 127 for byte in label):
            return False
        pos += 1 + data[pos]
    tail = data[pos : pos + 5]
    return pos > 12 and len(tail) == 5 and tail[0] == 0 and tail[3] == 0 and tail[4] == 1
