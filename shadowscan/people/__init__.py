"""Who is who and what is where: people, networks and leases as files name them."""

from shadowscan.people.directory import Directory, load_directory
from shadowscan.people.model import Lease, NetworkEntry, NetworksFile, NetworkUse, PeopleFile, PersonEntry

__all__ = [
    "Directory",
    "Lease",
    "NetworkEntry",
    "NetworkUse",
    "NetworksFile",
    "PeopleFile",
    "PersonEntry",
    "load_directory",
]
