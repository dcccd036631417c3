"""`shadowscan parse`: the normalised events of any input, without a database."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable

    from shadowscan.cli.eventwriters import EventWriter
    from shadowscan.errors import Problem
    from shadowscan.formats.library import FormatLibrary
    from shadowscan.formats.spec import FormatSpec
    from shadowscan.ingest.events import EventReader
    from shadowscan.sources import Source


class Form(StrEnum):
    """How events are printed."""

    NDJSON = "ndjson"
    CSV = "csv"
    PARQUET = "parquet"


EPILOG = """\b
Examples:
  shadowscan parse proxy.log | head -1                  how a line was understood
  shadowscan parse capture.pcapng -o csv > events.csv
  shadowscan parse exports/ -o parquet --to events.parquet
"""


def parse(
    paths: Annotated[list[str], typer.Argument(help="Logs or captures; - is standard input.")],
    output: Annotated[Form, typer.Option("--output", "-o", help="Form of the events.")] = Form.NDJSON,
    to: Annotated[Path | None, typer.Option("--to", help="Write to this file; needed for parquet.")] = None,
    format_id: Annotated[
        str | None, typer.Option("--format", help="Take every log as this format (id or YAML file).")
    ] = None,
    formats_dir: Annotated[Path | None, typer.Option("--formats-dir", help="Folder of your own formats.")] = None,
    timezone: Annotated[str, typer.Option("--timezone", help="Zone of times that state none.")] = "UTC",
) -> None:
    """Print one normalised event a line: how a log was understood.

    Columns are those of docs/formats.md, with `line` (line or packet number) and `format`. Lines that give no
    event are counted on stderr with the reason.
    """
    from shadowscan.cli.eventwriters import CsvWriter, NdjsonWriter, ParquetWriter
    from shadowscan.errors import ExitCode, UsageError
    from shadowscan.ingest.events import EventReader
    from shadowscan.sources import discover

    if output is Form.PARQUET and to is None:
        raise UsageError("parquet can't go to the terminal", hint="name a file with --to")

    def library() -> "FormatLibrary":
        from shadowscan.cli.library import library_for

        return library_for(formats_dir)

    reader = EventReader(library, timezone=timezone, forced=_forced(library, format_id))
    writers: dict[Form, type[CsvWriter | NdjsonWriter | ParquetWriter]] = {
        Form.NDJSON: NdjsonWriter,
        Form.CSV: CsvWriter,
        Form.PARQUET: ParquetWriter,
    }
    with writers[output](to) as writer:
        outcomes = [_print(item, reader, writer) for item in discover(paths)]
    raise typer.Exit(ExitCode.COMPLETE if all(outcomes) else ExitCode.INCOMPLETE)


def _forced(library: "Callable[[], FormatLibrary]", format_id: str | None) -> "FormatSpec | None":
    if format_id is None:
        return None
    from shadowscan.cli.library import forced_format

    return forced_format(library(), format_id)


def _print(item: "Source | Problem", reader: "EventReader", writer: "EventWriter") -> bool:
    """Print the events of one input; False if it could not be read to its end."""
    from shadowscan.cli.console import tell
    from shadowscan.errors import Problem, SourceError

    if isinstance(item, Problem):
        tell(item)
        return False
    before = reader.outcomes.copy()
    try:
        for events in reader.read(item):
            writer.write(events)
    except SourceError as error:
        tell(error.problem)
        return False
    _remark(item.name, reader.outcomes - before)
    return True


def _remark(name: str, outcomes: "Counter[str]") -> None:
    from shadowscan.cli.console import say

    others = {word: lines for word, lines in outcomes.items() if word != "event"}
    for word, lines in sorted(others.items(), key=lambda item: -item[1]):
        say(f"{name}: {lines:,} {word}")
