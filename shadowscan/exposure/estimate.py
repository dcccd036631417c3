"""Estimates by simulation: draws per group of traffic, added world by world, then read as 90 % ranges."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce

import numpy as np

from shadowscan.exposure.content import Content, content_of
from shadowscan.exposure.draws import Draws, Sampler
from shadowscan.exposure.group import Group, Key, group
from shadowscan.exposure.priors import Priors
from shadowscan.exposure.result import Exposure, Range
from shadowscan.exposure.sensitivity import Sensitive, sensitive_of
from shadowscan.exposure.traffic import GRADE_REASONS, ClientClass, Grade, Traffic

_QUANTILES = (0.05, 0.5, 0.95)
DRAWS = 2000
"""Worlds drawn."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One group and its draws."""

    group: Group
    content: Content
    pasted: Draws
    tokens: Draws
    sensitive: Sensitive


class Estimates:
    """The draws of all groups; every range is read from the sum of the draws of its groups."""

    def __init__(self, parts: Iterable[_Part]) -> None:
        self._parts = tuple(parts)

    def total(self) -> Exposure:
        """Return the exposure of everything."""
        return _combine(self._parts)

    def by_service(self) -> Mapping[str, Exposure]:
        """Return the exposure of each service."""
        return self._by(lambda key: key.service)

    def by_department(self) -> Mapping[str, Exposure]:
        """Return the exposure of each department (or person, if estimated by person)."""
        return self._by(lambda key: key.department)

    def _by(self, name: Callable[[Key], str]) -> dict[str, Exposure]:
        chosen: dict[str, list[_Part]] = defaultdict(list)
        for part in self._parts:
            chosen[name(part.group.key)].append(part)
        return {one: _combine(parts) for one, parts in chosen.items()}


def estimate(
    traffic: Iterable[Traffic], priors: Priors, *, by_person: bool = False, draws: int = DRAWS, seed: int = 0
) -> Estimates:
    """Return the estimates of the traffic; the same input, priors and seed give the same numbers.

    Unknowns of a service are shared by all who use it, those of the surveys by all; habits are a person's own and
    average out. ``by_person`` groups by person instead of department (dearer: for a few people).
    """
    return estimate_groups(group(traffic, by_person=by_person), priors, draws=draws, seed=seed)


def estimate_groups(groups: Iterable[Group], priors: Priors, *, draws: int = DRAWS, seed: int = 0) -> Estimates:
    """Return the estimates of traffic that is grouped already."""
    sampler = Sampler(priors, draws, seed)
    return Estimates(_part(one, sampler) for one in groups)


def _part(one: Group, sampler: Sampler) -> _Part:
    content = content_of(one, sampler)
    web = one.key.client is ClientClass.WEB
    return _Part(
        group=one,
        content=content,
        pasted=content.text * (sampler.quantity("pasted_share", one.key.service) if web else 0.0),
        tokens=content.text / sampler.quantity("bytes_per_token", one.key.service),
        sensitive=sensitive_of(one, content, sampler),
    )


def _combine(parts: Iterable[_Part]) -> Exposure:
    """Read the ranges from sums over groups; grade C adds no volume and, without URLs, nothing at all."""
    everything = [part for part in parts if part.group.key.client is not ClientClass.TELEMETRY]
    if not everything:
        return Exposure(Grade.C, "only telemetry, sign-in or static files were seen: no content")
    grade = _grade(everything)
    measured = [part for part in everything if part.group.key.grade is not Grade.C]
    counted = [part for part in everything if _is_counted(part.group)]
    unseen = {part.group.key.service for part in everything} - {part.group.key.service for part in measured}
    return Exposure(
        grade=grade,
        reason=_reason(grade, everything),
        volume=range_of([part.content.volume for part in measured]),
        pasted=range_of([part.pasted for part in measured]),
        tokens=range_of([part.tokens for part in measured]),
        prompts=range_of([part.content.prompts for part in counted]),
        files=range_of([part.content.files for part in counted]),
        sensitive_prompts=range_of([part.sensitive.prompts for part in counted]),
        sensitive_files=range_of([part.sensitive.files for part in counted]),
        sensitive=range_of([part.sensitive.items for part in counted]),
        classes=_classes(counted),
        file_types=_file_types(everything),
        labelled=sum(part.group.labelled_sensitive for part in everything),
        without_volume=tuple(sorted(unseen)),
    )


def _is_counted(one: Group) -> bool:
    return one.key.grade is not Grade.C or bool(one.prompts.total or one.uploads.total)


def range_of(draws: list[Draws]) -> Range | None:
    """Return the range of the sum of draws, added world by world; None if there are none."""
    if not draws:
        return None
    low, likely, high = np.quantile(_sum(draws), _QUANTILES)
    return Range(float(low), float(likely), float(high))


def _sum(draws: list[Draws]) -> Draws:
    return reduce(np.add, draws)


def _classes(parts: list[_Part]) -> tuple[tuple[str, Range], ...]:
    if not parts:
        return ()
    names = parts[0].sensitive.classes
    ranges = {name: range_of([part.sensitive.classes[name] for part in parts]) for name in names}
    return tuple((name, found) for name, found in ranges.items() if found is not None)


def _file_types(parts: list[_Part]) -> tuple[tuple[str, int], ...]:
    types: Counter[str] = Counter()
    for part in parts:
        types.update(part.group.file_types)
    return tuple(sorted(types.items(), key=lambda item: (-item[1], item[0])))


def _grade(parts: list[_Part]) -> Grade:
    """Return the worst grade that carries at least a tenth of the weight, bytes where known, else requests."""
    if all(part.group.key.grade is Grade.C for part in parts):
        return Grade.C
    weights = dict.fromkeys(Grade, 0.0)
    for part in parts:
        one = part.group
        weights[one.key.grade] += sum(float(pool.bytes.sum()) for pool in (one.prompts, one.uploads, one.connections))
    measured = weights[Grade.A] + weights[Grade.B]
    return Grade.B if weights[Grade.B] > 0.1 * measured or not measured else Grade.A


def _reason(grade: Grade, parts: list[_Part]) -> str:
    others = sorted({part.group.key.grade for part in parts} - {grade})
    if grade is Grade.C and any(part.group.prompts.total or part.group.uploads.total for part in parts):
        return "requests are seen with their URL, but not how many bytes they sent: prompts are counted, no volume"
    mixed = f"; a part is of grade {' and '.join(others)}" if others else ""
    counted = "; prompts are counted in another log, which shows URLs" if _counted_apart(parts) else ""
    return GRADE_REASONS[grade] + (counted or mixed)


def _counted_apart(parts: list[_Part]) -> bool:
    return any(part.group.key.counted for part in parts)
