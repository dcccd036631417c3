"""A terminal page under construction: titles, wrapped paragraphs and tables as lines of styled text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rich.cells import cell_len, chop_cells
from rich.text import Text

from shadowscan.report.escape import safe_text
from shadowscan.report.figures import resample
from shadowscan.report.table import Column, layout, shorten

_ASCII = str.maketrans({"\u2013": "-", "\u2026": "...", "\u00b7": "|", "\u2192": "->"})
_RAMP = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588"
_ASCII_RAMP = ":-=+*#%@"
_BREAK = re.compile(r"(?<!\d [-\u2013]) (?!%|[-\u2013] \d|[kMGT]?B\b)")
"""Where a line may end: not within ``3 %``, ``46.3 MB`` or ``0 - 11``."""
_MOST_LINES = 8
"""Of one paragraph: a name may be as long as a line of a log."""


@dataclass(slots=True)
class Page:
    """Lines of at most ``width`` cells; every text is escaped on its way in."""

    width: int
    top: int
    ascii_only: bool
    lines: list[Text] = field(default_factory=list)

    def clean(self, text: str) -> str:
        """Harmless, and in ASCII where only that can be shown."""
        safe = safe_text(text)
        return safe.translate(_ASCII).encode("ascii", "backslashreplace").decode() if self.ascii_only else safe

    @property
    def ellipsis(self) -> str:
        """Stands for what was left out."""
        return "..." if self.ascii_only else "\u2026"

    def shown(self, rows: int) -> int:
        """How many of the tools' rows are shown."""
        return rows if self.top == 0 else min(rows, self.top)

    def fewer(self, rows: int) -> int:
        """How many rows of every other list are shown: half as many."""
        return rows if self.top == 0 else min(rows, (self.top + 1) // 2)

    def title(self, text: str, remark: str = "") -> None:
        """An empty line and a section's title."""
        self.lines.append(Text())
        before = len(self.lines)
        self.paragraph(f"{text}  {remark}" if remark else text)
        first = self.lines[before]
        first.stylize("bold", 0, len(text))
        first.stylize("dim", len(text))

    def paragraph(self, text: str, *, indent: int = 0, hang: int = 0, style: str = "") -> None:
        """Wrapped text; all lines but the first are indented by ``hang`` more."""
        clean = self.clean(text)
        clean = shorten(clean, _MOST_LINES * self.width, self.ellipsis)
        rows = wrap(clean, self.width - indent - hang, self.width - indent)
        for number, row in enumerate(rows):
            self.lines.append(Text(" " * (indent + (hang if number else 0)) + row, style))

    def table(self, columns: Sequence[Column], *, total: int | None = None) -> None:
        """A table; ``total`` is the number of rows there are, if more than are shown."""
        clean = [replace(c, cells=[self.clean(cell) for cell in c.cells]) for c in columns]
        self.lines += layout(clean, self.width, self.ellipsis)
        left_out = (total or 0) - len(columns[0].cells)
        if left_out > 0:
            self.paragraph(f"and {left_out:,} more", indent=2, style="dim")

    def spark(self, values: Sequence[int], width: int, top: int = 0) -> str:
        """A line of bars, tallest for ``top`` (0: the highest value), a dot for none."""
        ramp, nothing = (_ASCII_RAMP, ".") if self.ascii_only else (_RAMP, "\u00b7")
        points = resample(values, width)
        full = top or max(points, default=0)
        return "".join(ramp[max(0, round(p / full * len(ramp)) - 1)] if p > 0 else nothing for p in points)

    def bar(self, part: int, whole: int, width: int) -> str:
        """A bar in proportion; something is never drawn as nothing."""
        length = round(width * part / whole) if whole else 0
        return ("=" if self.ascii_only else "\u2501") * max(length, 1 if part else 0)


def wrap(text: str, width: int, first: int) -> list[str]:
    """Lines of words, the first at most ``first`` cells, the others ``width``; longer words are cut."""
    rows, row, room = [], "", first
    for word in _words(text, width):
        joined = f"{row} {word}" if row else word
        if cell_len(joined) <= room:
            row = joined
            continue
        rows.append(row)
        row, room = word, width
    return [*rows, row]


def _words(text: str, width: int) -> list[str]:
    words = _BREAK.split(text)
    return [piece for word in words for piece in (chop_cells(word, width) if cell_len(word) > width else [word])]
