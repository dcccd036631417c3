"""The files of people and networks, and a lease."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from shadowscan.model.actors import ActorKind
from shadowscan.model.addresses import Network
from shadowscan.yamlfile import FileModel

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=256)]


class PersonEntry(FileModel):
    """One person or account."""

    user: Name = Field(description="the name by which reports know them")
    department: Name | None = None
    role: Name | None = None
    kind: Literal[ActorKind.PERSON, ActorKind.SERVICE_ACCOUNT] | None = Field(
        default=None, description="person or service-account; None: told by its name and its traffic"
    )
    aliases: tuple[Name, ...] = Field(
        default=(), description="other names of theirs: spellings of the user name, devices that nobody else uses"
    )


class PeopleFile(FileModel):
    """The people file as YAML; as CSV it has one row a person and a column for each field."""

    version: Literal[1] = Field(default=1, description="of this file format")
    people: tuple[PersonEntry, ...] = ()


class NetworkUse(StrEnum):
    """What has addresses of a range."""

    CLIENTS = "clients"
    SERVERS = "servers"


class NetworkEntry(FileModel):
    """One range of addresses."""

    range: Network = Field(description="in CIDR notation; the narrowest that holds an address counts")
    site: Name | None = None
    use: NetworkUse | None = Field(default=None, description="clients or servers; None: told by the traffic")


class NetworksFile(FileModel):
    """The networks file."""

    version: Literal[1] = Field(default=1, description="of this file format")
    networks: tuple[NetworkEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Lease:
    """Who or what had an address for a while, as a DHCP or VPN server says; times are UTC."""

    address: str
    user: str | None
    device: str | None
    since: datetime
    until: datetime | None
    """Exclusive; None: until the next lease of the address."""
