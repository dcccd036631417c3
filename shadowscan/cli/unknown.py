"""`shadowscan unknown`: hosts that may be AI and that no signature knows."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from shadowscan.cli.directory import with_directory
from shadowscan.cli.options import DEFAULT_DATABASE, DatabaseOption, SinceOption, ToOption, UntilOption, moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shadowscan.model.report import CandidateRow
    from shadowscan.people import Directory


class Form(StrEnum):
    """How candidates are listed."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


EPILOG = """\b
Examples:
  shadowscan unknown                                    hosts that may be AI, with the evidence
  shadowscan signatures add gpt.example.com             make one a tool of your own catalogue
"""


@with_directory
def unknown(
    directory: "Directory",
    database: DatabaseOption = DEFAULT_DATABASE,
    since: SinceOption = None,
    until: UntilOption = None,
    user: Annotated[str | None, typer.Option("--user", help="Only what this person (or address) used.")] = None,
    least: Annotated[
        float, typer.Option("--min-score", min=0.1, max=1, help="Hosts of at least this score, 0.1 to 1.")
    ] = 0.5,
    output: Annotated[Form, typer.Option("--output", "-o", help="Form of the list.")] = Form.TEXT,
    to: ToOption = None,
    top: Annotated[int, typer.Option("--top", min=1, help="Hosts shown at most in text output.")] = 50,
) -> None:
    """List hosts that may be AI and that no signature knows, with what speaks for it.

    `shadowscan signatures add HOST` makes one a tool of your own catalogue; `signatures dismiss HOST` silences it.
    """
    from shadowscan.analysis.pseudonyms import matching
    from shadowscan.analysis.queries import Bounds, prepare
    from shadowscan.analysis.unknown import candidates_of
    from shadowscan.catalog import load_catalog
    from shadowscan.cli.console import emit
    from shadowscan.ingest.relabel import labelled
    from shadowscan.store.database import Database

    bounds = Bounds(moment(since), moment(until), person=user)
    catalog = load_catalog()
    with labelled(Database(database), catalog) as session:
        prepare(session, bounds, matching(session, directory))
        rows = candidates_of(session, catalog, bounds, least)
    emit(_rendered(rows, output, top, color=to is None), to)


def _rendered(rows: "Sequence[CandidateRow]", output: Form, top: int, *, color: bool) -> str:
    match output:
        case Form.JSON:
            from shadowscan.report.json import json_text

            return json_text([row.model_dump(mode="json") for row in rows])
        case Form.CSV:
            from shadowscan.model.report import CandidateRow
            from shadowscan.report.csv import rows_csv

            return rows_csv(CandidateRow, rows)
        case Form.TEXT:
            from shadowscan.cli.console import wants_color, width
            from shadowscan.report.page import Page
            from shadowscan.report.terminal import as_text
            from shadowscan.report.unknown import unknown_page

            page = Page(width(), top, ascii_only=False)
            unknown_page(page, rows)
            return as_text(page, color=color and wants_color())
