"""What every reader offers to the compiler."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from shadowscan.formats.spec import ReaderSpec


@dataclass(frozen=True, slots=True)
class Cutting:
    """How a record of plain cells is cut."""

    separator: str
    """One ASCII character."""
    runs: bool = False
    """Several separators in a row count as one."""
    quotes: bool = False
    """Cells may be wrapped in double quotes; separators within don't count."""
    trimmed: bool = False
    """Blanks around a cell don't belong to it."""

    @property
    def code(self) -> int:
        """The separator's byte."""
        return ord(self.separator)


class Reader(ABC):
    """Cuts one payload into raw fields.

    All methods return SQL text over the column ``_p`` (the payload) and, where ``prepare`` gives one, ``_r``
    (work shared by all fields, done once a line).
    """

    def __init__(self, spec: ReaderSpec, names: tuple[str, ...] = ()) -> None:
        self.spec = spec
        self.names = names or spec.fields

    def prepare(self, fields: Sequence[str]) -> str | None:
        """Return the expression for ``_r``, given the fields that will be asked for; None if not needed."""
        return None

    @abstractmethod
    def field(self, name: str) -> str | None:
        """Return the expression of one raw field; None if records of this layout have no such field."""

    def clean(self, value: str) -> str:
        """Return the expression that takes quotes and escapes off a field's value, given as a column."""
        return value

    def valid(self) -> str | None:
        """Return a condition that holds where the payload can be cut at all; None if always."""
        return None
