"""A database and what scans made of it, without the command line: everything that costs is loaded once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from shadowscan.analysis.build import build_report
from shadowscan.analysis.context import Context
from shadowscan.analysis.queries import NOBODY, Bounds
from shadowscan.catalog import Catalog, load_catalog
from shadowscan.errors import Problem
from shadowscan.formats.library import FormatLibrary, load_library
from shadowscan.ingest.run import Ingest, IngestOptions, SourceResult
from shadowscan.model.report import Report
from shadowscan.people import Directory
from shadowscan.policy import load_policy
from shadowscan.sources import discover
from shadowscan.store.database import Database

OPTIONS = IngestOptions()
EVERYTHING = Bounds()


@lru_cache(maxsize=1)
def library() -> FormatLibrary:
    return load_library()


@lru_cache(maxsize=1)
def catalog() -> Catalog:
    return load_catalog()


@dataclass(frozen=True)
class Figures:
    """Sums over all inputs; ``services`` are requests (or lookups) by service."""

    lines: int
    events: int
    duplicates: int
    skipped: int
    rejected: int
    services: dict[str, int]


@dataclass
class Bench:
    """Scans into one database."""

    path: Path

    @cached_property
    def database(self) -> Database:
        return Database(self.path)

    def scan(self, *paths: Path, options: IngestOptions = OPTIONS) -> Sequence[SourceResult]:
        """Read inputs as one run does; nothing may be missing."""
        found = list(discover([str(path) for path in paths]))
        with Ingest(self.database, catalog(), library(), options, command="test", version="0") as ingest:
            results = [ingest.read(source) for source in found if not isinstance(source, Problem)]
            ingest.finish()
        assert len(results) == len(found)
        return results

    def report(self, bounds: Bounds = EVERYTHING, directory: Directory = NOBODY, policy: Path | None = None) -> Report:
        with self.database.read() as session:
            return build_report(
                session, Context(catalog(), load_policy(policy), directory, "0", "test", str(self.path)), bounds
            )

    def figures(self) -> Figures:
        report = self.report()
        totals = report.totals
        counts = (totals.lines, totals.events, totals.duplicates, totals.skipped, totals.rejected)
        assert counts[0] == sum(counts[1:])
        return Figures(*counts, {tool.service: tool.requests + tool.lookups for tool in report.tools})
