"""Tables of aligned text for a terminal of any width: columns are dropped or shortened, never wrapped."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

_INDENT = 2
_GAP = 2


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title and cells (the page escapes them), and what may be done to make it fit."""

    title: str
    cells: Sequence[str]
    right: bool = False
    keep: int = 0
    """0: always shown; otherwise the column with the highest number goes first."""
    least: int | None = None
    """The cells it may be shortened to; None: never shortened while another can be."""
    middle: bool = False
    """Shorten in the middle, as fits paths, instead of at the end."""
    styles: Sequence[str] = ()
    """Style of each cell; none: plain."""

    @property
    def natural(self) -> int:
        """Cells needed to show everything."""
        return max(cell_len(text) for text in (self.title, *self.cells))

    @property
    def floor(self) -> int:
        """Cells below which the column isn't worth showing."""
        return self.natural if self.least is None else min(self.natural, self.least)


def layout(columns: Sequence[Column], width: int, ellipsis: str) -> list[Text]:
    """Header and rows, none wider than ``width`` cells."""
    chosen = _fitting(columns, width)
    widths = _widths(chosen, width - _overhead(len(chosen)))
    header = Text(style="dim").append(
        _joined([_fit(c, c.title, w, ellipsis) for c, w in zip(chosen, widths, strict=True)])
    )
    return [header, *(_row(chosen, widths, number, ellipsis) for number in range(len(chosen[0].cells)))]


def _overhead(number: int) -> int:
    return _INDENT + _GAP * (number - 1)


def _fitting(columns: Sequence[Column], width: int) -> list[Column]:
    chosen = list(columns)
    while sum(c.floor for c in chosen) + _overhead(len(chosen)) > width:
        least_needed = max(chosen, key=lambda c: c.keep)
        if not least_needed.keep:
            break
        chosen.remove(least_needed)
    return chosen


def _widths(columns: Sequence[Column], room: int) -> list[int]:
    """Floors, enlarged while there is room, the column that lacks most first; cut where even those don't fit."""
    widths = [column.floor for column in columns]
    while sum(widths) > room:
        widest = widths.index(max(widths))
        widths[widest] -= 1
    while sum(widths) < room:
        lacking = [column.natural - width for column, width in zip(columns, widths, strict=True)]
        most = max(lacking)
        if most <= 0:
            break
        widths[lacking.index(most)] += 1
    return widths


def _row(columns: Sequence[Column], widths: Sequence[int], number: int, ellipsis: str) -> Text:
    line = Text(" " * _INDENT)
    for position, (column, width) in enumerate(zip(columns, widths, strict=True)):
        style = column.styles[number] if column.styles else ""
        line.append(" " * _GAP if position else "").append(_fit(column, column.cells[number], width, ellipsis), style)
    line.rstrip()
    return line


def _joined(cells: Sequence[str]) -> str:
    return (" " * _INDENT + (" " * _GAP).join(cells)).rstrip()


def _fit(column: Column, text: str, width: int, ellipsis: str) -> str:
    short = shorten(text, width, ellipsis, middle=column.middle)
    padding = " " * (width - cell_len(short))
    return padding + short if column.right else short + padding


def shorten(text: str, width: int, ellipsis: str, *, middle: bool = False) -> str:
    """The text in at most ``width`` cells, with an ellipsis where something was left out."""
    if cell_len(text) <= width:
        return text
    room = width - cell_len(ellipsis)
    if room <= 0:
        return _start(text, max(width, 0))
    if not middle:
        return _start(text, room).rstrip() + ellipsis
    tail = _start(text[::-1], (room + 1) // 2)[::-1]
    return _start(text, room - cell_len(tail)) + ellipsis + tail


def _start(text: str, cells: int) -> str:
    """The longest start that takes at most ``cells`` cells."""
    taken, used = 0, 0
    for character in text:
        used += cell_len(character)
        if used > cells:
            break
        taken += 1
    return text[:taken]
