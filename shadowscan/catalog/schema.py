"""The files people write, checked with pydantic: service files, list files and the four files beside them.

Only loading without a cache, ``signatures lint`` and ``signatures schema`` import this module.
"""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from shadowscan.catalog import globs
from shadowscan.catalog.hosts import CANONICAL
from shadowscan.catalog.model import (
    Activity,
    AgentToken,
    Category,
    ClientKind,
    Endpoint,
    Fact,
    HostKind,
    HostRule,
    NotAi,
    PortHint,
    Role,
    Service,
    Status,
)

_TEST_LINE = re.compile(r"(?:[A-Z]+ )?\S+(?: -> [a-z_]+)?")


def _plain_host(value: str) -> str:
    if not CANONICAL.fullmatch(value) or "." not in value:
        raise ValueError("not a host name in lower case (no scheme, no port, no path, international names as xn--)")
    return value


def _host_pattern(value: str) -> str:
    if found := list(globs.problems(value, path=False)):
        raise ValueError("; ".join(found))
    return value


def _any_host(value: str) -> str:
    return _host_pattern(value) if globs.is_pattern(value) else _plain_host(value)


def _path_pattern(value: str) -> str:
    if found := list(globs.problems(value, path=True)):
        raise ValueError("; ".join(found))
    return value


def _test_line(value: str) -> str:
    if not _TEST_LINE.fullmatch(value):
        raise ValueError("write `[METHOD ]URL[ -> activity]`")
    return value


