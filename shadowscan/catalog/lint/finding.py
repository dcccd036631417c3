"""What a check says."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is: errors make the command fail."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """Sort key, the worst first."""
        return list(Level).index(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """One complaint about one signature."""

    check: str
    level: Level
    where: str
    """File, relative to the linted directory."""
    message: str
    advice: str
