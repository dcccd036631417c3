"""From command-line arguments to sources: files, globs, folders, archives, standard input."""

import glob
import os
import stat
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from shadowscan.errors import Problem, SourceError
from shadowscan.sources.archives import Archive, is_hidden
from shadowscan.sources.limits import Limits
from shadowscan.sources.replay import Replay
from shadowscan.sources.shelf import TarShelf
from shadowscan.sources.sniff import Content, recognise
from shadowscan.sources.source import OpenFile, Source, label
from shadowscan.sources.stdin import STDIN, OpenStdin, Spool, StreamPipe
from shadowscan.sources.tars import tar_members
from shadowscan.sources.zips import zip_members


def discover(
    arguments: Sequence[str], *, limits: Limits | None = None, stdin: BinaryIO | None = None
) -> Iterator[Source | Problem]:
    """Yield every source the arguments name, in order, and a Problem for each thing that can't be one.

    Arguments are files, quoted globs (``**`` too), folders (recursive, sorted, without hidden files; links are
    followed, each folder entered once) and ``-`` for standard input. A file reached twice is yielded once.
    Archives yield one source per regular member. The first bytes decide what a file is, never its name.
    """
    finder = _Finder(limits or Limits(), stdin)
    for argument in arguments:
        yield from finder.find(argument)


class _Finder:
    """What one run of ``discover`` remembers: what was seen, and the shared pass through compressed tars."""

    def __init__(self, limits: Limits, stdin: BinaryIO | None) -> None:
        self._limits = limits
        self._stdin = stdin
        self._seen: set[tuple[int, int]] = set()
        self._shelf = TarShelf()
        self._stdin_taken = False

    def find(self, argument: str) -> Iterator[Source | Problem]:
        if argument == STDIN:
            yield from self._standard_input()
            return
        paths = _expand(argument)
        if not paths:
            yield Problem("no file matches", where=label(argument), hint="check the pattern and the folder")
        for path in paths:
            yield from self._path(path)

    def _path(self, path: str) -> Iterator[Source | Problem]:
        try:
            status = Path(path).stat()
        except (OSError, ValueError) as error:
            yield _unreadable(path, error)
            return
        if stat.S_ISDIR(status.st_mode):
            yield from self._folder(path)
        elif stat.S_ISREG(status.st_mode):
            yield from self._file(path, status)
        else:
            hint = "pipe it into standard input: shadowscan scan - < FILE"
            yield Problem("not a regular file", "pipe, socket or device", label(path), hint)

    def _folder(self, path: str) -> Iterator[Source | Problem]:
        found = False
        for item in self._walk(path):
            found = True
            if isinstance(item, Problem):
                yield item
            else:
                yield from self._path(item)
        if not found:
            yield Problem("the folder holds no files", where=label(path), hint="hidden files are not read")

    def _walk(self, top: str) -> Iterator[str | Problem]:
        """Yield the files below a folder, in the order of their names; each folder is entered once."""
        entered: set[tuple[int, int]] = set()
        pending = [top]
        while pending:
            folder = pending.pop()
            try:
                status = Path(folder).stat()
                if (status.st_dev, status.st_ino) in entered:
                    continue
                entered.add((status.st_dev, status.st_ino))
                entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
            except OSError as error:
                yield _unreadable(folder, error)
                continue
            visible = [entry for entry in entries if not is_hidden(entry.name)]
            yield from (entry.path for entry in visible if not _is_folder(entry))
            pending.extend(entry.path for entry in reversed(visible) if _is_folder(entry))

    def _file(self, path: str, status: os.stat_result) -> Iterator[Source | Problem]:
        key = (status.st_dev, status.st_ino)
        if key in self._seen:
            return
        self._seen.add(key)
        modified = datetime.fromtimestamp(status.st_mtime, UTC)
        plain = Source(label(path), None, status.st_size, modified, "none", OpenFile(path, label(path)), self._limits)
        try:
            with plain.open() as stream:
                content = recognise(stream.read)
        except SourceError as error:
            yield error.problem
            return
        yield from self._sources(plain, content, path)

    def _sources(self, plain: Source, content: Content, path: str) -> Iterator[Source | Problem]:
        archive = Archive(path, plain.path, plain.modified, self._limits)
        if content.container == "zip":
            yield from archive.or_empty(zip_members(archive, plain.opener))
        elif content.container == "tar":
            members = tar_members(archive, content.compression, plain.opener, self._shelf)
            yield from archive.or_empty(members)
        elif content.container:
            hint = "extract it, then scan the result"
            yield archive.problem("this kind of archive can't be read", content.container, hint)
        else:
            # A copy of a compressed log is younger than the log: years that its lines leave out follow the log.
            times = [time for time in (content.written, plain.modified) if time]
            yield replace(plain, compression=content.compression, modified=min(times, default=None))

    def _standard_input(self) -> Iterator[Source | Problem]:
        if self._stdin_taken:
            return
        self._stdin_taken = True
        replay = Replay(StreamPipe(self._stdin or sys.stdin.buffer), STDIN)
        plain = Source(STDIN, None, None, None, "none", OpenStdin(replay), self._limits)
        try:
            with plain.open() as stream:
                content = recognise(stream.read)
            spool = Spool(plain.opener()) if content.container else None
        except SourceError as error:
            yield error.problem
        except OSError as error:
            yield _unreadable(STDIN, error)
        else:
            plain = plain if spool is None else replace(plain, opener=spool)
            yield from self._sources(plain, content, spool.path if spool else STDIN)


def _expand(argument: str) -> list[str]:
    """Return the paths a pattern matches; a path that exists is itself, whatever characters it has."""
    if not glob.has_magic(argument) or os.path.lexists(argument):
        return [argument]
    return sorted(glob.glob(argument, recursive=True))  # noqa: PTH207 - Path.glob takes no absolute pattern


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _unreadable(path: str, error: Exception) -> Problem:
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    missing = isinstance(error, FileNotFoundError)
    hint = "check the spelling" if missing else "check the permissions"
    return Problem("can't be read", reason, label(path), hint)
