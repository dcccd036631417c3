"""A plain table with a title, written once and shown by every renderer."""

from dataclasses import dataclass

from shadowscan.report.page import Page
from shadowscan.report.table import Column


@dataclass(frozen=True, slots=True)
class Grid:
    """One table as text, not yet escaped."""

    title: str
    note: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()
    """Positions of the columns of figures."""
    words: int | None = None
    """Position of the column whose text may be shortened first."""


def on_page(page: Page, grid: Grid) -> None:
    """Show a grid in the terminal report."""
    page.title(grid.title, grid.note)
    rows = grid.rows[: page.fewer(len(grid.rows))]
    columns = [
        Column(
            head,
            [row[number] for row in rows],
            right=number in grid.numbers,
            least=20 if number == grid.words else None,
        )
        for number, head in enumerate(grid.heads)
    ]
    page.table(columns, total=len(grid.rows))
