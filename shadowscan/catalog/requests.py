"""Request -> endpoint: the endpoints of all services, looked up by host suffix, the most specific first."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from shadowscan.catalog import globs
from shadowscan.catalog.hostindex import suffixes
from shadowscan.catalog.model import Endpoint, Service

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "WS", "WSS"})
_METHOD_ALIASES = {"HEAD": "GET", "WSS": "WS", "WEBSOCKET": "WS"}


class Request(NamedTuple):
    """One request, canonical: what endpoints are held against."""

    host: str
    method: str | None
    path: str
    query: str | None
    port: int | None


@dataclass(frozen=True, slots=True)
class Bound:
    """An endpoint with the service it belongs to."""

    service: Service | None
    endpoint: Endpoint

    def fits(self, request: Request) -> bool:
        """Say whether a request is one of this endpoint; the host's suffix has been checked before."""
        one = self.endpoint
        return (
            _method_fits(one.methods, request.method)
            and (one.port is None or one.port == request.port)
            and (not one.query or _query_fits(one.query, request.query))
            and (not globs.is_pattern(one.host) or globs.compile_host(one.host).fullmatch(request.host) is not None)
            and globs.compile_path(one.path).fullmatch(request.path) is not None
        )

    @property
    def signature(self) -> str:
        """Signature of the service; empty for a shape."""
        return self.service.signature if self.service else ""

    @property
    def order(self) -> tuple[int, int, int, int]:
        """Sort key, the most specific first."""
        one = self.endpoint
        return (
            -globs.literal_length(one.host),
            -(globs.literal_length(one.path) + len(one.query)),
            -int(one.port is not None),
            -int("GET" in one.methods),
        )


class EndpointIndex:
    """Endpoints by the literal suffix of their host; host-free ones under the empty suffix."""

    __slots__ = ("_by_suffix", "_shapes", "_shapes_of")

    def __init__(self, services: Iterable[Service], shapes: Iterable[Endpoint]) -> None:
        found: dict[str, list[Bound]] = defaultdict(list)
        for service in services:
            for endpoint in service.endpoints:
                key = globs.literal_suffix(endpoint.host) if globs.is_pattern(endpoint.host) else endpoint.host
                found[key].append(Bound(service, endpoint))
        for bounds in found.values():
            bounds.sort(key=lambda bound: bound.order)
        self._by_suffix = dict(found)
        self._shapes = [Bound(None, shape) for shape in shapes]
        self._shapes_of: dict[str | None, list[tuple[re.Pattern[str], Bound]]] = {}

    def on_host(self, request: Request) -> Bound | None:
        """Return the endpoint bound to the request's host that fits; longest host suffix first."""
        for suffix in suffixes(request.host):
            for bound in self._by_suffix.get(suffix, ()):
                if bound.fits(request):
                    return bound
        return None

    def anywhere(self, request: Request) -> Bound | None:
        """Return the host-free endpoint that fits: never more than a candidate."""
        return next((bound for bound in self.host_free if bound.fits(request)), None)

    def shape(self, request: Request) -> Endpoint | None:
        """Return the first shape that fits a request on a host that is known already: it tells the activity."""
        shapes = self._shapes_of.get(request.method) or self._shapes_for(request.method)
        fitting = (bound for path, bound in shapes if path.fullmatch(request.path) and bound.fits(request))
        return next((bound.endpoint for bound in fitting), None)

    def _shapes_for(self, method: str | None) -> list[tuple[re.Pattern[str], Bound]]:
        """Choose the shapes for a method, compiled; kept for the methods there are, not for what a log makes up."""
        shapes = [
            (globs.compile_path(bound.endpoint.path), bound)
            for bound in self._shapes
            if _method_fits(bound.endpoint.methods, method)
        ]
        if method is None or method in _METHODS:
            self._shapes_of[method] = shapes
        return shapes

    def bound_to(self, host: str) -> list[tuple[str, Endpoint]]:
        """Return the endpoints that requests to a host are held against, each with its service's signature."""
        bounds = [bound for suffix in suffixes(host) for bound in self._by_suffix.get(suffix, ())]
        return [(bound.signature, bound.endpoint) for bound in bounds]

    @property
    def host_free_and_shapes(self) -> list[tuple[str, Endpoint]]:
        """Return what requests to any host are held against."""
        return [(bound.signature, bound.endpoint) for bound in (*self.host_free, *self._shapes)]

    @property
    def host_free(self) -> list[Bound]:
        """Endpoints that name no host."""
        return self._by_suffix.get("", [])


def _method_fits(methods: tuple[str, ...], method: str | None) -> bool:
    return not methods or method is None or method in methods or _METHOD_ALIASES.get(method) in methods


def _query_fits(wanted: str, query: str | None) -> bool:
    parameters = (query or "").split("&", 64)[:64]
    return any(one == wanted or one.partition("=")[0] == wanted for one in parameters)
