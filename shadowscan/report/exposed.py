"""The section of the terminal report on what may have gone out: ranges, each with the grade of its evidence."""

from shadowscan.model.report import ExposureRow, NumberRange, Report
from shadowscan.report.figures import NONE, count, size
from shadowscan.report.page import Page
from shadowscan.report.table import Column

GRADES = {
    "A": "each request seen with its bytes",
    "B": "bytes of whole connections",
    "C": "no bytes seen, so no volume",
}


def exposed(page: Page, report: Report) -> None:
    """Content, prompts, files and sensitive items of each tool and of all."""
    if report.exposure is None:
        return
    page.title("What may have gone out", "90 % ranges, estimated")
    tools = [row for row in report.exposure.tools if row.volume or row.prompts]
    if not tools:
        page.paragraph(f"No estimate: {report.exposure.total.reason}.", indent=2, hang=2)
        return
    shown = tools[: page.fewer(len(tools))]
    total = [report.exposure.total] if len(tools) > 1 else []
    page.table(_columns([*total, *shown]), total=len(tools) + len(total))
    met = {row.grade for row in (*total, *shown)}
    meaning = "; ".join(f"{grade}: {text}" for grade, text in GRADES.items() if grade in met)
    page.paragraph(f"{meaning}.", indent=2, style="dim")
    if report.exposure.total.not_covered:
        names = ", ".join(report.exposure.total.not_covered)
        page.paragraph(f"In no volume, as no bytes were seen: {names}.", indent=2, hang=2, style="dim")


def _columns(rows: list[ExposureRow]) -> list[Column]:
    return [
        Column("Tool", [row.name for row in rows], least=20),
        Column("Grade", [row.grade for row in rows]),
        Column("Content", [sizes(row.volume) for row in rows], right=True),
        Column("Prompts", [numbers(row.prompts) for row in rows], right=True),
        Column("Files", [numbers(row.files) for row in rows], right=True, keep=2),
        Column("Of these sensitive", [numbers(row.sensitive) for row in rows], right=True, keep=1),
    ]


def numbers(found: NumberRange | None) -> str:
    """``40 to 62``; one number where both ends are the same."""
    if found is None:
        return NONE
    low, high = rounded(found.low), rounded(found.high)
    return count(low) if low == high else f"{count(low)} \u2013 {count(high)}"


def sizes(found: NumberRange | None) -> str:
    """``1.2 - 3.4 MB``, with an en dash."""
    if found is None:
        return NONE
    low, high = _size(found.low), _size(found.high)
    if low == high:
        return low
    return f"{low.removesuffix(high[-3:]) if low[-3:] == high[-3:] else low} \u2013 {high}"


def _size(value: int) -> str:
    """Like ``size``, with two significant digits."""
    number, unit = size(rounded(value)).split(" ")
    short = number.rstrip("0").rstrip(".") if "." in number else number
    return f"{short} {unit:<2}"


def rounded(value: int) -> int:
    """Two significant digits: an estimate has no more."""
    digits = len(str(abs(value))) - 2
    return round(value, -digits) if digits > 0 else value
