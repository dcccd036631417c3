"""What zip and tar have in common: an archive on disk, and how one of its members becomes a source."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from shadowscan.errors import Problem
from shadowscan.sources.limits import Limits
from shadowscan.sources.sniff import recognise
from shadowscan.sources.source import Source


@dataclass(frozen=True, slots=True)
class Archive:
    """A zip or tar file on disk: where it lies, what it is called, when it was changed."""

    path: str
    label: str
    modified: datetime | None
    limits: Limits

    def problem(self, message: str, reason: str = "", hint: str = "", member: str | None = None) -> Problem:
        """Describe something wrong with the archive or one member."""
        return Problem(message, reason, self.label if member is None else f"{self.label}!{member}", hint)

    def or_empty(self, items: Iterator[Source | Problem]) -> Iterator[Source | Problem]:
        """Pass the members on; an archive without any is a Problem."""
        empty = True
        for item in items:
            empty = False
            yield item
        if empty:
            yield self.problem("the archive holds no files", hint="hidden files are not read")

    def too_many(self) -> Problem:
        """Say that the rest of the members is left out."""
        reason = f"more than {self.limits.max_members}; the rest is not read"
        return self.problem("the archive has too many members", reason, "split it, or raise the limit max_members")


def judged(plain: Source, read: Callable[[int], bytes]) -> Source | Problem:
    """Return a member as the source its first bytes make it, or the Problem that stands against it."""
    content = recognise(read)
    if content.container:
        hint = "extract it, then scan the result"
        return Problem("an archive inside an archive is not opened", content.container, plain.name, hint)
    return replace(plain, compression=content.compression)


def is_hidden(name: str) -> bool:
    """Tell whether file managers hide or add such a name: ``.DS_Store``, ``.git/config``, ``__MACOSX/a``."""
    parts = name.replace("\\", "/").split("/")
    return any((part.startswith(".") and part not in {".", ".."}) or part == "__MACOSX" for part in parts)
