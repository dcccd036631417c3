"""From the database to the report the user asked for; shared by `scan` and `report`."""

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from shadowscan.analysis.build import build_report
from shadowscan.analysis.context import Context
from shadowscan.analysis.queries import Bounds
from shadowscan.catalog import Catalog
from shadowscan.cli.console import emit, wants_color, width
from shadowscan.cli.options import FailOn, Output
from shadowscan.ingest.relabel import labelled
from shadowscan.model.finding import Severity, Status
from shadowscan.model.report import Report
from shadowscan.people import Directory
from shadowscan.policy import Policy
from shadowscan.store.database import Database


@dataclass(frozen=True, slots=True)
class Rendering:
    """How and where the report goes."""

    output: Output
    table: str
    to: Path | None
    top: int


def command_line() -> str:
    """The command as it was called, for the report."""
    return shlex.join(["shadowscan", *sys.argv[1:]])


def make_report(
    database: Database,
    catalog: Catalog,
    policy: Policy,
    directory: Directory,
    bounds: Bounds,
    priors: Path | None = None,
    old: Policy | None = None,
) -> Report:
    """Build the report from what the database holds; UsageError for a wrong file of ``priors``.

    ``old`` is a policy to compare with.
    """
    context = context_of(database, catalog, policy, directory, priors, old)
    with labelled(database, catalog) as session:
        return build_report(session, context, bounds)


def context_of(
    database: Database,
    catalog: Catalog,
    policy: Policy,
    directory: Directory,
    priors: Path | None = None,
    old: Policy | None = None,
) -> Context:
    """Return what every part of a report is made with; UsageError for a wrong file of ``priors``."""
    from shadowscan import __version__
    from shadowscan.exposure import load_priors

    known, place = load_priors(priors), str(priors) if priors else None
    return Context(catalog, policy, directory, __version__, command_line(), str(database.path), known, place, old)


def show(report: Report, rendering: Rendering) -> None:
    """Render and write a report."""
    emit(rendered(report, rendering), rendering.to)


def worst_at_least(report: Report, threshold: FailOn | None) -> bool:
    """Tell whether an open finding reaches the threshold."""
    if threshold is None:
        return False
    lowest = Severity(threshold).rank
    return any(one.severity.rank >= lowest for one in report.findings if one.status is Status.OPEN)


def rendered(report: Report, rendering: Rendering) -> str:
    """Return the report as the user asked for it."""
    match rendering.output:
        case Output.JSON:
            from shadowscan.report.json import render_json

            return render_json(report)
        case Output.CSV:
            from shadowscan.report.csv import render_csv

            return render_csv(report, rendering.table)
        case Output.MARKDOWN:
            from shadowscan.report.markdown import render_markdown

            return render_markdown(report)
        case Output.HTML:
            from shadowscan.report.html import render_html

            return render_html(report)
        case Output.TEXT:
            from shadowscan.report.terminal import render_terminal

            color = wants_color() and rendering.to is None
            return render_terminal(report, width=width(), color=color, top=rendering.top)
