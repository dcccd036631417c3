"""Visits -> ``judged``: the policy's word on each visit.

A visit is judged by its service and by what the policy's rules ask for, nothing else. Values that no rule tells apart
(two people of one department, a thousand addresses of one range) are one class, so that a few hundred judgements
serve millions of visits; SQL joins them back.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pyarrow as pa

from shadowscan.catalog import Catalog
from shadowscan.model.actors import Actor, ActorKind
from shadowscan.policy import CONDITIONS, Judgement, Policy, Use
from shadowscan.store.database import Session

_TOLD = ("verdict", "rule", "rule_why", "overdue", "lapsed")


@dataclass(frozen=True, slots=True)
class _Axis:
    """One column of the visits by which a policy may tell use apart."""

    column: str
    field: str
    """What of a use it gives."""
    conditions: tuple[str, ...]
    values: Callable[[Session], Iterable[tuple[str | None, Any]]]
    """Every value of the column, and what it is in a use."""

    def asked(self, policy: Policy) -> bool:
        """Whether a rule looks at it."""
        asked = {one.name for rule in policy.content.rules for one in CONDITIONS if one.asked(rule.scope)}
        return not asked.isdisjoint(self.conditions)

    def seen(self, policy: Policy, value: Any) -> tuple[bool, ...]:
        """What the rules make of a value: two that give the same are judged alike."""
        use = replace(Use("", ""), **{self.field: value})
        conditions = [one for one in CONDITIONS if one.name in self.conditions]
        scopes = [rule.scope for rule in policy.content.rules]
        return tuple(one.met(scope, use) for one in conditions for scope in scopes if one.asked(scope))


def judge_visits(
    session: Session, policy: Policy, catalog: Catalog, name: str = "judged", *, of: str = "visits", prefix: str = ""
) -> None:
    """Make the view ``name``: every row of ``of`` with verdict, rule, rule_why, overdue and lapsed, each prefixed."""
    axes = [axis for axis in _AXES if axis.asked(policy)]
    examples = {axis.field: _classify(session, policy, axis, f"{name}_{axis.column}") for axis in axes}
    joins = " ".join(
        f"JOIN {name}_{axis.column} ON {of}.{axis.column} IS NOT DISTINCT FROM {name}_{axis.column}.value"
        for axis in axes
    )
    keys = [f"{of}.service", _era(policy, of), *(f"{name}_{axis.column}.class" for axis in axes)]
    met = session.rows(f"SELECT DISTINCT {', '.join(keys)} FROM {of} {joins}")
    judgements = [policy.judge(_use(row, catalog, policy, examples)) for row in met]
    session.execute(
        f"CREATE OR REPLACE TEMP TABLE {name}_rules AS FROM found", found=_table(len(keys), met, judgements)
    )
    fits = " AND ".join(f"{key} = key_{number}" for number, key in enumerate(keys))
    told = ", ".join(f"{name}_rules.{column} AS {prefix}{column}" for column in _TOLD)
    session.execute(
        f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT {of}.*, {told} FROM {of} {joins} JOIN {name}_rules ON {fits}"
    )


def _classify(session: Session, policy: Policy, axis: _Axis, table: str) -> list[Any]:
    """Make the table value -> class; return a value of a use for each class."""
    numbers: dict[tuple[bool, ...], int] = {}
    examples: list[Any] = []
    rows: list[tuple[str | None, int]] = []
    for value, meaning in axis.values(session):
        seen = axis.seen(policy, meaning)
        if seen not in numbers:
            numbers[seen] = len(examples)
            examples.append(meaning)
        rows.append((value, numbers[seen]))
    columns = {
        "value": pa.array([value for value, _ in rows], pa.string()),
        "class": pa.array([number for _, number in rows], pa.int32()),
    }
    session.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS FROM found", found=pa.table(columns))
    return examples


def _use(row: Sequence[Any], catalog: Catalog, policy: Policy, examples: dict[str, list[Any]]) -> Use:
    """The use that one combination of service, era and classes stands for."""
    service, era, *numbers = row
    # All days of an era are judged alike; the first follows the last turning day that has passed.
    day = policy.turning_days[era - 1] + timedelta(days=1) if era else None
    values = {field: found[number] for (field, found), number in zip(examples.items(), numbers, strict=True)}
    return Use(service, catalog.service(service).category, day=day, **values)


def _era(policy: Policy, of: str) -> str:
    """SQL: how many of the days after which a judgement changes lie before the visit's; 0 for one of no known day."""
    passed = [f"({of}.day > DATE '{day}')::INTEGER" for day in policy.turning_days]
    return f"coalesce({' + '.join(passed)}, 0)" if passed else "0"


def _table(keys: int, met: Sequence[Sequence[Any]], judgements: Sequence[Judgement]) -> pa.Table:
    columns = {
        f"key_{number}": pa.array([row[number] for row in met], pa.int32() if number else pa.string())
        for number in range(keys)
    }
    columns |= {
        "verdict": pa.array([one.verdict.value for one in judgements], pa.string()),
        "rule": pa.array([one.rule for one in judgements], pa.int32()),
        "rule_why": pa.array([one.why for one in judgements], pa.string()),
        "overdue": pa.array([one.overdue for one in judgements], pa.bool_()),
        "lapsed": pa.array([one.lapsed for one in judgements], pa.int32()),
    }
    return pa.table(columns)


def _column(name: str) -> Callable[[Session], Iterable[tuple[str | None, Any]]]:
    def values(session: Session) -> Iterable[tuple[str | None, Any]]:
        return ((value, value) for (value,) in session.rows(f"SELECT DISTINCT {name} FROM visits"))

    return values


def _actors(session: Session) -> Iterable[tuple[str | None, Any]]:
    for who, kind, *rest in session.rows("SELECT who, kind, department, role, site FROM actors"):
        yield who, Actor(who, ActorKind(kind), *rest)


_AXES = (
    _Axis("who", "actor", ("people", "departments", "roles", "kinds", "sites"), _actors),
    _Axis("src", "address", ("networks",), _column("src")),
    _Axis("activity", "activity", ("activities",), _column("activity")),
    _Axis("host", "host", ("hosts",), _column("host")),
)
