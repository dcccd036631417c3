"""How the catalogue is loaded: from its compiled form where there is one, else from the files, checked."""

import gc
import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from io import FileIO
from pathlib import Path
from typing import Any

from shadowscan.catalog import cache
from shadowscan.catalog.catalog import Catalog
from shadowscan.catalog.model import (
    Activity,
    AgentToken,
    Category,
    ClientKind,
    Endpoint,
    Fact,
    HostRule,
    NotAi,
    PortHint,
    Role,
    Service,
    Status,
)
from shadowscan.catalog.places import builtin_directory, local_directory
from shadowscan.errors import UsageError

_TABLES = 1
"""Raised whenever the compiled form changes."""


def load_catalog(directories: Sequence[Path] | None = None, *, builtin: bool = True) -> Catalog:
    """Load the built-in catalogue and, after it, the given directories, whose services replace their namesakes.

    None stands for the user's own signatures, if there are any (``local_directory``); an empty sequence for none.
    Raises UsageError, with file and line, for a broken file.
    """
    if directories is None:
        directories = [own] if (own := local_directory()).is_dir() else []
    places = [builtin_directory()] if builtin else []
    places += [Path(directory) for directory in directories]
    version = content_version(places)
    key = f"{_TABLES}-{version}"
    with _collector_paused():
        catalog = _unpack(version, cache.load(key))
    if catalog is None:
        catalog = read_catalog(places, version)
        cache.store(key, _pack(catalog))
    return catalog


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Hold the cyclic collector back while many objects are made that all stay: a fifth of the time of loading."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def content_version(directories: Sequence[Path]) -> str:
    """Hash names and contents of all signature files: 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for directory in directories:
        for name, path in _walk(str(directory), ""):
            content = _bytes_of(path)
            digest.update(f"{name}\0{len(content)}\0".encode(errors="surrogateescape"))
            digest.update(content)
        digest.update(b"\0\0")
    return digest.hexdigest()[:16]


def _walk(directory: str, prefix: str) -> list[tuple[str, str]]:
    """List the YAML files below a directory as (relative name, path), in a stable order; fast."""
    found: list[tuple[str, str]] = []
    try:
        entries = sorted(os.scandir(directory), key=lambda entry: entry.name)
    except OSError as error:
        raise UsageError("can't read signature directory", reason=str(error), where=directory) from error
    for entry in entries:
        if entry.is_dir():
            found += _walk(entry.path, f"{prefix}{entry.name}/")
        elif entry.name.endswith(".yaml"):
            found.append((prefix + entry.name, entry.path))
    return found


def _bytes_of(path: str) -> bytes:
    try:
        with FileIO(path) as file:
            return file.readall()
    except OSError as error:
        raise UsageError("can't read signature file", reason=str(error), where=path) from error


def read_catalog(directories: Sequence[Path], version: str | None = None) -> Catalog:
    """Read and check the files of directories, without the cache."""
    from shadowscan.catalog.read import read_directories

    contents = read_directories(directories)
    return Catalog(
        version or content_version(directories),
        {service.id: service for service in contents.services},
        tuple(contents.clients),
        tuple(contents.shapes),
        tuple(contents.not_ai),
    )


def _pack(catalog: Catalog) -> dict[str, Any]:
    return {
        "services": [astuple(service) for service in catalog.services.values()],
        "clients": [astuple(client) for client in catalog.clients],
        "shapes": [astuple(shape) for shape in catalog.shapes],
        "not_ai": [astuple(entry) for entry in catalog.not_ai],
    }


def _unpack(version: str, tables: Any) -> Catalog | None:
    """Build the catalogue from compiled tables; None where they aren't what we wrote."""
    try:
        services = [_service(row) for row in tables["services"]]
        return Catalog(
            version,
            {service.id: service for service in services},
            tuple(_agent(row) for row in tables["clients"]),
            tuple(_endpoint(row) for row in tables["shapes"]),
            tuple(NotAi(*row) for row in tables["not_ai"]),
        )
    except (TypeError, KeyError, ValueError, IndexError):
        return None


_CATEGORIES = {value.value: value for value in Category}
_STATUSES = {value.value: value for value in Status}
_ROLES = {value.value: value for value in Role}
_ACTIVITIES = {value.value: value for value in Activity}


def _service(row: Any) -> Service:
    (sid, name, category, status, revision, vendor, country, hosts, endpoints, agents, ports, terms, *rest) = row
    references, aliases, described, origin = rest
    return Service(
        sid,
        name,
        _CATEGORIES[category],
        _STATUSES[status],
        revision,
        vendor,
        country,
        tuple([HostRule(value, kind, _ROLES[role], shared, tuple(src)) for value, kind, role, shared, src in hosts]),
        tuple([_endpoint(one) for one in endpoints]) if endpoints else (),
        tuple([_agent(one) for one in agents]) if agents else (),
        tuple([PortHint(port, strong, tuple(src)) for port, strong, src in ports]) if ports else (),
        tuple([Fact(*fact) for fact in terms]) if terms else (),
        tuple(references),
        tuple(aliases),
        described,
        origin,
    )


def _endpoint(row: Any) -> Endpoint:
    activity, path, host, methods, query, port, sources = row
    return Endpoint(_ACTIVITIES[activity], path, host, tuple(methods), query, port, tuple(sources))


def _agent(row: Any) -> AgentToken:
    token, client, hosts, sources = row
    return AgentToken(token, ClientKind(client) if client else None, tuple(hosts), tuple(sources))
