"""How one finding came about: from the lines of its inputs to the ranges, the policy's rule and the severity."""

from collections.abc import Mapping
from typing import Any

from shadowscan.analysis.context import Context
from shadowscan.analysis.exposure import SEED, exposure_of, numbers
from shadowscan.analysis.judging import judge_visits
from shadowscan.analysis.keyfigures import sightings_of
from shadowscan.analysis.queries import Bounds, ask, prepare
from shadowscan.analysis.tools import verdict_of
from shadowscan.analysis.traffic import groups_of
from shadowscan.exposure import Derived, derive
from shadowscan.model.derivation import ContentStep, Derivation, Factor, InputLines, Ruling, VisitSums
from shadowscan.model.finding import Finding
from shadowscan.model.report import ExposureRow
from shadowscan.store.database import Session


def derivation_of(session: Session, context: Context, finding: Finding) -> Derivation:
    """Return every step of all use by the finding's person of the finding's service."""
    bounds = Bounds(service=finding.service, person=finding.who)
    if finding.service or finding.who:
        prepare(session, bounds, context.directory)
        inputs = ask(session, "explain_inputs", bounds)
        if inputs:
            return _of_use(session, context, finding, bounds, inputs)
    return Derivation(finding=finding, inputs=(), views=(), visits=None, content=(), exposure=None, rulings=())


def _of_use(
    session: Session, context: Context, finding: Finding, bounds: Bounds, inputs: list[dict[str, Any]]
) -> Derivation:
    judge_visits(session, context.policy, context.catalog)
    (visits,) = ask(session, "explain_visits", bounds)
    steps = derive(groups_of(session, context.catalog, bounds), context.priors, seed=SEED)
    return Derivation(
        finding=finding,
        inputs=tuple(InputLines(**row) for row in inputs),
        views=sightings_of(session, bounds),
        visits=VisitSums(**visits),
        content=tuple(_step(one) for one in steps),
        exposure=_exposure(session, context, finding, bounds),
        rulings=tuple(_ruling(row) for row in ask(session, "tool_verdicts", bounds)),
    )


def _exposure(session: Session, context: Context, finding: Finding, bounds: Bounds) -> ExposureRow | None:
    found = exposure_of(session, context, bounds)
    if found is None:
        return None
    return next((row for row in found.tools if row.service == finding.service), found.total)


def _step(one: Derived) -> ContentStep:
    factors = (
        Factor(name=name, low=known.low, likely=known.likely, high=known.high, unit=known.unit)
        for name, known in one.factors
    )
    return ContentStep(
        client=one.client.value,
        grade=one.grade.value,
        prompts=one.prompts,
        uploads=one.uploads,
        connections=one.connections,
        bytes_out=one.bytes_out,
        content=numbers(one.content) if one.content else None,
        factors=tuple(factors),
    )


def _ruling(row: Mapping[str, Any]) -> Ruling:
    return Ruling(service=row["service"], verdict=verdict_of(row))
