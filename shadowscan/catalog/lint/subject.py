"""What the checks look at: the files as written, the catalogue they make, its matcher."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from shadowscan.catalog.catalog import Catalog
from shadowscan.catalog.hosts import parse_input
from shadowscan.catalog.load import content_version
from shadowscan.catalog.matcher import Matcher
from shadowscan.catalog.model import Match, Service
from shadowscan.catalog.read import Contents, read_directories
from shadowscan.catalog.requests import Request

_ARROW = re.compile(r"^(.*?)(?: -> ([a-z_]+))?$")


class Example(NamedTuple):
    """One test line of a signature: ``[METHOD ]URL[ -> activity]``."""

    line: str
    activity: str | None
    request: Request


@dataclass
class Subject:
    """A set of directories under lint."""

    contents: Contents
    catalog: Catalog

    @cached_property
    def matcher(self) -> Matcher:
        """The matcher of the whole catalogue: a signature is tested among all others."""
        return Matcher(self.catalog)

    @property
    def services(self) -> Iterator[Service]:
        """All services, described and listed."""
        yield from self.catalog.services.values()

    @cached_property
    def claims(self) -> Mapping[str, list[str]]:
        """Host value -> ids of the services that claim it for themselves."""
        claims: dict[str, list[str]] = defaultdict(list)
        for service in self.services:
            for host in service.hosts:
                if not host.shared:
                    claims[host.value].append(service.id)
        return claims

    @cached_property
    def tokens(self) -> Counter[str]:
        """User agent tokens in lower case, and how often each stands in the catalogue."""
        agents = [agent for service in self.services for agent in service.user_agents]
        return Counter(agent.token.lower() for agent in (*agents, *self.catalog.clients))

    @cached_property
    def deciding_hosts(self) -> frozenset[str]:
        """Hosts that endpoints name."""
        return frozenset(endpoint.host for service in self.services for endpoint in service.endpoints)

    def match(self, example: Example) -> Match:
        """Match the request of an example."""
        one = example.request
        return self.matcher.match(host=one.host, method=one.method, path=one.path, query=one.query, port=one.port)

    def positive(self, service: Service) -> list[Example]:
        """Return what a service says it must match."""
        return self._examples(service, "match")

    def negative(self, service: Service) -> list[Example]:
        """Return what a service says it must not match."""
        return self._examples(service, "no_match")

    def _examples(self, service: Service, which: str) -> list[Example]:
        file = self.contents.files.get(service.id)
        return [read_example(line) for line in getattr(file.tests, which)] if file and service.described else []


def read_example(line: str) -> Example:
    """Cut a test line."""
    found = _ARROW.match(line)
    text, activity = (found[1], found[2]) if found else (line, None)
    one = parse_input(text)
    return Example(line, activity, Request(one.host or "", one.method, one.path or "", one.query, one.port))


def load_subject(directories: Sequence[Path]) -> Subject:
    """Read directories for lint; raises UsageError where a file can't even be read."""
    contents = read_directories(directories)
    catalog = Catalog(
        content_version(directories),
        {service.id: service for service in contents.services},
        tuple(contents.clients),
        tuple(contents.shapes),
        tuple(contents.not_ai),
    )
    return Subject(contents, catalog)
