"""Addresses and ranges of them, as people write them in files."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

Range = IPv4Network | IPv6Network


def _range(value: object) -> Range:
    if isinstance(value, (IPv4Network, IPv6Network)):
        return value
    try:
        return ip_network(str(value))
    except ValueError as error:
        raise ValueError(f"not a network: {error}; write 10.20.0.0/16, one address or 2001:db8::/32") from error


Network = Annotated[
    Range,
    BeforeValidator(_range),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["10.20.0.0/16", "2001:db8::/32"]}),
]
"""A field that holds a network in CIDR notation."""


def within(address: str, networks: Iterable[Range]) -> bool:
    """Tell whether an address lies in one of the networks; no address (a name, a token) lies in none."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)
