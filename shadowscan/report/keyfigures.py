"""The key figures in words: people, requests, volume, outcome, and the blind spots that make each uncertain."""

from dataclasses import dataclass

from shadowscan.model.report import Report
from shadowscan.report.figures import count, plural, share, size


@dataclass(frozen=True, slots=True)
class Figure:
    """One key figure: what it is, its value, and what puts it in proportion."""

    label: str
    value: str
    remark: str = ""
    limits: tuple[int, ...] = ()
    """Numbers of the blind spots that make it uncertain."""


def key_figures(report: Report) -> tuple[Figure, ...]:
    """People, requests, volume and outcome; empty where nothing of AI was seen."""
    totals = report.totals
    if not report.tools:
        return ()
    prompts, uploads = (sum(getattr(tool, name) for tool in report.tools) for name in ("prompts", "uploads"))
    figures = [
        _people_figure(report, "Using AI", totals.people_ai),
        Figure("AI requests", count(totals.requests or None), _approved(report), limits(report, "requests")),
        Figure("Sent to AI tools", size(totals.bytes_out), _volume_remark(report), limits(report, "volume")),
    ]
    if report.basis.policy is not None:
        figures.insert(1, _people_figure(report, "Using unapproved AI", totals.people_unapproved))
    seen = (("Prompts", prompts), ("Uploads", uploads))
    spots = limits(report, "activity")
    figures += [
        Figure(name, count(number), "where the logs show the activity", spots) for name, number in seen if number
    ]
    return (*figures, *_steering(report))


def _steering(report: Report) -> list[Figure]:
    """How many keep to approved tools, where it is going, how soon it is reported."""
    totals, figures = report.totals, list[Figure]()
    if report.basis.policy is not None and totals.people_ai:
        keep = totals.people_ai - totals.people_unapproved
        remark = f"{share(keep, totals.people_ai)} of those who use AI"
        if totals.bytes_out:
            remark += f"; approved tools got {share(totals.approved_bytes_out or 0, totals.bytes_out)} of the bytes"
        figures.append(Figure("Only approved AI", f"{keep:,} of {totals.people_ai:,}", remark))
    if len(report.weeks) > 1:
        before, last = report.weeks[-2:]
        people = [week.people_unapproved if report.basis.policy else week.people for week in (before, last)]
        remark = f"people a week, {'unapproved AI' if report.basis.policy else 'any AI'}; last two weeks"
        figures.append(Figure("Trend", f"{people[0]:,} \u2192 {people[1]:,}", remark))
    if totals.days_to_report is not None:
        figures.append(Figure("Use to report", f"{totals.days_to_report:,.0f} days", "median over the tools"))
    return figures


def _people_figure(report: Report, label: str, number: int) -> Figure:
    totals = report.totals
    whole = "people" if totals.people_named else "devices"
    remark = f"{share(number, totals.people)} of all {whole} seen"
    return Figure(label, f"{number:,} of {totals.people:,}", remark, limits(report, "people"))


def _approved(report: Report) -> str:
    if report.basis.policy is None or not report.totals.requests:
        return "" if report.totals.requests else "DNS lookups only"
    return f"{share(report.totals.approved_requests, report.totals.requests)} to approved tools"


def _volume_remark(report: Report) -> str:
    if report.totals.bytes_out is None:
        return "no source shows volumes"
    missing = sum(tool.bytes_out is None for tool in report.tools)
    return f"{plural(missing, 'tool')} without a known volume" if missing else ""


def outcomes(report: Report) -> tuple[tuple[str, int], ...]:
    """What became of the AI requests; the unknown part only where there is one."""
    totals = report.totals
    parts = [("allowed", totals.allowed), ("blocked", totals.blocked)]
    return (*parts, ("not stated", totals.undecided)) if totals.undecided else tuple(parts)


def limits(report: Report, total: str) -> tuple[int, ...]:
    """Numbers of the blind spots, from 1, that make a total uncertain."""
    return tuple(number for number, gap in enumerate(report.gaps, 1) if total in gap.affects)


def limited(figure: Figure) -> str:
    """The remark of a figure, with the blind spots behind it: ``23 % to approved tools (blind spots 1, 3)``."""
    if not figure.limits:
        return figure.remark
    named = ", ".join(map(str, figure.limits))
    spots = f"blind {'spot' if len(figure.limits) == 1 else 'spots'} {named}"
    return f"{figure.remark} ({spots})" if figure.remark else f"({spots})"
