"""UDP payloads as facts: DNS, and the ClientHellos of QUIC connections."""

from dataclasses import dataclass, field

from shadowscan.capture.facts import Facts
from shadowscan.capture.flows import FlowTable
from shadowscan.capture.hellos import report_hello
from shadowscan.capture.lookups import Lookups
from shadowscan.capture.payloads import NAMED, QUIC, Payloads
from shadowscan.capture.quic import CryptoStream, Initial, Keys, client_keys, gather, initials, unprotect
from shadowscan.capture.stream import Moment
from shadowscan.capture.tls import NotAHelloError, parse_hello
from shadowscan.model.events import Kind

_IDS = 8


@dataclass(slots=True)
class _Connection:
    """A QUIC connection attempt, seen from the client."""

    dcid: bytes
    version: int
    keys: Keys | None
    moment: Moment
    crypto: CryptoStream = field(default_factory=CryptoStream)

    @property
    def done(self) -> bool:
        """Whether no more of it is wanted."""
        return self.keys is None

    def end(self) -> None:
        """Let go of all that took room."""
        self.keys = None
        self.crypto.pieces.clear()


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

    def read(self, payloads: Payloads, buffer: memoryview) -> None:
        """Look at each payload once, in the order of the capture."""
        p = payloads
        columns = (p.slot, p.side, p.begin, p.captured, p.wake)
        stamps = zip(*(values.tolist() for values in p.moments), strict=True)
        for slot, side, begin, captured, why, stamp in zip(*(c.tolist() for c in columns), stamps, strict=True):
            moment = Moment(*stamp)
            data = bytes(buffer[begin : begin + captured])
            if why == QUIC:
                self._quic(slot, side, data, moment)
            elif why == NAMED or _is_question(data):
                self.lookups.message(slot, side, data, moment)
                if why != NAMED:
                    self.table.state["dns"][slot] = 1

    def _quic(self, slot: int, side: int, data: bytes, moment: Moment) -> None:
        known = self._connections.get(slot * 2 + side)
        if known is not None and known.done and data[6 : 6 + data[5]] == known.dcid:
            return  # all packets of a datagram have the same destination (RFC 9000, 12.2)
        for packet in initials(data):
            self._initial(slot, side, data, packet, moment)

    def _initial(self, slot: int, side: int, data: bytes, packet: Initial, moment: Moment) -> None:
        key = slot * 2 + side
        own = self._ids.setdefault(key, [])
        if packet.scid not in own and len(own) < _IDS:
            own.append(packet.scid)
        connection = self._connections.get(key)
        if connection is not None and connection.done and connection.dcid == packet.dcid:
            return
        keys = None if connection is None else connection.keys
        frames = None if keys is None else unprotect(data, packet, keys)
        if frames is None:
            connection, frames = self._fresh(slot, side, data, packet, moment)
        if frames is not None and connection is not None:
            connection.crypto.packets += 1
            gather(frames, connection.crypto)
            self._held += len(frames)
            self._try(slot, side, connection, final=False)
            if self._held > self.limit:
                self._relieve()

    def _fresh(
        self, slot: int, side: int, data: bytes, packet: Initial, moment: Moment
    ) -> tuple[_Connection | None, bytes | None]:
        """See whether this Initial begins a connection: its keys then follow from its own destination ID."""
        key = slot * 2 + side
        if packet.dcid in self._ids.get(slot * 2 + 1 - side, ()):  # chosen by the peer: no beginning
            return None, None
        keys = client_keys(packet.version, packet.dcid)
        frames = unprotect(data, packet, keys)
        if frames is None:
            return None, None
        # an incomplete one before it was answered by a Retry: the whole hello comes again
        connection = self._connections[key] = _Connection(packet.dcid, packet.version, keys, moment)
        return connection, frames

    def _try(self, slot: int, side: int, connection: _Connection, *, final: bool) -> None:
        hello = connection.crypto.contiguous()
        if len(hello) < 4:
            return
        if len(hello) < 4 + int.from_bytes(hello[1:4], "big") and not final:
            return
        connection.end()
        try:
            parsed = parse_hello(hello)
        except NotAHelloError:
            return
        packets = connection.crypto.packets
        report_hello(self.facts, Kind.QUIC, slot, side, parsed, connection.moment, connection.version, packets)

    def _relieve(self) -> None:
        """Read what there is of all incomplete handshakes: together they hold too much."""
        for key, connection in self._connections.items():
            if not connection.done:
                self._try(key >> 1, key & 1, connection, final=True)
                connection.end()
                self.given_up += 1
        self._held = 0

    def _end(self, key: int) -> None:
        connection = self._connections.pop(key, None)
        if connection is not None and not connection.done:
            self._try(key >> 1, key & 1, connection, final=True)

    def close(self, slot: int) -> None:
        """Report what there is of a flow that ends."""
        for key in (slot * 2, slot * 2 + 1):
            self._end(key)
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
