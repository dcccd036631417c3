"""The catalogue of AI services: signatures, their loader, the matcher."""

from shadowscan.catalog.catalog import Catalog
from shadowscan.catalog.hosts import RequestLine, normalise_host, parse_input
from shadowscan.catalog.load import load_catalog
from shadowscan.catalog.model import (
    Activity,
    Category,
    ClientKind,
    HostLabel,
    Match,
    Prefilter,
    Role,
    Service,
    Status,
    Verdict,
)
from shadowscan.catalog.places import builtin_directory, local_directory

__all__ = [
    "Activity",
    "Catalog",
    "Category",
    "ClientKind",
    "HostLabel",
    "Match",
    "Prefilter",
    "RequestLine",
    "Role",
    "Service",
    "Status",
    "Verdict",
    "builtin_directory",
    "load_catalog",
    "local_directory",
    "normalise_host",
    "parse_input",
]