ServiceId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]{0,79}$")]
PlainHost = Annotated[str, AfterValidator(_plain_host)]
HostPattern = Annotated[str, AfterValidator(_host_pattern)]
AnyHost = Annotated[str, AfterValidator(_any_host)]
PathPattern = Annotated[str, AfterValidator(_path_pattern)]
Method = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,20}$")]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
TestLine = Annotated[str, AfterValidator(_test_line)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=120)]
Country = Annotated[str, StringConstraints(pattern=r"^([A-Z]{2})?$")]
Source = Annotated[str, StringConstraints(min_length=2, max_length=200)]
TermTopic = Literal["trains_on_customer_data", "retention", "enterprise_tier", "regions"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class HostEntry(_Strict):
    """One host; exactly one of ``suffix``, ``exact`` and ``pattern``."""

    suffix: PlainHost | None = None
    exact: PlainHost | None = None
    pattern: HostPattern | None = None
    role: Role = Role.WEB
    shared: bool = False
    sources: tuple[Source, ...] = ()

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if sum(value is not None for value in (self.suffix, self.exact, self.pattern)) != 1:
            raise ValueError("give exactly one of suffix, exact and pattern")
        return self

    def rule(self, default: tuple[str, ...]) -> HostRule:
        """Return the run-time form."""
        kinds: tuple[tuple[HostKind, str | None], ...] = (
            ("suffix", self.suffix),
            ("exact", self.exact),
            ("pattern", self.pattern),
        )
        kind, value = next((kind, value) for kind, value in kinds if value is not None)
        return HostRule(value, kind, self.role, self.shared, self.sources or default)


class EndpointEntry(_Strict):
    """One kind of request and the activity it tells."""

    activity: Activity
    path: PathPattern | tuple[PathPattern, ...]
    host: AnyHost | tuple[AnyHost, ...] = ()
    method: Method | tuple[Method, ...] = ()
    query: str = ""
    port: int | None = Field(default=None, ge=1, le=65535)
    sources: tuple[Source, ...] = ()

    def endpoints(self, default: tuple[str, ...]) -> list[Endpoint]:
        """Return the run-time form: one endpoint for each host and path."""
        sources = self.sources or default
        return [
            Endpoint(self.activity, path, host, _tuple(self.method), self.query, self.port, sources)
            for host in _tuple(self.host) or ("",)
            for path in _tuple(self.path)
        ]


class AgentEntry(_Strict):
    """One product token of the User-Agent header."""

    token: Annotated[str, StringConstraints(min_length=3, max_length=80)]
    client: ClientKind | None = None
    hosts: tuple[PlainHost, ...] = ()
    sources: tuple[Source, ...] = ()

    def agent(self, default: tuple[str, ...]) -> AgentToken:
        """Return the run-time form."""
        return AgentToken(self.token, self.client, self.hosts, self.sources or default)


class PortEntry(_Strict):
    """One default port of a self-hosted runtime."""

    port: int = Field(ge=1, le=65535)
    strong: bool = False
    sources: tuple[Source, ...] = ()


class TermEntry(_Strict):
    """One fact on the vendor's terms; a topic that is missing is unknown."""

    value: Name
    source: Source
    date: Day


class TestEntry(_Strict):
    """Requests the signature must and must not match, as ``[METHOD ]URL[ -> activity]``.

    With an activity, ``no_match`` says that the request is no such activity of this service; without, that it is
    not this service at all.
    """

    match: tuple[TestLine, ...] = ()
    no_match: tuple[TestLine, ...] = ()


class ServiceFile(_Strict):
    """One described service: a file of its own."""

    id: ServiceId
    revision: int = Field(ge=1)
    name: Name
    vendor: str = ""
    country: Country = ""
    category: Category
    status: Status
    aliases: tuple[ServiceId, ...] = ()
    hosts: tuple[HostEntry, ...] = ()
    endpoints: tuple[EndpointEntry, ...] = ()
    user_agents: tuple[AgentEntry, ...] = ()
    ports: tuple[PortEntry, ...] = ()
    terms: dict[TermTopic, TermEntry] = Field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    """For every host, endpoint and token that names none of its own."""
    references: tuple[str, ...] = ()
    notes: str = ""
    tests: TestEntry

    def service(self, origin: str) -> Service:
        """Return the run-time form."""
        default = self.sources
        return Service(
            id=self.id,
            name=self.name,
            category=self.category,
            status=self.status,
            revision=self.revision,
            vendor=self.vendor,
            country=self.country,
            hosts=tuple(host.rule(default) for host in self.hosts),
            endpoints=tuple(one for entry in self.endpoints for one in entry.endpoints(default)),
            user_agents=tuple(agent.agent(default) for agent in self.user_agents),
            ports=tuple(PortHint(port.port, port.strong, port.sources or default) for port in self.ports),
            terms=tuple(Fact(topic, fact.value, fact.source, fact.date) for topic, fact in self.terms.items()),
            references=self.references,
            aliases=self.aliases,
            origin=origin,
        )


class ListedService(_Strict):
    """One line of a list file."""

    domain: PlainHost | tuple[PlainHost, ...]
    name: Name
    id: ServiceId | None = None
    role: Role | None = None
    vendor: str = ""
    country: Country = ""
    status: Status | None = None
    aliases: tuple[ServiceId, ...] = ()
    sources: tuple[Source, ...] = ()


class ListFile(_Strict):
    """The long tail of one category: domains and names."""

    category: Category
    status: Status = Status.PROVISIONAL
    role: Role = Role.WEB
    sources: tuple[Source, ...] = ()
    services: tuple[ListedService, ...]

    def to_services(self, origin: str) -> list[Service]:
        """Return the run-time form; the id of an entry without one is its domain with hyphens."""
        return [self._service(entry, origin) for entry in self.services]

    def _service(self, entry: ListedService, origin: str) -> Service:
        domains = _tuple(entry.domain)
        role, sources = entry.role or self.role, entry.sources or self.sources
        return Service(
            id=entry.id or domains[0].replace(".", "-"),
            name=entry.name,
            category=self.category,
            status=entry.status or self.status,
            vendor=entry.vendor,
            country=entry.country,
            hosts=tuple(HostRule(domain, "suffix", role, sources=sources) for domain in domains),
            aliases=entry.aliases,
            described=False,
            origin=origin,
        )


class SourceEntry(_Strict):
    """Where facts were read."""

    title: str
    reference: str = ""
    licence: str = ""
    date: Day


class CatalogueFile(_Strict):
    """``catalogue.yaml``: the catalogue as a whole and the sources its entries name."""

    released: Day
    sources: dict[str, SourceEntry]


class ClientsFile(_Strict):
    """``clients.yaml``: product tokens that tell who is calling, whatever the service."""

    clients: tuple[AgentEntry, ...]


class ShapesFile(_Strict):
    """``shapes.yaml``: path shapes that tell the activity on hosts known to be a service's own; the first that fits."""

    shapes: tuple[EndpointEntry, ...]


class NotAiEntry(_Strict):
    """One host that looks like AI and is not."""

    suffix: AnyHost
    reason: Name

    def entry(self) -> NotAi:
        """Return the run-time form."""
        return NotAi(self.suffix, self.reason)


class NotAiFile(_Strict):
    """``not-ai.yaml``: reviewed hosts that must not become candidates."""

    hosts: tuple[NotAiEntry, ...]


def _tuple(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value
