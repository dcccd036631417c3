"""What `watch` works with: settings, folders, formats, signatures; read at the start and again on SIGHUP."""

from dataclasses import dataclass
from pathlib import Path

from shadowscan.catalog import load_catalog
from shadowscan.cli.console import say
from shadowscan.cli.library import forced_format, library_for
from shadowscan.config import DirectorySettings, load_settings
from shadowscan.errors import UsageError
from shadowscan.ingest.batches import Keep
from shadowscan.ingest.run import IngestOptions
from shadowscan.watch.clock import SystemClock
from shadowscan.watch.folder import Folder
from shadowscan.watch.journal import Form, Journal
from shadowscan.watch.watcher import Setup


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for."""

    folders: tuple[Path, ...]
    formats_dir: Path | None
    timezone: str
    keep: Keep


def setup_for(wanted: Wanted, config: Path | None) -> Setup:
    """Read everything the watcher works with; folders of the command line come beside those of the settings.

    UsageError for wrong settings, an unknown format, or a folder that is none.
    """
    settings = load_settings(config).watch
    library = library_for(wanted.formats_dir)
    named = [DirectorySettings(path=path) for path in wanted.folders]
    if not (directories := [*settings.directories, *named]):
        raise UsageError("nothing to watch", hint="name folders, or `watch: directories:` in the settings file")
    folders = [
        Folder(
            one.model_copy(update={"path": _folder(one.path)}),
            IngestOptions(
                timezone=one.timezone or wanted.timezone,
                forced=forced_format(library, one.format),
                keep=wanted.keep,
                chunk_bytes=settings.chunk_bytes,
            ),
        )
        for one in directories
    ]
    return Setup(settings, folders, load_catalog(), library)


def _folder(path: Path) -> Path:
    """The folder's real place; one that isn't there now may be mounted later, but a file is a mistake."""
    if path.is_file():
        raise UsageError("is a file, not a folder", where=str(path), hint="name its folder; `include` picks files")
    return path.absolute()


def journal_on_stderr(form: str, *, quiet: bool) -> Journal:
    """Return a journal that writes to stderr."""
    return Journal(say, SystemClock(), Form(form), quiet=quiet)
