"""What `watch` works with: settings, folders, formats, signatures; read at the start and again on SIGHUP."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from shadowscan import __version__
from shadowscan.analysis.build import findings_within
from shadowscan.analysis.context import Context
from shadowscan.analysis.queries import Bounds
from shadowscan.catalog import Catalog, load_catalog
from shadowscan.cli.config import settings_file
from shadowscan.cli.console import say
from shadowscan.cli.library import forced_format, library_for
from shadowscan.config import DirectorySettings, load_settings
from shadowscan.errors import UsageError
from shadowscan.ingest.batches import Keep
from shadowscan.ingest.inputs import IngestOptions
from shadowscan.ingest.relabel import labelled
from shadowscan.model.finding import Finding
from shadowscan.people import load_directory
from shadowscan.people.pseudonyms import Tokens
from shadowscan.policy import load_policy
from shadowscan.store.database import Database
from shadowscan.watch.clock import SystemClock
from shadowscan.watch.folder import Folder
from shadowscan.watch.journal import Form, Journal
from shadowscan.watch.sidework import Plan
from shadowscan.watch.watcher import Setup


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for."""

    folders: tuple[Path, ...]
    formats_dir: Path | None
    timezone: str
    keep: Keep
    policy: Path | None
    people: Path | None
    networks: Path | None
    leases: tuple[Path, ...]
    key_file: Path | None = None
    tokens: Tokens | None = None


def setup_for(wanted: Wanted, config: Path | None, database: Database, command: str) -> tuple[Setup, Plan]:
    """Read everything the watcher works with; folders of the command line come beside those of the settings.

    UsageError for wrong settings, an unknown format, or a folder that is none.
    """
    everything = load_settings(settings_file(config))
    settings, catalog = everything.watch, load_catalog()
    library = library_for(wanted.formats_dir)
    named = [DirectorySettings(path=path) for path in wanted.folders]
    directories = [*settings.directories, *named]
    if settings.listen and all(one.path != settings.listen.spool for one in directories):
        directories.append(DirectorySettings(path=settings.listen.spool, name="syslog"))
    if not directories:
        raise UsageError("nothing to watch", hint="name folders, or `watch: directories:` in the settings file")
    folders = [
        Folder(
            one.model_copy(update={"path": _folder(one.path)}),
            IngestOptions(
                timezone=one.timezone or wanted.timezone,
                forced=forced_format(library, one.format),
                keep=wanted.keep,
                chunk_bytes=settings.chunk_bytes,
                site=one.site,
            ),
        )
        for one in directories
    ]
    find = _finder(wanted, catalog, database, command)
    return Setup(settings, folders, catalog, library, wanted.tokens), Plan(everything.alerts, find, settings.listen)


def _finder(wanted: Wanted, catalog: Catalog, database: Database, command: str) -> Callable[[], tuple[Finding, ...]]:
    """Return what looks up the findings by policy and people as they are now."""
    policy = load_policy(wanted.policy, catalog.aliases)
    directory = load_directory(wanted.people, wanted.networks, wanted.leases, wanted.timezone, key_file=wanted.key_file)
    context = Context(catalog, policy, directory, __version__, command, str(database.path))

    def find() -> tuple[Finding, ...]:
        with labelled(database, catalog) as session:
            return findings_within(session, context, Bounds())

    return find


def _folder(path: Path) -> Path:
    """The folder's real place; one that isn't there now may be mounted later, but a file is a mistake."""
    if path.is_file():
        raise UsageError("is a file, not a folder", where=str(path), hint="name its folder; `include` picks files")
    return Path(os.path.abspath(path))  # noqa: PTH100 - without the dots of relative paths, links as they are


def journal_on_stderr(form: str, *, quiet: bool) -> Journal:
    """Return a journal that writes to stderr."""
    return Journal(say, SystemClock(), Form(form), quiet=quiet)
