"""Services, lint findings and changes as plain text or NDJSON lines."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from shadowscan.catalog import Catalog, Service
from shadowscan.catalog.diff import Change
from shadowscan.catalog.lint import Finding
from shadowscan.cli.signature_match import visible


def service_rows(services: Sequence[Service], catalog: Catalog) -> Iterator[str]:
    """One line a service, aligned, and a count."""
    for one in sorted(services, key=lambda service: (service.category, service.id)):
        hosts = ", ".join(host.value for host in one.hosts[:3]) + (" ..." if len(one.hosts) > 3 else "")
        mark = {"stable": " ", "provisional": "?", "retired": "x"}[one.status]
        yield visible(f"{one.category:20} {mark} {one.id:34} {one.name[:32]:32} {hosts}")
    yield f"{len(services)} of {len(catalog.services)} services; ? provisional, x retired; catalogue {catalog.version}"


def service_page(service: Service) -> Iterator[str]:
    """All that one signature says."""
    yield visible(f"{service.name} ({service.signature})")
    facts = {
        "vendor": service.vendor or "unknown",
        "country": service.country or "unknown",
        "category": service.category.value,
        "status": service.status.value,
        "formerly": ", ".join(service.aliases),
        "file": service.origin,
    }
    yield from (visible(f"  {name:10}{value}") for name, value in facts.items() if value)
    yield from _section("hosts", (_host(host) for host in service.hosts))
    yield from _section("requests", (_endpoint(one) for one in service.endpoints))
    yield from _section("user agents", (agent.token for agent in service.user_agents))
    yield from _section("ports", (str(port.port) for port in service.ports))
    known = {fact.topic: f"{fact.value} ({fact.source}, {fact.date})" for fact in service.terms}
    topics = ("trains_on_customer_data", "retention", "enterprise_tier", "regions")
    yield from _section("terms", (f"{topic}: {known.get(topic, 'unknown')}" for topic in topics))
    yield from _section("sources", service.sources)


def _host(host: Any) -> str:
    shared = ", shared: only its requests count" if host.shared else ""
    return f"{host.kind:8}{host.value} ({host.role.value}{shared})"


def _endpoint(one: Any) -> str:
    port = f":{one.port}" if one.port else ""
    query = f"?{one.query}" if one.query else ""
    return f"{one.activity.value:20}{'|'.join(one.methods) or 'any'} {one.host or 'any host'}{port}{one.path}{query}"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield f"  {title}"
        yield from (visible(f"    {line}") for line in found)


def services_ndjson(services: Iterable[Service]) -> Iterator[str]:
    """One JSON object a service, all fields."""
    yield from (json.dumps(asdict(service)) for service in services)


def finding_rows(findings: Sequence[Finding], services: int) -> Iterator[str]:
    """One line a finding with what to do, and a count."""
    for one in findings:
        yield visible(f"{one.level.value}: {one.where}: {one.message} ({one.check}: {one.advice})")
    counts = Counter(finding.level.value for finding in findings)
    words = ", ".join(f"{count} {level}" for level, count in counts.items()) or "clean"
    yield f"{services} services: {words}"


def findings_ndjson(findings: Iterable[Finding]) -> Iterator[str]:
    """One JSON object a finding."""
    yield from (json.dumps(asdict(finding)) for finding in findings)


def change_rows(changes: Sequence[Change]) -> Iterator[str]:
    """A line a change, its details below, and a count."""
    for change in changes:
        yield visible(f"{change.kind:8} {change.service}")
        yield from (visible(f"           {detail}") for detail in change.details)
    counts = Counter(change.kind for change in changes)
    yield ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())) or "no difference"


def changes_ndjson(changes: Iterable[Change]) -> Iterator[str]:
    """One JSON object a change."""
    yield from (json.dumps(asdict(change)) for change in changes)
