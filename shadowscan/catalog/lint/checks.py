"""The checks: what a signature must be beyond well-formed."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from shadowscan.catalog.lint.finding import Finding, Level
from shadowscan.catalog.lint.platforms import SHARED_PLATFORMS
from shadowscan.catalog.lint.subject import Example, Subject
from shadowscan.catalog.model import Endpoint, HostRule, Service, Status
from shadowscan.catalog.requests import Bound

if TYPE_CHECKING:
    import tldextract


class Check(ABC):
    """One rule that every signature has to hold."""

    level: ClassVar[Level] = Level.ERROR
    advice: ClassVar[str]

    def examine(self, subject: Subject) -> Iterator[Finding]:
        """Complain about every signature that breaks the rule."""
        for service in subject.services:
            for message in self.complaints(service, subject):
                yield self.finding(service, message)

    @abstractmethod
    def complaints(self, service: Service, subject: Subject) -> Iterator[str]:
        """Yield what is wrong with one service."""

    def finding(self, service: Service, message: str) -> Finding:
        """Word a complaint."""
        where = service.origin
        return Finding(type(self).__name__, self.level, where, f"{service.id}: {message}", self.advice)


class OwnTestsPass(Check):
    """Every signature passes its own ``tests``, among all other signatures."""

    advice = "correct the test line, or the host or path it should (not) match"

    def complaints(self, service: Service, subject: Subject) -> Iterator[str]:
        """Run both lists."""
        for example in subject.positive(service):
            found = subject.match(example)
            if found.service != service.id or (example.activity and found.activity != example.activity):
                yield f"{example.line!r} gives {found.service or 'nothing'}, {found.activity or 'no activity'}"
        for example in subject.negative(service):
            found = subject.match(example)
            if found.service == service.id and example.activity in {None, found.activity}:
                yield f"{example.line!r} must not match, but {found.why}"


class EndpointsHaveExamples(Check):
    """Every endpoint has a request it matches and one of the same activity that it must not match."""

    advice = "add `METHOD URL -> activity` lines to tests.match and tests.no_match"

    def complaints(self, service: Service, subject: Subject) -> Iterator[str]:
        """Hold the examples against each endpoint."""
        positive, negative = subject.positive(service), subject.negative(service)
        for endpoint in service.endpoints if service.described else ():
            if not any(_fits(service, endpoint, example) for example in positive):
                yield f"no positive example for {_name(endpoint)}"
            if not any(example.activity == endpoint.activity for example in negative):
                yield f"no negative example for {_name(endpoint)}"


class HostsHaveExamples(Check):
    """Every described service with a host of its own has a URL it must match and one it must not."""

    advice = "add a URL to tests.match, and a look-alike to tests.no_match"

    def complaints(self, service: Service, subject: Subject) -> Iterator[str]:
        """Look for both."""
        if not service.described or all(host.shared for host in service.hosts):
            return
        if not subject.positive(service):
            yield "tests.match is empty"
        if not subject.negative(service):
            yield "tests.no_match is empty"


class HostsAreUnique(Check):
    """No two services claim the same host for themselves."""

    advice = "keep it in one service, or make it `shared` with endpoints that tell them apart"

    def complaints(self, service: Service, subject: Subject) -> Iterator[str]:
        """Compare with every other service."""
        for host in _exclusive(service):
            others = [other for other in subject.claims[host.value] if other != service.id]
            if others:
                yield f"{host.value} is also claimed by {', '.join(others)}"


class FactsHaveSources(Check):
    """Every host, endpoint, token and port names a source: one of catalogue.yaml, a URL, or ``local:`` and words."""

    advice = "name where it was read; add the source to catalogue.yaml"

    def complaints(self, service: Service, subject: Subject) -> Iterator[str]:
        """Look at each part."""
        for part in service.parts:
            if not part.sources:
                yield f"no source for {part}"
        for source in service.sources:
            if not source.startswith(("https://", "local:")) and source not in subject.contents.sources:
                yield f"source {source!r} is not in catalogue.yaml"


class HostsAreNarrow(Check):
    """A host that many others live on is never claimed whole."""

    advice = "name the exact host, use a pattern, or make it `shared` and describe the paths"

    def complaints(self, service: Service, subject: Subject) -> Iterator[str]:
        """Hold hosts against the shared platforms and the public suffixes."""
        for host in _exclusive(service):
            if host.kind == "suffix" and (host.value in SHARED_PLATFORMS or _is_public_suffix(host.value)):
                yield f"{host.value} is a shared platform"


class LookAlikesDontMatch(Check):
    """A host name with something before or behind it is another host."""

    advice = "make the host a suffix on label boundaries or an exact name"

    def complaints(self, service: Service, subject: Subject) -> Iterator[str]:
        """Try the usual tricks on each host."""
        for host in service.hosts:
            if host.kind == "pattern":
                continue
            for trick in (f"{host.value}.evil.example", f"evil-{host.value}.example", f"x{host.value}"):
                if subject.matcher.match(host=trick).service == service.id and not _real(trick, service):
                    yield f"{trick} matches"


class IdsAreConsistent(Check):
    """A described service lies in its category's folder under its id; no alias is an id in force."""

    advice = "rename the file or the id; put the old id into `aliases`"

    def complaints(self, service: Service, subject: Subject) -> Iterator[str]:
        """Compare id, category and file."""
        wanted = f"{service.category.value}/{service.id}.yaml"
        if service.described and "/" in service.origin and service.origin != wanted:
            yield f"the file should be {wanted}"
        if not service.described and not service.origin.startswith(f"{service.category.value}/"):
            yield f"the list should be in {service.category.value}/"
        for alias in service.aliases:
            if alias in subject.catalog.services:
                yield f"alias {alias!r} is the id of another service"


