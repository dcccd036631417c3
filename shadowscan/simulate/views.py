"""A company as the estimator meets it at each visibility, without writing and reading logs."""

from collections import defaultdict
from enum import StrEnum

from shadowscan.exposure import ClientClass, Grade, Traffic
from shadowscan.exposure.sizes import sizes_of
from shadowscan.simulate.company import Company, Person, Use
from shadowscan.simulate.network import Connection, connections
from shadowscan.simulate.tools import Kind

_UPLOAD_HOSTS = frozenset(
    {"files.oaiusercontent.com", "content-push.googleapis.com", "ppl-ai-file-upload.s3.amazonaws.com"}
)
_TELEMETRY_HOSTS = frozenset({"a-api.anthropic.com"})
_HOST_SERVICE = {"api.anthropic.com": "anthropic-api"}
"""Behind a host alone, an agent can't be told from another client."""


class Visibility(StrEnum):
    """What the company's logs show."""

    PROXY_FULL = "proxy-full"
    """Method, URL and bytes of each request."""
    PROXY_CONNECT = "proxy-connect"
    """Tunnels: host and bytes."""
    FIREWALL = "firewall"
    """Sessions with host and bytes of IP packets."""
    DNS = "dns"
    """Names only."""


def traffic(company: Company, visibility: Visibility) -> list[Traffic]:
    """Return what these logs show of the company."""
    if visibility is Visibility.PROXY_FULL:
        return [_requests(use) for use in company.uses]
    if visibility is Visibility.DNS:
        return [_named(use) for use in company.uses if use.requests]
    packets = visibility is Visibility.FIREWALL
    seen: dict[tuple[Person, str, ClientClass], list[Connection]] = defaultdict(list)
    for connection in connections(company, packets=packets):
        service = _HOST_SERVICE.get(connection.host, connection.use.tool.service)
        seen[connection.use.person, service, _client(connection)].append(connection)
    return [_tunnels(*key, found, packets=packets) for key, found in seen.items()]


def _requests(use: Use) -> Traffic:
    asked = [one.sent for one in use.requests if one.kind in (Kind.PROMPT, Kind.SIDE)]
    return Traffic(
        service=use.tool.service,
        who=use.person.name,
        client=ClientClass(use.tool.client.value),
        grade=Grade.A,
        department=use.person.department,
        prompts=sizes_of(asked),
        uploads=sizes_of([one.sent for one in use.requests if one.kind is Kind.UPLOAD]),
        bytes_in=sum(one.received for one in use.requests),
    )


def _named(use: Use) -> Traffic:
    service = _HOST_SERVICE.get(use.tool.addresses[Kind.PROMPT].host, use.tool.service)
    return Traffic(service, use.person.name, ClientClass(use.tool.client.value), Grade.C, use.person.department)


def _client(connection: Connection) -> ClientClass:
    if connection.host in _UPLOAD_HOSTS:
        return ClientClass.UPLOAD
    if connection.host in _TELEMETRY_HOSTS:
        return ClientClass.TELEMETRY
    return ClientClass.API if connection.host.startswith("api.") else ClientClass.WEB


def _tunnels(person: Person, service: str, client: ClientClass, found: list[Connection], *, packets: bool) -> Traffic:
    found = sorted(found, key=lambda one: one.start)
    received = [one.received for one in found] if packets else []
    return Traffic(
        service=service,
        who=person.name,
        client=client,
        grade=Grade.B,
        department=person.department,
        connections=sizes_of([one.sent for one in found], received),
        bytes_in=sum(one.received for one in found),
        packets=packets,
    )
