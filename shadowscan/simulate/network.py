"""Requests -> connections: what a device sees that can't look inside TLS."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shadowscan.simulate.company import Company, Use
from shadowscan.simulate.sessions import Request
from shadowscan.simulate.tools import Address, Kind
from shadowscan.simulate.traits import Network

_RECORDS = 1.012
"""TLS records: 22 to 29 bytes on some 2 to 16 KB."""


@dataclass(frozen=True, slots=True)
class Connection:
    """One TLS connection; bytes as a tunnelling proxy counts them, or as IP packets."""

    use: Use
    host: str
    start: float
    end: float
    sent: int
    received: int
    packets: int
    """Packets sent, with acknowledgements."""


def address_of(use: Use, request: Request) -> Address:
    """Return where a request goes."""
    return use.tool.addresses[request.kind]


def connections(company: Company, *, packets: bool = False) -> Iterator[Connection]:
    """Return all connections; ``packets`` counts IP packets and acknowledgements, as firewalls do."""
    for use in company.uses:
        hosts: dict[str, list[Request]] = defaultdict(list)
        for request in use.requests:
            hosts[address_of(use, request).host].append(request)
        for host, requests in hosts.items():
            for group in _until_idle(requests, company.network.idle):
                yield _connection(use, host, group, company.network, packets)


def _until_idle(requests: Sequence[Request], idle: float) -> Iterator[list[Request]]:
    group: list[Request] = []
    for request in requests:
        if group and request.at - group[-1].at > idle:
            yield group
            group = []
        group.append(request)
    yield group


def _connection(use: Use, host: str, group: list[Request], network: Network, packets: bool) -> Connection:  # noqa: FBT001
    heads = group[0].head + network.compression * sum(request.head for request in group[1:])
    sent = network.handshake + _RECORDS * (heads + sum(request.body for request in group))
    received = 4000 + sum(_received(request, network) for request in group)
    number = int(sent / 1400 + received / 2800) + 6
    if packets:
        sent += 40 * (sent / 1400 + 6) + network.acknowledgements * received
        received *= 1.03
    return Connection(use, host, group[0].at, group[-1].at + 2, round(sent), round(received), number)


def _received(request: Request, network: Network) -> float:
    return request.received * (network.stream if request.kind is Kind.PROMPT else 1.0)