class AgentTokensAreUnique(Check):
    """No two services are told by the same token, and none is a common word."""

    advice = "use the product token with its slash (`claude-cli/`), in one service only"

    def complaints(self, service: Service, subject: Subject) -> Iterator[str]:
        """Compare with the tokens of all others."""
        for agent in service.user_agents:
            if subject.tokens[agent.token.lower()] > 1:
                yield f"token {agent.token!r} stands elsewhere too"


class SharedHostsHaveEndpoints(Check):
    """A shared host without endpoints never makes a finding."""

    level = Level.INFO
    advice = "describe a path on it that only the AI part uses, or leave it out"

    def complaints(self, service: Service, subject: Subject) -> Iterator[str]:
        """Look for endpoints on each shared host."""
        for host in service.hosts:
            if host.shared and host.value not in subject.deciding_hosts:
                yield f"shared host {host.value} has no endpoint"


class StableHasEvidence(Check):
    """A stable entry rests on two sources or is described by hand."""

    level = Level.INFO
    advice = "find a second source, or make it provisional"

    def complaints(self, service: Service, subject: Subject) -> Iterator[str]:
        """Count sources."""
        if service.status is Status.STABLE and not service.described and len(service.sources) < 2:
            yield "stable on one source"


ALL_CHECKS: tuple[type[Check], ...] = (
    OwnTestsPass,
    EndpointsHaveExamples,
    HostsHaveExamples,
    HostsAreUnique,
    FactsHaveSources,
    HostsAreNarrow,
    LookAlikesDontMatch,
    IdsAreConsistent,
    AgentTokensAreUnique,
    SharedHostsHaveEndpoints,
    StableHasEvidence,
)


def _exclusive(service: Service) -> list[HostRule]:
    return [host for host in service.hosts if not host.shared]


def _fits(service: Service, endpoint: Endpoint, example: Example) -> bool:
    host, request = endpoint.host, example.request
    on_host = not host or "*" in host or "{" in host or f".{request.host}".endswith(f".{host}")
    return on_host and example.activity == endpoint.activity and Bound(service, endpoint).fits(request)


def _name(endpoint: Endpoint) -> str:
    return f"{'|'.join(endpoint.methods) or 'any method'} {endpoint.host}{endpoint.path} -> {endpoint.activity.value}"


def _real(trick: str, service: Service) -> bool:
    return any(f".{trick}".endswith(f".{host.value}") for host in service.hosts)


def _is_public_suffix(host: str) -> bool:
    return _suffix_list()(host).domain == ""


@cache
def _suffix_list() -> "tldextract.TLDExtract":
    """The public suffix list within the package: no network."""
    import tldextract

    return tldextract.TLDExtract(suffix_list_urls=(), include_psl_private_domains=True, cache_dir=None)
