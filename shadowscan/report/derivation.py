"""The derivation of a finding for a terminal: one screen, a step a heading, lines first and severity last."""

from collections.abc import Callable, Iterator, Sequence

from shadowscan.model.derivation import ContentStep, Derivation, Factor, InputLines, Ruling, VisitSums
from shadowscan.model.finding import Finding
from shadowscan.model.report import ExposureRow, NumberRange, SightingRow
from shadowscan.report.figures import NONE, count, plural, size
from shadowscan.report.page import Page
from shadowscan.report.ranges import GRADES, rounded, short_size
from shadowscan.report.wording import SEVERITY

# Of each kind so many are shown: one screen; all of it is in JSON.
_INPUTS = 4
_VIEWS = 4
_STEPS = 2
_FACTORS = 6
_RULINGS = 3


def derived(page: Page, derivation: Derivation) -> None:
    """Show the steps; those that a finding does not rest on are left out."""
    finding = derivation.finding
    page.paragraph(finding.title, style="bold")
    page.paragraph(f"{finding.kind}  {finding.id}", indent=2, style="dim")
    if derivation.visits:
        _step(page, "Lines", _lines(derivation.inputs))
        _step(page, "Visits", [*_views(derivation.views), _visits(derivation.visits)])
        _step(page, "Content", _content(derivation.content))
        _step(page, "Ranges", [_scope(finding), *_ranges(derivation.exposure)])
        _step(page, "Policy", _rulings(derivation.rulings))
    _step(page, "Rests on", finding.basis)
    _step(page, "Severity", [f"{SEVERITY[finding.severity]}: {finding.why}"])
    _step(page, "Deeper", [f"{finding.evidence}", f"shadowscan findings show {finding.id}"])


def _step(page: Page, label: str, rows: Sequence[str]) -> None:
    for number, row in enumerate(rows):
        if number:
            page.paragraph(row, indent=12, hang=2)
        else:
            page.paragraph(f"{label:<8}  {row}", indent=2, hang=12)


def _lines(inputs: Sequence[InputLines]) -> list[str]:
    rows = [f"{one.file}{_span(one)}: {plural(one.events, 'event')} ({one.log})" for one in inputs[:_INPUTS]]
    rest = inputs[_INPUTS:]
    if rest:
        rows.append(f"and {plural(len(rest), 'more input')}: {plural(sum(one.events for one in rest), 'event')}")
    return rows


def _span(one: InputLines) -> str:
    if one.first_line is None or one.last_line is None:
        return ""
    return f":{one.first_line}" if one.first_line == one.last_line else f":{one.first_line}\u2013{one.last_line}"


def _views(views: Sequence[SightingRow]) -> list[str]:
    return [
        *map(_view, views[:_VIEWS]),
        *([f"and {plural(len(views) - _VIEWS, 'more view')}"] if views[_VIEWS:] else []),
    ]


def _view(view: SightingRow) -> str:
    sent = (
        "no bytes" if view.bytes_out is None else f"{size(view.bytes_out)}, {size(view.bytes_leads or 0)} of it counted"
    )
    leads = f"leads for {count(view.leads)}" if view.leads else "leads for none"
    return f"{view.log} saw {plural(view.records, view.view)}, {leads}; {sent}"


def _visits(visits: VisitSums) -> str:
    sent = f", {size(visits.bytes_out)} sent" if visits.bytes_out is not None else ", bytes not known"
    return (
        f"each counted once: {plural(visits.requests, 'request')} ({count(visits.blocked)} blocked),"
        f" {plural(visits.lookups, 'lookup')}, {plural(visits.prompts, 'prompt')},"
        f" {plural(visits.uploads, 'upload')}{sent}, {plural(visits.people, 'person or device', 'people and devices')}"
    )


def _content(steps: Sequence[ContentStep]) -> list[str]:
    shown = [row for one in steps[:_STEPS] for row in _from_bytes(one)]
    more = len(steps) - _STEPS
    return [*shown, f"and {plural(more, 'smaller part')}"] if more > 0 else shown


def _from_bytes(one: ContentStep) -> Iterator[str]:
    kinds = ((one.prompts, "prompt request"), (one.uploads, "upload request"), (one.connections, "connection"))
    seen = ", ".join(plural(number, name) for number, name in kinds if number) or "no request that carries content"
    yield f"{one.client}, grade {one.grade} ({GRADES[one.grade]}): {seen}, {size(one.bytes_out)} let through"
    if one.content:
        yield f"less overhead and what is sent again: {_three(one.content, short_size)} of content"
        more = len(one.factors) - _FACTORS
        rest = f"; {count(more)} more in JSON" if more > 0 else ""
        yield f"read with {', '.join(map(_factor, one.factors[:_FACTORS]))}{rest}"


def _factor(one: Factor) -> str:
    known = [f"{value:,.3g}" if value < 1000 else count(round(value)) for value in (one.low, one.likely, one.high)]
    low, likely, high = known
    return f"{one.name} {likely} ({low} \u2013 {high}{' B' if one.unit == 'bytes' else ''})"


def _scope(finding: Finding) -> str:
    """What the middle steps speak of: it may be more than the day that raised the finding."""
    of = f" of {finding.service}" if finding.service else ""
    return f"all use{of}{f' by {finding.who}' if finding.who else ''} in the database, blocked requests left out"


def _ranges(row: ExposureRow | None) -> list[str]:
    if row is None:
        return ["none: no use was let through"]
    quantities = (("prompts", row.prompts), ("files", row.files), ("sensitive items", row.sensitive))
    rows = [f"grade {row.grade}: {row.reason}", f"content {_three(row.volume, short_size)}"]
    return [*rows, "; ".join(f"{name} {_three(found, count)}" for name, found in quantities)]


def _three(found: NumberRange | None, shown: Callable[[int], str]) -> str:
    """Low, likely and high."""
    if found is None:
        return NONE
    low, likely, high = (shown(rounded(value)).strip() for value in (found.low, found.likely, found.high))
    return low if low == high else f"{low} \u2013 {high}, likely {likely}"


def _rulings(rulings: Sequence[Ruling]) -> list[str]:
    rows = [
        f"{one.service} {one.verdict.verdict.value}: {one.verdict.why} ({plural(one.verdict.requests, 'request')})"
        for one in sorted(rulings, key=lambda one: -one.verdict.verdict.rank)
    ]
    return [*rows[:_RULINGS], *([f"and {plural(len(rows) - _RULINGS, 'more ruling')}"] if rows[_RULINGS:] else [])]
