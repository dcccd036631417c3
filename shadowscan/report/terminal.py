"""The report for a terminal: one calm screen, as text."""

import io

from rich.console import Console

from shadowscan.model.report import Report
from shadowscan.report import connected, exposed, policy, sections, trust, unknown
from shadowscan.report.page import Page

_NARROWEST = 60
"""Below, lines are longer than the terminal rather than unreadable."""


_SECTIONS = (
    sections.opening,
    sections.figures,
    trust.findings,
    connected.changes,
    sections.tools,
    sections.people,
    policy.sections,
    exposed.exposed,
    connected.integrations,
    sections.blocking,
    trust.sources,
    trust.gaps,
    unknown.candidates,
    trust.closing,
)


def render_terminal(report: Report, *, width: int, color: bool, top: int = 20, ascii_only: bool = False) -> str:
    """The report in lines of at most ``width`` cells (60 where it is less), ending with a newline.

    ``top`` limits the tools shown and, by half of it, every other list (0: no limit). Without ``color``
    there is no escape sequence at all. ``ascii_only`` is for terminals and files that can't hold more.
    """
    page = Page(max(width, _NARROWEST), top, ascii_only)
    for section in _SECTIONS:
        section(page, report)
    return as_text(page, color=color)


def as_text(page: Page, *, color: bool) -> str:
    """The page's lines, ending with a newline; without ``color`` there is no escape sequence at all."""
    out = io.StringIO()
    console = _console(out, page.width, color=color)
    for line in page.lines:
        line.rstrip()
        console.print(line, soft_wrap=True)
    return out.getvalue()


def _console(out: io.StringIO, width: int, *, color: bool) -> Console:
    """A console that depends on its arguments only, not on the environment or the terminal."""
    return Console(
        file=out,
        width=width,
        height=100,
        no_color=not color,
        color_system="standard" if color else None,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )
