"""Traffic of one service, client class, department and grade, as arrays over its people."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from shadowscan.exposure.traffic import ClientClass, Grade, Sizes, Traffic

_Counts = npt.NDArray[np.float64]


class Key(NamedTuple):
    """What shares its unknowns: the unit of estimation."""

    service: str
    department: str
    client: ClientClass
    grade: Grade
    packets: bool
    counted: bool


@dataclass(frozen=True, slots=True)
class Pool:
    """Sizes of several people: one element per person that has any."""

    count: _Counts
    bytes: _Counts
    low: _Counts
    least: _Counts
    fresh: _Counts
    runs: _Counts
    linked: _Counts
    links: _Counts
    sizeable: _Counts
    large: _Counts
    large_bytes: _Counts

    @property
    def total(self) -> float:
        """Requests or connections of all."""
        return float(self.count.sum())

    @property
    def people(self) -> float:
        """Effective number of people."""
        return effective(self.bytes)

    @property
    def typical_count(self) -> float:
        """Requests of the person behind a typical request."""
        return float((self.count**2).sum() / self.total) if self.total else 0.0

    @property
    def typical_low(self) -> float:
        """Mean over requests of their person's 10 % quantile, bytes."""
        return self._typical(self.low)

    @property
    def typical_least(self) -> float:
        """Mean over requests of their person's smallest size but for side calls, bytes."""
        return self._typical(self.least)

    def _typical(self, values: _Counts) -> float:
        return float((values * self.count).sum() / self.total) if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Group:
    """One unit of estimation."""

    key: Key
    prompts: Pool
    uploads: Pool
    connections: Pool
    bytes_in: float
    labelled_sensitive: int
    file_types: dict[str, int]
    uploads_apart: bool
    """The service was seen taking files on a host of its own."""


def group(traffic: Iterable[Traffic], *, by_person: bool = False) -> list[Group]:
    """Return the groups of the traffic; with ``by_person`` the person takes the department's place."""
    parts: dict[Key, list[Traffic]] = defaultdict(list)
    for item in traffic:
        place = item.who if by_person else item.department
        key = Key(item.service, place, item.client, item.grade, packets=item.packets, counted=item.counted)
        parts[key].append(item)
    apart = {key.service for key in parts if key.client is ClientClass.UPLOAD}
    return [_group(key, items, uploads_apart=key.service in apart) for key, items in sorted(parts.items())]


def _group(key: Key, items: list[Traffic], *, uploads_apart: bool) -> Group:
    types: dict[str, int] = defaultdict(int)
    for item in items:
        for ending, count in item.file_types:
            types[ending] += count
    return Group(
        key=key,
        prompts=pool(item.prompts for item in items),
        uploads=pool(item.uploads for item in items),
        connections=pool(item.connections for item in items),
        bytes_in=float(sum(item.bytes_in for item in items)),
        labelled_sensitive=sum(item.labelled_sensitive for item in items),
        file_types=dict(types),
        uploads_apart=uploads_apart,
    )


def effective(sent: _Counts) -> float:
    """Return the effective number of people: one if a single one sent nearly everything (inverse Herfindahl index)."""
    squares = float((sent**2).sum())
    return float(sent.sum()) ** 2 / squares if squares else 1.0


def pool(sizes: Iterable[Sizes]) -> Pool:
    """Return the arrays over all that count anything."""
    rows = [[getattr(one, name.name) for name in fields(Pool)] for one in sizes if one.count]
    return Pool(*np.array(rows, dtype=np.float64).reshape(len(rows), len(fields(Pool))).T)
