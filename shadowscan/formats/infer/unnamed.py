"""Unnamed columns of one layout, and the search for those that have no role yet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from shadowscan.formats.infer.fields import Field
from shadowscan.formats.infer.values import share

MOST = 0.7
"""Share of a column's values that must look like its role."""


@dataclass
class Table:
    """The columns of one layout, and those that have a role already."""

    columns: Sequence[Field]
    taken: set[str] = field(default_factory=set)

    def find(self, check: Callable[[str], bool], start: int = 0, least: float = MOST) -> int | None:
        """Return the first free column, from ``start`` on, whose values mostly pass the check."""
        return next(
            (
                number
                for number, column in enumerate(self.columns)
                if number >= start
                and column.name not in self.taken
                and column.present
                and share(column.present, check) >= least
            ),
            None,
        )

    def take(self, number: int) -> Field:
        """Give a column its role, so that no other gets it."""
        column = self.columns[number]
        self.taken.add(column.name)
        return column
