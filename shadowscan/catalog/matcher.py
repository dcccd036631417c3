"""The compiled matcher: labels hosts in bulk and explains single requests; the most specific signature wins."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b

from shadowscan.catalog import globs
from shadowscan.catalog.agents import AgentHit, AgentIndex, client_kind, token_regex
from shadowscan.catalog.catalog import Catalog
from shadowscan.catalog.hostindex import NONE, HostIndex, suffixes
from shadowscan.catalog.hosts import CANONICAL, clean_path, normalise_host
from shadowscan.catalog.model import Activity, ClientKind, HostLabel, Match, Prefilter, Role
from shadowscan.catalog.requests import Bound, EndpointIndex, Request
from shadowscan.catalog.unknown import name_evidence

UNKNOWN_SIGNATURE = "unknown-ai@1"
"""Stands where a candidate rests on its name alone."""

_ROLE_ACTIVITY = {
    Role.TELEMETRY: Activity.TELEMETRY,
    Role.CDN: Activity.STATIC,
    Role.AUTH: Activity.LOGIN,
    Role.VOICE: Activity.AUDIO,
}
_ROLE_OF_LABEL = {
    "api": Role.API,
    "upload": Role.UPLOAD,
    "uploads": Role.UPLOAD,
    "cdn": Role.CDN,
    "static": Role.CDN,
    "assets": Role.CDN,
    "images": Role.CDN,
    "img": Role.CDN,
    "auth": Role.AUTH,
    "login": Role.AUTH,
    "accounts": Role.AUTH,
    "clerk": Role.AUTH,
    "sso": Role.AUTH,
    "telemetry": Role.TELEMETRY,
    "analytics": Role.TELEMETRY,
    "metrics": Role.TELEMETRY,
    "posthog": Role.TELEMETRY,
    "sentry": Role.TELEMETRY,
    "statsig": Role.TELEMETRY,
}
"""What the first label of a host below a service's domain says the host does, where no rule names the host."""
_SENDING = frozenset({"POST", "PUT", "PATCH"})


