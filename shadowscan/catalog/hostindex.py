"""Host -> label: a dictionary over suffixes on label boundaries, with groups where a suffix alone doesn't decide."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from shadowscan.catalog import globs
from shadowscan.catalog.model import HostLabel, HostRule, Role, Service

NONE = HostLabel("none", None, None, None, exclusive=False, why="no signature names this host")


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
        groups: dict[str, Group] = defaultdict(Group)
        deciding = {endpoint.host for service in services for endpoint in service.endpoints}
        for service in services:
            for rule in service.hosts:
                if not rule.shared or rule.value in deciding:
                    _add(groups, rule, _label(service, rule))
        self.table: dict[str, HostLabel | Group] = _settle(groups)
        self._add_deciding(services)

    def _add_deciding(self, services: list[Service]) -> None:
        """Hosts that only endpoints name are shared: their path must be looked at."""
        groups: dict[str, Group] = defaultdict(Group)
        for service in services:
            for host in {endpoint.host for endpoint in service.endpoints if endpoint.host}:
                if self.lookup(globs.sample(host)) is None:
                    kind = "pattern" if globs.is_pattern(host) else "suffix"
                    rule = HostRule(host, kind, Role.API, shared=True)  # type: ignore[arg-type]
                    _add(groups, rule, _label(service, rule))
        for key, found in _settle(groups).items():
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
    kind = {"suffix": "is or ends in", "exact": "is", "pattern": "fits"}[rule.kind]
    if rule.shared:
        why = f"host {kind} {rule.value}, which also serves other use: only a path of {service.name} decides"
        return HostLabel("shared", service.id, rule.role.value, service.signature, exclusive=False, why=why)
    why = f"host {kind} {rule.value} ({rule.role.value} host of {service.name})"
    return HostLabel("service", service.id, rule.role.value, service.signature, exclusive=True, why=why)


def _add(groups: dict[str, Group], rule: HostRule, label: HostLabel) -> None:
    if rule.kind == "pattern":
        group = groups[globs.literal_suffix(rule.value)]
        group.patterns.append((globs.compile_host(rule.value), label))
        group.patterns.sort(key=lambda pair: -globs.literal_length(pair[0].pattern))
    elif rule.kind == "exact":
        group = groups[rule.value]
        group.exact = _stronger(group.exact, label)
    else:
        group = groups[rule.value]
        group.suffix = _stronger(group.suffix, label)


def _stronger(old: HostLabel | None, new: HostLabel) -> HostLabel:
    """Of two rules on one name the one that needs no path wins, else the first (lint names such pairs)."""
    return new if old is None or (new.exclusive and not old.exclusive) else old


def _settle(groups: dict[str, Group]) -> dict[str, HostLabel | Group]:
    """Where a group is only a suffix, keep the label itself: the fast path."""
    return {
        key: group.suffix if group.suffix and not group.exact and not group.patterns else group
        for key, group in groups.items()
    }


def _merge(old: HostLabel | Group | None, new: HostLabel | Group) -> HostLabel | Group:
    if old is None:
        return new
    merged = old if isinstance(old, Group) else Group(suffix=old)
    added = new if isinstance(new, Group) else Group(suffix=new)
    merged.patterns += added.patterns
    merged.exact = merged.exact or added.exact
    merged.suffix = merged.suffix or added.suffix
    return merged
