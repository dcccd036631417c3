"""The report in short as Markdown (CommonMark with GitHub's tables), for a ticket or a mail."""

import re
from collections.abc import Sequence

from shadowscan.model.report import ExposureRow, Report, ToolRow
from shadowscan.report import ranges
from shadowscan.report.escape import safe_text
from shadowscan.report.figures import count, days, size
from shadowscan.report.grid import Grid
from shadowscan.report.inputs import problems, reconciliation, worst_first
from shadowscan.report.keyfigures import Figure, key_figures, limited, outcomes
from shadowscan.report.policy import grids
from shadowscan.report.wording import (
    LOOKUPS_NOTE,
    NO_CHANGE,
    SEVERITY,
    basis,
    blind_spot,
    by_risk,
    compared,
    headline,
    made_by,
    newly_recognised,
    notices,
    only_lookups,
    open_findings,
    owner,
    people_changes,
    verdict,
)

_TOP = 20
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_SPECIAL = re.compile(r"[\\`*_\[\]|~#!&<>]|:(?=//)|(?<=www)\.|@|^\s*(?:[-+=]|\d+[.)](?=\s|$))", re.IGNORECASE)
"""What could begin a mark-up, a link, a mention or, at the start, a list or heading."""


def md(value: object) -> str:
    """Text that Markdown shows as it is: control characters, mark-up, HTML and links have no effect."""
    return _SPECIAL.sub(_escaped, safe_text(value))


def _escaped(match: re.Match[str]) -> str:
    text = match.group()
    return _ENTITIES.get(text) or f"{text[:-1]}\\{text[-1]}"


def render_markdown(report: Report) -> str:
    """Headline, key figures, findings, tools, sources and gaps; long lists end after 20 rows."""
    parts = [
        f"# {md(headline(report))}",
        " \u00b7 ".join(md(part) for part in basis(report)),
        *(md(notice) for notice in notices(report)),
        _list([_figure(figure) for figure in key_figures(report)]),
        *_section("What to do next", _findings(report)),
        *_section("What changed", _changes(report)),
        *_section("Tools by risk", _tools(report)),
        *_section(f"{ranges.TITLE} ({ranges.REMARK})", _exposure(report)),
        *(part for grid in grids(report) for part in _section(grid.title, _grid(grid))),
        *_section("What is connected", _integrations(report)),
        *_section("Blocked versus allowed", _outcomes(report)),
        *_section("Sources", _sources(report)),
        *_section("Blind spots", _gaps(report)),
        *_section("Made by", _list([f"{row.label}: {md(row.value)}" for row in made_by(report)])),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _section(title: str, body: str) -> tuple[str, ...]:
    return (f"## {title}", body) if body else ()


def _list(items: Sequence[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _more(rows: Sequence[object]) -> list[str]:
    return [f"and {len(rows) - _TOP:,} more"] if len(rows) > _TOP else []


def _figure(figure: Figure) -> str:
    remark = f" ({md(limited(figure))})" if limited(figure) else ""
    return f"{figure.label}: **{md(figure.value)}**{remark}"


def _findings(report: Report) -> str:
    ranked = open_findings(report)
    items = [
        f"**{SEVERITY[f.severity]}** {md(f.title)}. Next: {md(f.next_step)} ({md(f.id)}: {md(f.evidence)})"
        for f in ranked[:_TOP]
    ]
    return _list([*items, *_more(ranked)])


def _tools(report: Report) -> str:
    ranked = by_risk(report)
    if not ranked:
        return ""
    lines = [
        "| Risk | Tool | Verdict | People | Requests | Sent | Seen |",
        "|---|---|---|--:|--:|--:|---|",
        *map(_tool, ranked[:_TOP]),
    ]
    notes = [*_more(ranked), *map(md, newly_recognised(report)[:_TOP])]
    notes += [LOOKUPS_NOTE] if any(map(only_lookups, ranked[:_TOP])) else []
    return "\n".join(lines) + "".join(f"\n\n{note}" for note in notes)


def _tool(tool: ToolRow) -> str:
    requests = f"{count(tool.lookups)} DNS" if only_lookups(tool) else count(tool.requests)
    seen = days(tool.first, tool.last, year=True)
    cells = (SEVERITY[tool.severity], md(tool.name), verdict(tool), count(tool.people), requests)
    return f"| {' | '.join(cells)} | {size(tool.bytes_out)} | {seen} |"


def _exposure(report: Report) -> str:
    if report.exposure is None:
        return ""
    tools = ranges.estimated(report.exposure.tools)
    if not tools:
        return f"No estimate: {md(report.exposure.total.reason)}."
    departments = ranges.estimated(report.exposure.departments)
    shown = [report.exposure.total, *tools]
    tables = [
        "\n".join([f"| {name} | {' | '.join(ranges.HEADS)} |", "|---|---|--:|--:|--:|--:|", *map(_ranges, rows[:_TOP])])
        for name, rows in (("Tool", shown), ("Department", departments))
        if rows
    ]
    return "\n\n".join([*tables, *(md(note) for note in ranges.notes(report, [*shown, *departments]))])


def _ranges(row: ExposureRow) -> str:
    return f"| {' | '.join(md(cell) for cell in (row.name, *ranges.figures(row)))} |"


def _grid(grid: Grid) -> str:
    marks = ["--:" if number in grid.numbers else "---" for number in range(len(grid.heads))]
    rows = [" | ".join(md(cell) for cell in row) for row in grid.rows[:_TOP]]
    table = "\n".join(f"| {row} |" for row in (" | ".join(grid.heads), " | ".join(marks), *rows))
    return "\n\n".join([*([md(grid.note)] if grid.note else []), table, *_more(grid.rows)])


def _outcomes(report: Report) -> str:
    parts = outcomes(report)
    return ", ".join(f"{number:,} {name}" for name, number in parts) if any(number for _, number in parts) else ""


def _gaps(report: Report) -> str:
    return _numbered(
        [f"{md(blind_spot(gap))}: {md(gap.means)}{f' ({md(gap.advice)})' if gap.advice else ''}" for gap in report.gaps]
    )


def _integrations(report: Report) -> str:
    rows = report.integrations[:_TOP]
    items = [
        f"{md(row.who)} ({md(row.kind)}) calls {md(row.name)}: {row.verdict.value}, {count(row.requests)} requests on"
        f" {count(row.days)} days, owner {md(owner(row))}"
        for row in rows
    ]
    return _list([*items, *_more(report.integrations)])


def _changes(report: Report) -> str:
    found = report.changes
    if found is None:
        return ""
    tools = [
        f"{md(row.name)}: {md(row.what)}, {count(row.before)} requests before, {count(row.now)} now"
        for row in found.tools
    ]
    lines = [md(line) for line in people_changes(report)]
    return _list([f"{compared(found.earlier, found.recent)}", *lines, *(tools[:_TOP] or [NO_CHANGE]), *_more(tools)])


def _numbered(items: Sequence[str]) -> str:
    return "\n".join(f"{number}. {item}" for number, item in enumerate(items, 1))


def _sources(report: Report) -> str:
    troubled = [source for source in worst_first(report) if problems(source)]
    notes = [f"{md(source.name)}: {md('; '.join(problems(source)))}" for source in troubled[:_TOP]]
    return _list([*reconciliation(report), *notes, *_more(troubled)])
