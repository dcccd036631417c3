"""The people (or unnamed devices) who use AI, each with their tools."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from shadowscan.model.report import PersonRow, ToolRow


def people_of(rows: Sequence[Mapping[str, Any]], tools: Mapping[str, ToolRow]) -> tuple[PersonRow, ...]:
    """Return a row a person, from one row a person and service; most unapproved requests first."""
    grouped: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        grouped[row["who"]].append(row)
    people = [_person(who, used, tools) for who, used in grouped.items()]
    return tuple(sorted(people, key=lambda person: (-person.unapproved, -person.requests, person.who)))


def _person(who: str, used: Sequence[Mapping[str, Any]], tools: Mapping[str, ToolRow]) -> PersonRow:
    ordered = sorted(used, key=lambda row: (-row["requests"], -row["lookups"], row["service"]))
    volumes = [row["bytes_out"] for row in used if row["bytes_out"] is not None]
    return PersonRow(
        who=who,
        named=any(row["named"] for row in used),
        tools=tuple(tools[row["service"]].name for row in ordered),
        requests=sum(row["requests"] for row in used),
        unapproved=sum(row["unapproved_requests"] for row in used),
        blocked=sum(row["blocked"] for row in used),
        bytes_out=sum(volumes) if volumes else None,
    )
