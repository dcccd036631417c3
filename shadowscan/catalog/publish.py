"""What the repository publishes of the catalogue: the JSON Schema of its files and the page of its figures."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter

from shadowscan.catalog import globs
from shadowscan.catalog.catalog import Catalog
from shadowscan.catalog.matcher import Matcher
from shadowscan.catalog.model import Endpoint, Service
from shadowscan.catalog.schema import ListFile, ServiceFile


def json_schema() -> str:
    """Return the JSON Schema of service and list files as text."""
    schema: dict[str, Any] = TypeAdapter(ServiceFile | ListFile).json_schema()
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "shadowscan signature file",
        "description": "One described service, or a list of services of one category.",
    }
    return json.dumps(head | schema, indent=1)


def summary_page(catalog: Catalog) -> str:
    """Return docs/catalogue.md: counts by category, status, activity and source, and what rests on one source."""
    services = list(catalog.services.values())
    return "\n".join([*_head(services), *_categories(services), *_activities(catalog), *_sources(services)])


def _head(services: list[Service]) -> Iterator[str]:
    statuses = Counter(service.status.value for service in services)
    single = sum(len(service.sources) == 1 for service in services)
    hosts = sum(len(service.hosts) for service in services)
    endpoints = sum(len(service.endpoints) for service in services)
    described = sum(service.described for service in services)
    yield "# The catalogue in figures"
    yield ""
    yield "Written by `shadowscan signatures summary`; a test keeps it up to date."
    yield ""
    yield from _table(
        ("what", "count"),
        [
            ("services", len(services)),
            ("described in a file of their own", described),
            ("listed by domain and name", len(services) - described),
            *((f"status {status}", count) for status, count in sorted(statuses.items())),
            ("hosts", hosts),
            ("request patterns", endpoints),
            ("resting on one source only", f"{single} ({single / len(services):.0%})" if services else 0),
        ],
    )


def _categories(services: list[Service]) -> Iterator[str]:
    yield from ("", "## By category", "")
    rows = []
    for category, count in sorted(Counter(service.category.value for service in services).items()):
        own = [service for service in services if service.category.value == category]
        described = sum(service.described for service in own)
        single = sum(len(service.sources) == 1 for service in own)
        rows.append((category, count, described, f"{single / count:.0%}"))
    yield from _table(("category", "services", "described", "one source only"), rows)


def _activities(catalog: Catalog) -> Iterator[str]:
    described: Counter[str] = Counter()
    told: Counter[str] = Counter()
    for endpoint, guess in _by_shapes_alone(catalog):
        described[endpoint.activity.value] += 1
        told[endpoint.activity.value] += guess == endpoint.activity.value
    total = sum(described.values())
    yield from ("", "## By activity", "")
    yield "Requests described for hosts of a service's own, and for how many of them the shapes alone (`shapes.yaml`)"
    yield "give the same activity with all descriptions withheld: what to expect of services without any."
    yield ""
    rows = [(activity, count, told[activity]) for activity, count in described.most_common()]
    share = f"{sum(told.values())} ({sum(told.values()) / total:.0%})" if total else 0
    yield from _table(("activity", "described requests", "told by shapes alone"), [*rows, ("all", total, share)])


def _by_shapes_alone(catalog: Catalog) -> Iterator[tuple[Endpoint, str | None]]:
    """Yield each endpoint on a host of its service's own, with what the shapes say of a request that fits it."""
    bare = {key: replace(service, endpoints=()) for key, service in catalog.services.items()}
    matcher = Matcher(replace(catalog, services=bare))
    for service in catalog.services.values():
        for endpoint in service.endpoints:
            found = matcher.match(
                host=globs.sample(endpoint.host),
                method=next(iter(endpoint.methods), "GET"),
                path=globs.sample(endpoint.path),
            )
            if found.service == service.id:
                yield endpoint, found.activity


def _sources(services: list[Service]) -> Iterator[str]:
    yield from ("", "## By source", "")
    yield "A service counts once for each source that names one of its hosts, requests, user agents or ports."
    yield ""
    named = Counter(source for service in services for source in service.sources)
    alone = Counter(service.sources[0] for service in services if len(service.sources) == 1)
    rows = sorted(named.items(), key=lambda pair: (-pair[1], pair[0]))
    yield from _table(("source", "services", "of these by it alone"), [(key, count, alone[key]) for key, count in rows])


def _table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"| {' | '.join('---' for _ in head)} |"
    yield from (f"| {' | '.join(str(cell) for cell in row)} |" for row in rows)
