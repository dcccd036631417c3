"""How an estimate came about: what was counted, which priors it was read with, and what that gives."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from shadowscan.exposure.content import content_of
from shadowscan.exposure.draws import Sampler
from shadowscan.exposure.estimate import DRAWS, range_of
from shadowscan.exposure.group import Group
from shadowscan.exposure.priors import Priors, Quantity
from shadowscan.exposure.result import Range
from shadowscan.exposure.traffic import ClientClass, Grade


@dataclass(frozen=True, slots=True)
class Derived:
    """Traffic of one client class and grade of evidence, and what its bytes are taken to hold."""

    client: ClientClass
    grade: Grade
    prompts: int
    """Requests to prompt endpoints."""
    uploads: int
    """Requests to upload endpoints."""
    connections: int
    """Connections, or requests of which no more is known."""
    bytes_out: int
    content: Range | None
    """Bytes of new content; None where no bytes were seen, or where none of them are content."""
    factors: tuple[tuple[str, Quantity], ...]
    """The priors that were asked, in that order."""


def derive(groups: Iterable[Group], priors: Priors, *, seed: int = 0) -> tuple[Derived, ...]:
    """Return the parts of the estimate that ``estimate_groups`` gives for the same groups, most bytes first."""
    parts: dict[tuple[ClientClass, Grade], list[Group]] = defaultdict(list)
    for one in groups:
        parts[one.key.client, one.key.grade].append(one)
    derived = [_derived(*key, alike, Sampler(priors, DRAWS, seed)) for key, alike in parts.items()]
    return tuple(sorted(derived, key=lambda one: (-one.bytes_out, one.client, one.grade)))


def _derived(client: ClientClass, grade: Grade, groups: list[Group], sampler: Sampler) -> Derived:
    volumes = [content_of(one, sampler).volume for one in groups]
    silent = client is ClientClass.TELEMETRY or grade is Grade.C
    pools = [pool for one in groups for pool in (one.prompts, one.uploads, one.connections)]
    return Derived(
        client=client,
        grade=grade,
        prompts=round(sum(one.prompts.total for one in groups)),
        uploads=round(sum(one.uploads.total for one in groups)),
        connections=round(sum(one.connections.total for one in groups)),
        bytes_out=round(sum(float(pool.bytes.sum()) for pool in pools)),
        content=None if silent else range_of(volumes),
        factors=tuple(sampler.asked.items()),
    )
