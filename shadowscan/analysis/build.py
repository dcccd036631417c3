"""The Report, put together: each part comes from a module of its own."""

from datetime import UTC, datetime

from shadowscan.analysis.blindspots import blind_spots_of
from shadowscan.analysis.changes import Parts, changes_of, keep_earlier_use, parts_of
from shadowscan.analysis.comparison import compare_policies
from shadowscan.analysis.context import Context
from shadowscan.analysis.days import days_of, trends_of
from shadowscan.analysis.departments import departments_of, known_by
from shadowscan.analysis.evasive import mark_evasive
from shadowscan.analysis.exposure import exposure_of
from shadowscan.analysis.feeds import feeds_of
from shadowscan.analysis.findings import Scene, findings_of
from shadowscan.analysis.findings.uploads import bulk_uploads
from shadowscan.analysis.integrations import integrations_of
from shadowscan.analysis.judging import judge_visits
from shadowscan.analysis.keyfigures import sightings_of, weeks_of
from shadowscan.analysis.people import people_of
from shadowscan.analysis.pseudonyms import fitting
from shadowscan.analysis.queries import Bounds, ask, prepare
from shadowscan.analysis.recognised import recognised_of
from shadowscan.analysis.sources import source_rows
from shadowscan.analysis.tools import tools_of
from shadowscan.analysis.totals import period_of, totals_of
from shadowscan.analysis.unknown import candidates_of
from shadowscan.model.finding import Finding
from shadowscan.model.report import Basis, Report
from shadowscan.store.database import Session


def findings_within(session: Session, context: Context, bounds: Bounds) -> tuple[Finding, ...]:
    """Return the findings alone, sooner than a whole report: for alerts."""
    context = fitting(session, context)
    return findings_of(_scene(session, context, bounds, parts_of(session, bounds)), _now())


def build_report(session: Session, context: Context, bounds: Bounds) -> Report:
    """Count, judge and name everything within the bounds."""
    context = fitting(session, context)
    parts = parts_of(session, bounds)
    keep_earlier_use(session, context, bounds, parts)
    scene = _scene(session, context, bounds, parts)
    days = ask(session, "days", bounds)
    tools = tools_of(ask(session, "tools", bounds), ask(session, "tool_verdicts", bounds), trends_of(days), context)
    used = ask(session, "people_tools", bounds)
    sources, now = source_rows(session, bounds), _now()
    period = period_of(session, bounds, sources)
    return Report(
        generated=now,
        basis=_basis(context),
        period=period,
        totals=totals_of(session, sources, tools, used),
        sources=sources,
        tools=tools,
        people=people_of(used, {tool.service: tool for tool in tools}),
        days=days_of(days),
        weeks=weeks_of(session, bounds),
        sightings=sightings_of(session, bounds),
        recognised=recognised_of(session, context.catalog, bounds),
        candidates=scene.candidates,
        gaps=blind_spots_of(session, bounds, sources, scene.feeds, period, context),
        findings=findings_of(scene, now),
        departments=departments_of(session, context.directory, bounds),
        known_by=known_by(session, bounds),
        policy_changes=compare_policies(session, context.old_policy, context.catalog, bounds)
        if context.old_policy
        else None,
        integrations=scene.integrations,
        changes=changes_of(session, context, bounds, parts),
        exposure=exposure_of(session, context, bounds),
    )


def _scene(session: Session, context: Context, bounds: Bounds, parts: Parts | None) -> Scene:
    """Make the temporary tables, and what else the rules of findings look at."""
    prepare(session, bounds, context.directory)
    mark_evasive(session, bounds)
    judge_visits(session, context.policy, context.catalog)
    return Scene(
        session,
        context,
        bounds,
        candidates_of(session, context.catalog, bounds),
        integrations_of(session, context, bounds),
        feeds_of(session, bounds),
        parts,
        tuple(ask(session, "finding_use", bounds)),
        bulk_uploads(session, context.catalog, bounds),
    )


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def _basis(context: Context) -> Basis:
    return Basis(
        version=context.version,
        command=context.command,
        database=context.database,
        catalog=context.catalog.version,
        catalog_services=len(context.catalog.services),
        policy=context.policy.path,
    )
