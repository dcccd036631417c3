"""The catalogue as a whole: services by id."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shadowscan.catalog.globs import literal_segments
from shadowscan.catalog.model import AgentToken, Endpoint, NotAi, Service
from shadowscan.errors import UsageError


@dataclass(slots=True, weakref_slot=True)
class Catalog:
    """Every signature in force."""

    version: str
    """Hash of the content of all its files: equal content, equal version."""
    services: Mapping[str, Service]
    clients: tuple[AgentToken, ...] = ()
    shapes: tuple[Endpoint, ...] = ()
    not_ai: tuple[NotAi, ...] = ()
    aliases: Mapping[str, str] = field(init=False)
    """Old id -> id in force."""

    def __post_init__(self) -> None:
        self.aliases = {old: one.id for one in self.services.values() for old in one.aliases}

    def service(self, service_id: str) -> Service:
        """Return a service by its id or a former id; raises UsageError if there is none."""
        found = self.services.get(service_id) or self.services.get(self.aliases.get(service_id, ""))
        if found is None:
            raise UsageError(
                f"no service {service_id!r} in the catalogue",
                hint="`shadowscan signatures list` shows all ids",
            )
        return found

    @property
    def path_words(self) -> frozenset[str]:
        """Segments of paths by which signatures know requests."""
        endpoints = [one for service in self.services.values() for one in service.endpoints]
        return frozenset().union(*(literal_segments(one.path) for one in (*endpoints, *self.shapes)))
