"""One error shape for every part of shadowscan, and the table of exit codes."""

from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """What the process says to its caller; documented in README.md."""

    COMPLETE = 0
    """Everything was read; no finding reached ``--fail-on``."""
    FINDINGS = 1
    """Complete, and at least one finding is at or above ``--fail-on``."""
    USAGE = 2
    """The command line, a settings, policy, signature or format file is wrong."""
    INCOMPLETE = 3
    """Something could not be read, or too many lines were rejected, or a watcher is not well; what was read counts."""
    DATABASE = 4
    """The database is unusable or held by another process."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that went wrong and did not stop the run: reported, counted, never raised."""

    message: str
    """What happened, in one clause, without a full stop."""
    reason: str = ""
    """Why, as far as known."""
    where: str = ""
    """``file``, ``file:line`` or ``archive!member``."""
    hint: str = ""
    """What the user can do next."""

    def __str__(self) -> str:
        """One line: where: message: reason (hint)."""
        text = ": ".join(part for part in (self.where, self.message, self.reason) if part)
        return f"{text} ({self.hint})" if self.hint else text


class ShadowscanError(Exception):
    """An error that ends the command: carries a Problem and the exit code it leads to."""

    exit_code: ExitCode = ExitCode.USAGE

    def __init__(self, message: str, *, reason: str = "", where: str = "", hint: str = "") -> None:
        self.problem = Problem(message, reason, where, hint)
        super().__init__(str(self.problem))


class UsageError(ShadowscanError):
    """A wrong argument, policy, signature or format file."""


class SourceError(ShadowscanError):
    """An input that can't be read (any further); what was read before stays valid."""

    exit_code = ExitCode.INCOMPLETE


class SourceGoneError(SourceError):
    """The input was removed, or replaced by something shorter, while it was read: nothing to remember it by."""


class DatabaseError(ShadowscanError):
    """The database can't be opened, is of another version, or is held by another process."""

    exit_code = ExitCode.DATABASE


class DatabaseHeldError(DatabaseError):
    """Another process has the database open; later it will be free."""


class DatabaseFullError(DatabaseError):
    """No room is left for the database; what was committed is kept."""
