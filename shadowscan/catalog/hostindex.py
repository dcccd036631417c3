"""Host -> label: a dictionary over suffixes on label boundaries, with groups where a suffix alone doesn't decide."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from shadowscan.catalog import globs
from shadowscan.catalog.model import HostLabel, HostRule, Role, Service

NONE = HostLabel("none", None, None, None, exclusive=False, why="no signature names this host")


_KIND_WORDS = {"suffix": "is or ends in", "exact": "is", "pattern": "fits"}
_ROLE_WORDS = {role: role.value for role in Role}


@dataclass(slots=True)
class Group:
    """What hangs on one suffix beside a plain label: exact names and patterns that end in it."""

    exact: HostLabel | None = None
    patterns: list[tuple[re.Pattern[str], HostLabel]] = field(default_factory=list)
    suffix: HostLabel | None = None

    def resolve(self, host: str, key: str) -> HostLabel | None:
        """Return the label for a host that ends in this group's suffix."""
        if self.exact is not None and host == key:
            return self.exact
        for pattern, label in self.patterns:
            if pattern.fullmatch(host):
                return label
        return self.suffix


class HostIndex:
    """The host rules of all services, longest suffix first."""

    __slots__ = ("table",)

    def __init__(self, services: Iterable[Service]) -> None:
        services = list(services)
        deciding = {endpoint.host for service in services for endpoint in service.endpoints}
        self.table: dict[str, HostLabel | Group] = {}
        for service in services:
            for rule in service.hosts:
                if not rule.shared or rule.value in deciding:
                    _add(self.table, rule, _label(service, rule))
        self._add_deciding(services)

    def _add_deciding(self, services: list[Service]) -> None:
        """Hosts that only endpoints name are shared: their path must be looked at."""
        added: dict[str, HostLabel | Group] = {}
        for service in services:
            for host in {endpoint.host for endpoint in service.endpoints if endpoint.host}:
                kind = "pattern" if globs.is_pattern(host) else "suffix"
                if self.lookup(globs.sample(host) if kind == "pattern" else host) is None:
                    rule = HostRule(host, kind, Role.API, shared=True)  # type: ignore[arg-type]
                    _add(added, rule, _label(service, rule))
        for key, found in added.items():
            self.table[key] = _merge(self.table.get(key), found)

    def lookup(self, host: str) -> HostLabel | None:
        """Return the label of a canonical host; None if no rule names it."""
        tail, get = host, self.table.get
        while True:
            found = get(tail)
            if found is not None:
                label = found.resolve(host, tail) if isinstance(found, Group) else found
                if label is not None:
                    return label
            dot = tail.find(".")
            if dot < 0:
                return None
            tail = tail[dot + 1 :]

    def names(self, host: str) -> bool:
        """Say whether a rule stands on this very name, not only on one it ends in."""
        return host in self.table


def suffixes(host: str) -> Iterator[str]:
    """Yield a host and its suffixes on label boundaries, longest first."""
    while True:
        yield host
        dot = host.find(".")
        if dot < 0:
            return
        host = host[dot + 1 :]


def _label(service: Service, rule: HostRule) -> HostLabel:
    kind, role = _KIND_WORDS[rule.kind], _ROLE_WORDS[rule.role]
    if rule.shared:
        why = f"host {kind} {rule.value}, which also serves other use: only a path of {service.name} decides"
        return HostLabel("shared", service.id, role, service.signature, exclusive=False, why=why)
    why = f"host {kind} {rule.value} ({role} host of {service.name})"
    return HostLabel("service", service.id, role, service.signature, exclusive=True, why=why)


def _add(table: dict[str, HostLabel | Group], rule: HostRule, label: HostLabel) -> None:
    """Hang a rule on its suffix: a plain label as long as nothing else hangs there (the fast path), else a group."""
    key = globs.literal_suffix(rule.value) if rule.kind == "pattern" else rule.value
    old = table.get(key)
    if rule.kind == "suffix" and not isinstance(old, Group):
        table[key] = _stronger(old, label)
        return
    group = table[key] = old if isinstance(old, Group) else Group(suffix=old)
    if rule.kind == "pattern":
        group.patterns.append((globs.compile_host(rule.value), label))
        group.patterns.sort(key=lambda pair: -globs.literal_length(pair[0].pattern))
    elif rule.kind == "exact":
        group.exact = _stronger(group.exact, label)
    else:
        group.suffix = _stronger(group.suffix, label)


def _stronger(old: HostLabel | None, new: HostLabel) -> HostLabel:
    """Of two rules on one name the one that needs no path wins, else the first (lint names such pairs)."""
    return new if old is None or (new.exclusive and not old.exclusive) else old


def _merge(old: HostLabel | Group | None, new: HostLabel | Group) -> HostLabel | Group:
    if old is None:
        return new
    merged = old if isinstance(old, Group) else Group(suffix=old)
    added = new if isinstance(new, Group) else Group(suffix=new)
    merged.patterns += added.patterns
    merged.exact = merged.exact or added.exact
    merged.suffix = merged.suffix or added.suffix
    return merged
