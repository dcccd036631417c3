"""``signatures update``: installs a catalogue from a directory or archive, checked and whole or not at all."""

import shutil
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from shadowscan.catalog.catalog import Catalog
from shadowscan.catalog.lint import Level, lint, load_subject
from shadowscan.catalog.load import read_catalog
from shadowscan.catalog.places import released, updates_directory
from shadowscan.errors import UsageError

MAX_FILES = 20_000
MAX_BYTES = 128 * 1024 * 1024
"""Unpacked: more is no catalogue."""


@dataclass(frozen=True, slots=True)
class Update:
    """What was installed."""

    directory: Path
    version: str
    released: str
    services: int


def install_update(source: Path) -> Update:
    """Check the catalogue in a directory or archive (zip, tar) and make it the one in force.

    Raises UsageError, and changes nothing, where it has no ``catalogue.yaml``, can't be read or breaks a lint rule.
    """
    target = updates_directory()
    try:
        target.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target, prefix="incoming-") as scratch:
            incoming = _collect(source, Path(scratch) / "files")
            catalog = _checked(incoming)
            return _put_in_force(incoming, catalog, target)
    except OSError as error:
        raise UsageError("can't install the update", reason=str(error), where=str(target)) from error


def _collect(source: Path, target: Path) -> Path:
    """Copy the YAML files of the source, and nothing else, to the target; return the catalogue's top in it."""
    target.mkdir()
    with _members(source) as members:
        for count, (name, content) in enumerate(members):
            if count >= MAX_FILES:
                raise UsageError("too many files for a catalogue", where=str(source))
            place = target / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
    tops = sorted(target.rglob("catalogue.yaml"), key=lambda path: len(path.parts))
    if not tops:
        raise UsageError(
            "no catalogue.yaml in it", where=str(source), hint="give a signatures directory or its archive"
        )
    return tops[0].parent


@contextmanager
def _members(source: Path) -> Iterator[Iterator[tuple[PurePosixPath, bytes]]]:
    """Open a source and yield its YAML files with their relative names; refuses names that lead outside."""
    if source.is_dir():
        yield _bounded(_of_directory(source), source)
    elif zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as archive:
            yield _bounded(_of_zip(archive), source)
    elif source.is_file() and tarfile.is_tarfile(source):
        with tarfile.open(source) as tar:
            yield _bounded(_of_tar(tar), source)
    else:
        raise UsageError("neither a directory nor a zip or tar archive", where=str(source))


def _of_directory(source: Path) -> Iterator[tuple[str, int, bytes]]:
    for path in sorted(source.rglob("*.yaml")):
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(source).as_posix(), path.stat().st_size, path.read_bytes()


def _of_zip(archive: zipfile.ZipFile) -> Iterator[tuple[str, int, bytes]]:
    for info in archive.infolist():
        if info.filename.endswith(".yaml") and info.file_size <= MAX_BYTES:
            yield info.filename, info.file_size, archive.read(info)


def _of_tar(tar: tarfile.TarFile) -> Iterator[tuple[str, int, bytes]]:
    for member in tar:
        if member.isfile() and member.name.endswith(".yaml") and member.size <= MAX_BYTES:
            stream = tar.extractfile(member)
            if stream is not None:
                yield member.name, member.size, stream.read()


def _bounded(members: Iterator[tuple[str, int, bytes]], source: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    total = 0
    for name, size, content in members:
        total += size
        place = PurePosixPath(name.replace("\\", "/"))
        if total > MAX_BYTES:
            raise UsageError("too large for a catalogue", where=str(source))
        if place.is_absolute() or ".." in place.parts or ":" in name:
            raise UsageError("a member's name leads outside the archive", reason=repr(name), where=str(source))
        yield place, content


def _checked(incoming: Path) -> Catalog:
    errors = [finding for finding in lint(load_subject([incoming])) if finding.level is Level.ERROR]
    if errors:
        first = errors[0]
        raise UsageError(
            f"the update breaks {len(errors)} lint rules",
            reason=first.message,
            where=first.where,
            hint="`shadowscan signatures lint DIR` shows all",
        )
    return read_catalog([incoming])


def _put_in_force(incoming: Path, catalog: Catalog, target: Path) -> Update:
    """Move the checked files to their place and switch the pointer, which is what makes them count."""
    place = target / f"signatures-{catalog.version}"
    if not place.is_dir():
        incoming.rename(place)
    pointer = target / "current.tmp"
    pointer.write_text(place.name + "\n", encoding="ascii")
    pointer.replace(target / "current")
    for old in target.glob("signatures-*"):
        if old != place:
            shutil.rmtree(old, ignore_errors=True)
    return Update(place, catalog.version, released(place), len(catalog.services))
