"""The section of the terminal report on what may have gone out."""

from collections.abc import Sequence

from shadowscan.model.report import ExposureRow, Report
from shadowscan.report.page import Page
from shadowscan.report.ranges import HEADS, REMARK, TITLE, estimated, figures, notes
from shadowscan.report.table import Column


def exposed(page: Page, report: Report) -> None:
    """Content, prompts, files and sensitive items of each tool, each department and all."""
    if report.exposure is None:
        return
    page.title(TITLE, REMARK)
    tools = estimated(report.exposure.tools)
    if not tools:
        page.paragraph(f"No estimate: {report.exposure.total.reason}.", indent=2, hang=2)
        return
    total = [report.exposure.total] if len(tools) > 1 else []
    shown = [*total, *tools[: page.fewer(len(tools))]]
    page.table(_columns("Tool", shown), total=len(tools) + len(total))
    if departments := estimated(report.exposure.departments):
        page.table(_columns("Department", departments[: page.fewer(len(departments))]), total=len(departments))
    for note in notes(report, [*shown, *departments]):
        page.paragraph(note, indent=2, hang=2, style="dim")


def _columns(name: str, rows: Sequence[ExposureRow]) -> list[Column]:
    grade, content, prompts, files, sensitive = zip(*map(figures, rows), strict=True)
    return [
        Column(name, [row.name for row in rows], least=20),
        Column(HEADS[0], grade),
        Column(HEADS[1], content, right=True),
        Column(HEADS[2], prompts, right=True),
        Column(HEADS[3], files, right=True, keep=2),
        Column(HEADS[4], sensitive, right=True, keep=1),
    ]
