"""What a proxy has to tell of one request or tunnel, before it is put in a device's words."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from shadowscan.simulate.company import START, Company, Person
from shadowscan.simulate.network import Connection, address_of, connections


@dataclass(frozen=True, slots=True)
class Seen:
    """One request, or one tunnel (method CONNECT, no path)."""

    person: Person
    at: datetime
    seconds: float
    method: str
    host: str
    path: str
    agent: str
    sent: int
    received: int

    @property
    def server(self) -> str:
        """An address for the host, always the same."""
        return f"198.51.100.{zlib.crc32(self.host.encode()) % 254 + 1}"


def requests_seen(company: Company) -> Iterator[Seen]:
    """Return each request, as a proxy that looks inside TLS sees it."""
    for use in company.uses:
        for one in use.requests:
            where = address_of(use, one)
            path = where.path.replace("{id}", f"{one.conversation:08x}")
            at, agent = moment(one.at), use.tool.agent
            yield Seen(use.person, at, 0.4, where.method, where.host, path, agent, one.sent, one.received)


def tunnels_seen(company: Company) -> Iterator[Seen]:
    """Return each connection, as a proxy that only passes it on sees it."""
    for one in connections(company):
        yield tunnel(one)


def tunnel(one: Connection) -> Seen:
    """Return a connection as a tunnel."""
    seconds = one.end - one.start
    return Seen(one.use.person, moment(one.end), seconds, "CONNECT", one.host, "", "-", one.sent, one.received)


def moment(seconds: float) -> datetime:
    """Return the time of an offset from the company's start, UTC."""
    return START + timedelta(seconds=seconds)
