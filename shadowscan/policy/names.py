"""Names in a policy that nobody knows: a service the catalogue lacks, a department the people file lacks."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shadowscan.errors import Problem
from shadowscan.policy.judge import Policy
from shadowscan.policy.model import UNKNOWN
from shadowscan.yamlfile import line_of, nearest

Place = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What names there are; None: no file says so, and any name may be right."""

    services: frozenset[str]
    categories: frozenset[str]
    activities: frozenset[str]
    data_classes: frozenset[str]
    people: frozenset[str] | None = None
    departments: frozenset[str] | None = None
    roles: frozenset[str] | None = None
    sites: frozenset[str] | None = None


def unknown_names(policy: Policy, known: Known, path: Path) -> list[Problem]:
    """Return every name in the rules that is not known: file:line, the value, what was probably meant."""
    return [
        Problem(
            f"{word} {name!r} is not known",
            where=f"{path}:{line_of(path, place)}",
            hint=nearest(name, sorted(names)) or f"no {word} is known",
        )
        for place, word, name, names in _unknown(policy, known)
    ]


def _unknown(policy: Policy, known: Known) -> Iterator[tuple[Place, str, str, frozenset[str]]]:
    for number, rule in enumerate(policy.content.rules):
        for field, word, names in _of_rule(known):
            yield from _missing(getattr(rule, field), ("rules", number, field), word, names)
        for field, word, names in _of_scope(known):
            yield from _missing(getattr(rule.scope, field), ("rules", number, "scope", field), word, names)


def _of_rule(known: Known) -> tuple[tuple[str, str, frozenset[str] | None], ...]:
    return (
        ("services", "service", known.services),
        ("categories", "category", known.categories),
        ("data_classes", "data class", known.data_classes),
    )


def _of_scope(known: Known) -> tuple[tuple[str, str, frozenset[str] | None], ...]:
    return (
        ("activities", "activity", known.activities | {UNKNOWN}),
        ("people", "person", known.people),
        ("departments", "department", known.departments),
        ("roles", "role", known.roles),
        ("sites", "site", known.sites),
    )


def _missing(
    values: tuple[str, ...], place: Place, word: str, names: frozenset[str] | None
) -> Iterator[tuple[Place, str, str, frozenset[str]]]:
    if names is None:
        return
    folded = {name.casefold() for name in names}
    for position, value in enumerate(values):
        if value.casefold() not in folded:
            yield (*place, position), word, value, names
