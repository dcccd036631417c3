"""What the estimator says: ranges, never a bare number."""

from dataclasses import dataclass
from typing import NamedTuple

from shadowscan.exposure.traffic import Grade


class Range(NamedTuple):
    """A 90 % range: 5 %, 50 % and 95 % quantile of the draws."""

    low: float
    likely: float
    high: float

    def __contains__(self, value: object) -> bool:
        return isinstance(value, (int, float)) and self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Exposure:
    """What may have gone out; None where the evidence does not support an estimate."""

    grade: Grade
    reason: str
    volume: Range | None = None
    """Bytes of new content: text typed or pasted and files, each counted once, without what the client adds."""
    pasted: Range | None = None
    """Bytes of the volume that were pasted rather than typed or uploaded (web chats)."""
    tokens: Range | None = None
    """Tokens of the text among the volume (files left out)."""
    prompts: Range | None = None
    """Requests a person or program made of a model; an agent's own calls in between are not counted."""
    files: Range | None = None
    sensitive_prompts: Range | None = None
    sensitive_files: Range | None = None
    sensitive: Range | None = None
    """Prompts and files together."""
    classes: tuple[tuple[str, Range], ...] = ()
    """Sensitive items by main data class."""
    file_types: tuple[tuple[str, int], ...] = ()
    """Endings of file names seen, and how many."""
    labelled: int = 0
    """Requests that the vendor's own label marked as sensitive."""
    without_volume: tuple[str, ...] = ()
    """Services seen by name only: the ranges above do not cover them."""
