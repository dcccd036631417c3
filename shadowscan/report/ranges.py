"""The exposure estimate in words and figures, for every output: ranges, each with the grade of its evidence."""

from collections.abc import Sequence

from shadowscan.model.report import ExposureRow, NumberRange, Report
from shadowscan.report.figures import NONE, count, size

TITLE = "What may have gone out"
REMARK = "90 % ranges, estimated"
GRADES = {
    "A": "each request seen with its bytes",
    "B": "bytes of whole connections",
    "C": "no bytes seen, so no volume",
}
HEADS = ("Grade", "Content", "Prompts", "Files", "Of these sensitive")
"""Columns beside the name."""


def estimated(rows: Sequence[ExposureRow]) -> list[ExposureRow]:
    """Rows that say anything at all."""
    return [row for row in rows if row.volume or row.prompts]


def figures(row: ExposureRow) -> tuple[str, ...]:
    """The cells below HEADS."""
    return row.grade, sizes(row.volume), numbers(row.prompts), numbers(row.files), numbers(row.sensitive)


def classes(row: ExposureRow) -> str:
    """What the sensitive items mainly hold, the likeliest first; empty: none are likely."""
    found = sorted(row.classes, key=lambda one: -one.items.likely)
    return ", ".join(f"{one.name} {numbers(one.items)}" for one in found if one.items.high)


def notes(report: Report, shown: Sequence[ExposureRow]) -> list[str]:
    """Sentences below the table."""
    if report.exposure is None:
        return []
    total = report.exposure.total
    met = {row.grade for row in shown}
    found = [f"{'; '.join(f'{grade}: {text}' for grade, text in GRADES.items() if grade in met)}."] if met else []
    if held := classes(total):
        found.append(f"Sensitive items by what they mainly hold: {held}.")
    if total.labelled:
        found.append(f"{count(total.labelled)} requests bear a data-loss label of the vendor's own; part of the above.")
    if total.not_covered:
        found.append(f"In no volume, as no bytes were seen: {', '.join(total.not_covered)}.")
    if report.exposure.priors:
        found.append(f"With your numbers from {report.exposure.priors}.")
    return found


def numbers(found: NumberRange | None) -> str:
    """``40 - 62``, with an en dash; one number where both ends are the same."""
    if found is None:
        return NONE
    low, high = rounded(found.low), rounded(found.high)
    return count(low) if low == high else f"{count(low)} \u2013 {count(high)}"


def sizes(found: NumberRange | None) -> str:
    """``1.2 - 3.4 MB``, with an en dash."""
    if found is None:
        return NONE
    low, high = short_size(found.low), short_size(found.high)
    if low == high:
        return low
    return f"{low.removesuffix(high[-3:]) if low[-3:] == high[-3:] else low} \u2013 {high}"


def short_size(value: int) -> str:
    """Like ``size``, with two significant digits."""
    number, unit = size(rounded(value)).split(" ")
    short = number.rstrip("0").rstrip(".") if "." in number else number
    return f"{short} {unit:<2}"


def rounded(value: int) -> int:
    """Two significant digits: an estimate has no more."""
    digits = len(str(abs(value))) - 2
    return round(value, -digits) if digits > 0 else value
