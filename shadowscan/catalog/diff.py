"""``signatures diff``: what one catalogue recognises that another doesn't."""

from collections.abc import Iterator
from dataclasses import dataclass

from shadowscan.catalog.catalog import Catalog
from shadowscan.catalog.model import Service


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two catalogues."""

    kind: str
    """added, removed, renamed or changed"""
    service: str
    details: tuple[str, ...] = ()


def diff(old: Catalog, new: Catalog) -> list[Change]:
    """Compare two catalogues by service id, following aliases; sorted by id."""
    return sorted(_changes(old, new), key=lambda change: change.service)


def _changes(old: Catalog, new: Catalog) -> Iterator[Change]:
    for sid, service in new.services.items():
        former = old.services.get(sid)
        if former is None:
            yield _new(service, old)
        elif details := tuple(_details(former, service)):
            yield Change("changed", sid, details)
    for sid in old.services:
        if sid not in new.services and sid not in new.aliases:
            yield Change("removed", sid)


def _new(service: Service, old: Catalog) -> Change:
    former = [alias for alias in service.aliases if alias in old.services]
    if former:
        return Change("renamed", service.id, (f"was {', '.join(former)}",))
    return Change("added", service.id, tuple(sorted(f"+ {rule.value}" for rule in service.hosts)))


def _details(old: Service, new: Service) -> Iterator[str]:
    for field in ("revision", "name", "vendor", "country", "category", "status"):
        before, after = getattr(old, field), getattr(new, field)
        if before != after:
            yield f"{field}: {before} -> {after}"
    yield from _set_changes("", {rule.value for rule in old.hosts}, {rule.value for rule in new.hosts})
    yield from _set_changes("endpoint ", _endpoints(old), _endpoints(new))
    yield from _set_changes(
        "user agent ", {agent.token for agent in old.user_agents}, {agent.token for agent in new.user_agents}
    )


def _endpoints(service: Service) -> set[str]:
    return {f"{'|'.join(one.methods)} {one.host}{one.path} {one.activity.value}" for one in service.endpoints}


def _set_changes(what: str, before: set[str], after: set[str]) -> Iterator[str]:
    yield from (f"+ {what}{value}" for value in sorted(after - before))
    yield from (f"- {what}{value}" for value in sorted(before - after))
