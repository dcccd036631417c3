"""`shadowscan explain`: how a finding came about, on one screen."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shadowscan.cli.directory import with_directory
from shadowscan.cli.findings import Form, IdArgument
from shadowscan.cli.options import DEFAULT_DATABASE, DatabaseOption, PolicyOption, PriorsOption

if TYPE_CHECKING:
    from shadowscan.model.derivation import Derivation
    from shadowscan.people import Directory

EPILOG = """\b
Examples:
  shadowscan explain 80f7 --policy policy.yaml          from lines to ranges; ids: shadowscan findings list
  shadowscan explain 80f7 -o json                       every input, every factor
"""


@with_directory
def explain(
    directory: "Directory",
    finding: IdArgument,
    database: DatabaseOption = DEFAULT_DATABASE,
    policy: PolicyOption = None,
    priors: PriorsOption = None,
    output: Annotated[Form, typer.Option("--output", "-o", help="Form of the answer.")] = Form.TEXT,
) -> None:
    """Derive a finding on one screen: lines, views merged, content estimated, ranges, policy, severity."""
    from shadowscan.cli.findings import emit_json, emit_page, new_page
    from shadowscan.report.derivation import derived

    derivation = _derivation(finding, database, policy, directory, priors)
    if output is Form.JSON:
        emit_json(derivation.model_dump(mode="json"))
        return
    page = new_page()
    derived(page, derivation)
    emit_page(page)


def _derivation(
    start: str, database: Path, policy: Path | None, directory: "Directory", priors: Path | None
) -> "Derivation":
    from shadowscan.analysis.build import findings_within
    from shadowscan.analysis.explain import derivation_of
    from shadowscan.analysis.findings.pick import pick
    from shadowscan.analysis.queries import Bounds
    from shadowscan.catalog import load_catalog
    from shadowscan.cli.rendering import context_of
    from shadowscan.errors import UsageError
    from shadowscan.ingest.relabel import labelled
    from shadowscan.policy import load_policy
    from shadowscan.store.database import Database
    from shadowscan.store.decisions import decided

    store, catalog = Database(database), load_catalog()
    context = context_of(store, catalog, load_policy(policy, catalog.aliases), directory, priors)
    with labelled(store, catalog) as session:
        picked = pick(start, findings_within(session, context, Bounds()), decided(session))
        if picked.finding is None:
            raise UsageError(
                f"{picked.finding_id} is no longer found",
                hint="`shadowscan findings show` tells what was decided on it",
            )
        return derivation_of(session, context, picked.finding)
