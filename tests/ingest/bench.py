"""A database and what scans made of it, without the command line: everything that costs is loaded once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from shadowscan.analysis.build import build_report
from shadowscan.analysis.context import Context
from shadowscan.analysis.queries import NOBODY, Bounds
from shadowscan.catalog import Catalog, load_catalog
from shadowscan.errors import Problem
from shadowscan.formats.library import FormatLibrary, load_library
from shadowscan.ingest.inputs import IngestOptions, Input, SourceResult
from shadowscan.ingest.run import Ingest
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
def squid_only() -> FormatLibrary:
    """One format: recognising a file takes a hundredth of the time."""
    return FormatLibrary([library().get("squid")])


@lru_cache(maxsize=1)
def catalog() -> Catalog:
    return load_catalog()


@dataclass(frozen=True)
class Figures:
    """Sums over the ledger; ``services`` are the requests (or lookups) that reports read."""

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
    formats: FormatLibrary = field(default_factory=library)

    @cached_property
    def database(self) -> Database:
        return Database(self.path)

    def scan(self, *paths: Path, options: IngestOptions = OPTIONS, apart: bool = False) -> Sequence[SourceResult]:
        """Read inputs as one run does, or one by one; nothing may be missing."""
        found = list(discover([str(path) for path in paths]))
        with Ingest(self.database, catalog(), self.formats, options, command="test", version="0") as ingest:
            inputs = [Input(source) for source in found if not isinstance(source, Problem)]
            stretches = [[one] for one in inputs] if apart else [inputs]
            results = [result for stretch in stretches for result in ingest.read(stretch)]
            ingest.finish()
        assert len(results) == len(found)
        return results

    def report(self, bounds: Bounds = EVERYTHING, directory: Directory = NOBODY, policy: Path | None = None) -> Report:
        with self.database.read() as session:
            return build_report(
                session, Context(catalog(), load_policy(policy), directory, "0", "test", str(self.path)), bounds
            )

    def figures(self) -> Figures:
        """What the database holds, without the price of a report."""
        with self.database.read() as session:
            [counts] = session.rows(
                """SELECT coalesce(sum(lines), 0)::BIGINT, coalesce(sum(events), 0)::BIGINT,
                coalesce(sum(duplicates), 0)::BIGINT, coalesce(sum(skipped), 0)::BIGINT,
                coalesce(sum(rejected), 0)::BIGINT FROM ledger"""
            )
            services = session.rows("SELECT service, sum(requests)::BIGINT FROM ai_usage GROUP BY ALL ORDER BY ALL")
        lines, events, duplicates, skipped, rejected = counts
        assert lines == events + duplicates + skipped + rejected
        return Figures(lines, events, duplicates, skipped, rejected, dict(services))