class Matcher:
    """Answers for one catalogue; holds no state between calls."""

    def __init__(self, catalog: Catalog) -> None:
        services = catalog.services.values()
        self._services = catalog.services
        self._hosts = HostIndex(services)
        self._endpoints = EndpointIndex(services, catalog.shapes)
        self._agents = AgentIndex(services, catalog.clients)
        self._not_ai = frozenset(entry.suffix for entry in catalog.not_ai)
        self._strong_ports = {hint.port: service for service in services for hint in service.ports if hint.strong}

    def label_hosts(self, hosts: Sequence[str]) -> list[HostLabel]:
        """Label hosts, in order; any text will do (ports, trailing dots, upper case, garbage)."""
        canonical, lookup = CANONICAL.fullmatch, self._hosts.lookup
        unnamed, odd = self._label_unnamed, self._label_odd
        return [(lookup(host) or unnamed(host)) if canonical(host) is not None else odd(host) for host in hosts]

    def _label_odd(self, text: str) -> HostLabel:
        host = normalise_host(text)
        return self._label(host) if host else NONE

    def _label(self, host: str) -> HostLabel:
        return self._hosts.lookup(host) or self._label_unnamed(host)

    def _label_unnamed(self, host: str) -> HostLabel:
        evidence = name_evidence(host)
        if evidence is None or any(suffix in self._not_ai for suffix in suffixes(host)):
            return NONE
        return HostLabel("candidate", None, None, UNKNOWN_SIGNATURE, exclusive=False, why=evidence.words)

    def match(
        self,
        *,
        host: str | None,
        method: str | None = None,
        path: str | None = None,
        query: str | None = None,
        user_agent: str | None = None,
        port: int | None = None,
    ) -> Match:
        """Judge one request from whatever is known of it; None means the log doesn't tell."""
        name = normalise_host(host) if host else ""
        clean = clean_path(path[: globs.MAX_PATH]) if path is not None else None
        request = Request(name, method.upper() if method else None, clean or "", query, port)
        hits = self._agents.hits(user_agent)
        found = self._on_host(request, hits, seen_path=clean is not None)
        if found.verdict != "service":
            found = self._anywhere(request, hits) or found
        kind, why = client_kind(hits)
        if kind is None and found.verdict == "service" and not user_agent:
            kind, why = _kind_of_role(found.role, request)
        return found._replace(client_kind=kind, client_why=why)

    def of_label(self, label: HostLabel) -> Match:
        """Return what ``match`` would say of a host from its label alone."""
        if label.verdict != "service":
            return _of_label(label, None, "")
        activity, why = self._activity(label, Request("", None, "", None, None), seen_path=False)
        return _of_label(label, activity, why)

    def _on_host(self, request: Request, hits: list[AgentHit], *, seen_path: bool) -> Match:
        bound = self._endpoints.on_host(request) if request.path else None
        label = self._label(request.host) if request.host else NONE
        if bound is not None and bound.service is not None:
            return self._of_tool(_of_endpoint(bound, label), request, hits)
        if label.verdict != "service":
            return _of_label(label, None, "")
        activity, why = self._activity(label, request, seen_path=seen_path)
        return self._of_tool(_of_label(label, activity, why), request, hits)

    def _of_tool(self, found: Match, request: Request, hits: list[AgentHit]) -> Match:
        """Where the user agent names a vendor's own tool on the vendor's host, the tool is the service."""
        for agent, service in hits:
            if (
                service is not None
                and service.id != found.service
                and any(suffix in agent.hosts for suffix in suffixes(request.host))
            ):
                why = f"user agent names {agent.token.rstrip('/')} ({service.name}); {found.why}"
                return found._replace(service=service.id, signature=service.signature, why=why)
        return found

    def _activity(self, label: HostLabel, request: Request, *, seen_path: bool) -> tuple[Activity | None, str]:
        role = Role(label.role or Role.WEB)
        if role is Role.WEB and seen_path and not self._hosts.names(request.host):
            role = _ROLE_OF_LABEL.get(request.host.partition(".")[0], role)
        if role in _ROLE_ACTIVITY:
            return _ROLE_ACTIVITY[role], f"{role.value} host"
        sending = request.method in _SENDING
        if role is Role.UPLOAD:
            return (
                (Activity.FILE_UPLOAD, "upload host")
                if sending or not seen_path
                else (Activity.DOWNLOAD, "upload host")
            )
        if not seen_path:
            return None, ""
        if shape := self._endpoints.shape(request):
            return shape.activity, f"path has the shape {shape.path}"
        if role is Role.API and sending:
            return Activity.PROMPT, "data sent to an API host, path not described"
        return Activity.BROWSE, ""

    def _anywhere(self, request: Request, hits: list[AgentHit]) -> Match | None:
        """Look at what needs no host: an API shape, a tool's user agent, a strong port. Candidates only."""
        if request.path and (bound := self._endpoints.anywhere(request)):
            return _of_endpoint(bound, NONE)
        for agent, service in hits:
            if service is not None:
                why = f"user agent names {agent.token.rstrip('/')} ({service.name}), host unknown"
                return Match("candidate", service.id, None, service.signature, None, why)
        runtime = self._strong_ports.get(request.port or 0)
        if runtime is not None:
            why = f"port {request.port} is the default of {runtime.name}, host unknown"
            return Match("candidate", runtime.id, None, runtime.signature, None, why)
        return None

    def basis(self, host: str) -> str:
        """Return a digest of all that the catalogue says of a canonical host: its label and the endpoints on it."""
        parts = [repr(self._label(host)), *map(repr, self._endpoints.bound_to(host))]
        return _digest(parts)

    def common(self) -> str:
        """Return a digest of what the catalogue says of requests to any host: clients, shapes, ports."""
        ports = sorted((port, service.signature) for port, service in self._strong_ports.items())
        shapes = map(repr, self._endpoints.host_free_and_shapes)
        return _digest([*self._agents.described, *shapes, repr(ports)])

    def prefilter(self) -> Prefilter:
        """Return what a database can evaluate to find lines on unknown hosts worth a look."""
        host_free = self._endpoints.host_free
        paths = dict.fromkeys(globs.path_regex(bound.endpoint.path) for bound in host_free)
        tokens = (token_regex(token) for token in self._agents.service_tokens())
        pieces = {globs.typical_piece(bound.endpoint.path) for bound in host_free}
        return Prefilter(
            tuple(sorted(piece for piece in pieces if not any(one in piece for one in pieces - {piece}))),
            f"^(?:{'|'.join(paths)})$" if paths else "^$^",
            f"(?i)(?:{'|'.join(tokens)})",
            frozenset(self._strong_ports),
        )


def _digest(parts: Iterable[str]) -> str:
    return blake2b("\0".join(parts).encode(), digest_size=8).hexdigest()


def _of_endpoint(bound: Bound, label: HostLabel) -> Match:
    service, one = bound.service, bound.endpoint
    assert service is not None  # noqa: S101 - only shapes have no service, and they aren't looked up here
    on = f"on {one.host}" if one.host else "on an unknown host"
    port = f", port {one.port}" if one.port else ""
    query = f" with query {one.query}" if one.query else ""
    methods = f"{' or '.join(one.methods)} " if one.methods else ""
    why = f"{methods}{one.path}{query} {on}{port} is {one.activity.value} of {service.name}"
    verdict = "service" if one.host else "candidate"
    role = label.role if label.service == service.id and label.role else Role.API.value
    found = Match(verdict, service.id, one.activity.value, service.signature, role if one.host else None, why)  # type: ignore[arg-type]
    return found._replace(asked=one.query or None)


def _of_label(label: HostLabel, activity: Activity | None, why: str) -> Match:
    words = f"{label.why}; {why}" if why else label.why
    verdict = "none" if label.verdict == "shared" else label.verdict
    if verdict == "none":
        return Match("none", None, None, None, None, words)
    return Match(verdict, label.service, activity.value if activity else None, label.signature, label.role, words)


def _kind_of_role(role: str | None, request: Request) -> tuple[str | None, str | None]:
    if role == Role.API.value and request.path:
        return ClientKind.SCRIPT.value, "no user agent; request to an API host"
    return None, None
