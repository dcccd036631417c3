"""Reading inputs for `scan`: discovery, progress, remarks, and whether it was complete."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shadowscan import __version__
from shadowscan.catalog import Catalog
from shadowscan.cli.console import say, tell
from shadowscan.cli.library import forced_format, library_for
from shadowscan.cli.progress import Meter
from shadowscan.errors import ExitCode, Problem
from shadowscan.ingest.batches import Keep
from shadowscan.ingest.inputs import IngestOptions, Input, SourceResult, Status
from shadowscan.ingest.run import Ingest
from shadowscan.people.pseudonyms import Tokens
from shadowscan.sources import Source, discover
from shadowscan.store.database import Database


@dataclass(frozen=True, slots=True)
class Reading:
    """How inputs are to be read and how much is said meanwhile."""

    format_id: str | None
    formats_dir: Path | None
    timezone: str
    keep_all: bool
    keep_query: bool
    quiet: bool
    progress: bool
    command: str
    tokens: Tokens | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """What the inputs gave."""

    sources: tuple[SourceResult, ...]
    problems: tuple[Problem, ...]


def read_all(paths: Sequence[str], store: Database, catalog: Catalog, reading: Reading) -> Results:
    """Read every input; problems are told as they come and never stop the rest."""
    library = library_for(reading.formats_dir)
    options = IngestOptions(
        timezone=reading.timezone,
        forced=forced_format(library, reading.format_id),
        keep=Keep(reading.keep_all, reading.keep_query),
    )
    found = list(discover(paths))
    problems = [item for item in found if isinstance(item, Problem)]
    for problem in problems:
        tell(problem)
    sources = [item for item in found if isinstance(item, Source)]
    with (
        Meter(sources, shown=reading.progress) as meter,
        Ingest(
            store, catalog, library, options, command=reading.command, version=__version__, tokens=reading.tokens
        ) as ingest,
    ):
        results = tuple(_told(result, reading) for result in ingest.read(map(Input, sources), meter.tick))
        ingest.finish()
    return Results(results, tuple(problems))


def verdict_of(results: Results, max_rejected: float) -> ExitCode:
    """COMPLETE, or INCOMPLETE if something could not be read or too many lines were rejected."""
    if results.problems or any(source.problems for source in results.sources):
        return ExitCode.INCOMPLETE
    lines = sum(source.lines for source in results.sources)
    rejected = sum(source.rejected for source in results.sources)
    return ExitCode.INCOMPLETE if lines and 100 * rejected / lines > max_rejected else ExitCode.COMPLETE


def _told(result: SourceResult, reading: Reading) -> SourceResult:
    for problem in result.problems:
        tell(problem)
    if not reading.quiet and result.status is Status.EMPTY:
        say(f"shadowscan: {result.name}: empty")
    return result
