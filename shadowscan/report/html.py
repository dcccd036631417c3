"""The report as one page that needs nothing else: no script, no external resource; it prints and goes dark well."""

from collections.abc import Iterable, Sequence
from importlib.resources import files

from shadowscan.model.report import ExposureRow, Report, SourceRow, ToolRow
from shadowscan.report import ranges
from shadowscan.report.charts import bars, fraction, sparkline
from shadowscan.report.figures import NONE, count, days, share, size
from shadowscan.report.inputs import all_formats, problems, reconciliation, understood
from shadowscan.report.keyfigures import key_figures, limited, outcomes
from shadowscan.report.markup import Html, el, join
from shadowscan.report.policy import grids
from shadowscan.report.ranges import estimated
from shadowscan.report.unknown import NEXT, TITLE, reasons, requests
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

_NOTHING_LOADED = "default-src 'none'; style-src 'unsafe-inline'"
"""Content Security Policy: should a text ever escape its escaping, the browser still loads and runs nothing."""


def render_html(report: Report) -> str:
    """The whole report, all rows, as one HTML document."""
    body = join(
        _opening(report),
        _figures(report),
        _findings(report),
        _changes(report),
        _tools(report),
        _days(report),
        _exposure(report),
        _people(report),
        *(_section(g.title, _table(g.heads, g.rows, numbers=sorted(g.numbers)), note=g.note) for g in grids(report)),
        _integrations(report),
        _outcomes(report),
        _sources(report),
        _gaps(report),
        _candidates(report),
        _made_by(report),
    )
    return f"<!doctype html>\n{el('html', _head(report), el('body', el('main', body)), lang='en')}\n"


def _head(report: Report) -> Html:
    style = files("shadowscan.report").joinpath("page.css").read_text(encoding="utf-8")
    return el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=_NOTHING_LOADED),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("title", f"AI use: {headline(report)}"),
        el("style", Html(style)),
    )


def _opening(report: Report) -> Html:
    return el(
        "header",
        el("h1", headline(report)),
        el("p", *(el("span", part) for part in basis(report)), class_="basis"),
        *(el("p", notice) for notice in notices(report)),
    )


def _section(title: str, *children: Html | str, note: str = "") -> Html:
    return el("section", el("h2", title, el("small", note) if note else ""), *children)


def _figures(report: Report) -> Html | str:
    tiles = [
        el("div", el("dt", f.label), el("dd", el("strong", f.value), el("small", limited(f))))
        for f in key_figures(report)
    ]
    return el("dl", *tiles, class_="figures") if tiles else ""


def _table(heads: Sequence[str], rows: Iterable[Sequence[Html | str]], *, numbers: Sequence[int] = ()) -> Html:
    """A table; ``numbers``: positions of the columns of figures, set to the right."""

    def cells(tag: str, row: Sequence[Html | str]) -> Html:
        return el("tr", *(el(tag, c, **({"class_": "n"} if i in numbers else {})) for i, c in enumerate(row)))

    table = el("table", el("thead", cells("th", heads)), el("tbody", *(cells("td", row) for row in rows)))
    return el("div", table, class_="wide")


def _severity(word: str) -> Html:
    return el("span", word, class_=f"severity {word.lower()}")


def _findings(report: Report) -> Html | str:
    ranked = open_findings(report)
    items = [
        el(
            "li",
            _severity(SEVERITY[f.severity]),
            el("div", el("p", f.title), el("p", f.next_step, class_="note"), el("code", f.evidence), el("small", f.id)),
        )
        for f in ranked
    ]
    return _section("What to do next", el("ol", *items, class_="findings")) if items else ""


def _tools(report: Report) -> Html | str:
    ranked = by_risk(report)
    if not ranked:
        return ""
    who = "People" if report.totals.people_named else "Devices"
    heads = ("Risk", "Tool", "Verdict", who, "Requests", "Prompts", "Uploads", "Blocked", "Sent", "Received")
    table = _table((*heads, "Seen", "Trend"), map(_tool, ranked), numbers=range(3, 10))
    note = el("p", LOOKUPS_NOTE, class_="note") if any(map(only_lookups, ranked)) else ""
    news = [el("p", sentence, class_="note") for sentence in newly_recognised(report)]
    return _section("Tools by risk", table, note, *news)


def _tool(tool: ToolRow) -> Sequence[Html | str]:
    requests = join(count(tool.lookups), el("small", " DNS")) if only_lookups(tool) else count(tool.requests)
    return (
        _severity(SEVERITY[tool.severity]),
        join(el("b", tool.name), el("small", f" {tool.vendor}, {tool.category}")),
        el("span", verdict(tool), class_="short"),
        count(tool.people),
        requests,
        count(tool.prompts),
        count(tool.uploads),
        count(tool.blocked),
        size(tool.bytes_out),
        size(tool.bytes_in),
        el("span", days(tool.first, tool.last, year=False), class_="short"),
        sparkline(tool.trend),
    )


def _days(report: Report) -> Html | str:
    if len(report.days) < 2:
        return ""
    approved = report.basis.policy is not None
    key = join(el("i", class_="other"), "not approved ", el("i", class_="approved"), "approved") if approved else ""
    return _section("AI requests a day", bars(report.days), el("p", key, class_="note") if key else "")


def _exposure(report: Report) -> Html | str:
    if report.exposure is None:
        return ""
    tools = estimated(report.exposure.tools)
    if not tools:
        return _section(ranges.TITLE, el("p", f"No estimate: {report.exposure.total.reason}."))
    shown = [report.exposure.total, *tools]
    departments = estimated(report.exposure.departments)
    tables = [
        _table((name, *ranges.HEADS, "Evidence"), [_ranges(row) for row in rows], numbers=range(2, 6))
        for name, rows in (("Tool", shown), ("Department", departments))
        if rows
    ]
    remarks = [el("p", text, class_="note") for text in ranges.notes(report, [*shown, *departments])]
    return _section(ranges.TITLE, *tables, *remarks, note=ranges.REMARK)


def _ranges(row: ExposureRow) -> Sequence[Html | str]:
    return el("b", row.name), *ranges.figures(row), el("small", row.reason)


def _people(report: Report) -> Html | str:
    if not report.people:
        return ""
    named = any(person.named for person in report.people)
    rows = [
        (
            join(p.who, el("small", " device")) if named and not p.named else p.who,
            count(p.requests),
            count(p.unapproved),
            count(p.blocked),
            size(p.bytes_out),
            ", ".join(p.tools),
        )
        for p in report.people
    ]
    heads = ("Who", "Requests", "Not approved", "Blocked", "Sent", "Tools")
    table = _table(heads, rows, numbers=range(1, 5))
    return _section("People" if named else "Devices", table, note="" if named else "no source names users")


def _outcomes(report: Report) -> Html | str:
    total = sum(number for _, number in outcomes(report))
    if not total:
        return ""
    rows = [(name, count(number), share(number, total), fraction(number, total)) for name, number in outcomes(report)]
    table = _table(("", "Requests", "Share", ""), rows, numbers=(1, 2))
    return _section("Blocked versus allowed", el("div", table, class_="narrow"), note="AI requests")


def _sources(report: Report) -> Html | str:
    if not report.sources:
        return ""
    heads = ("Source", "Format and lines", "Lines", "Events", "Duplicates", "Skipped", "Rejected", "Good", "AI events")
    table = _table((*heads, "Period"), map(_source, report.sources), numbers=range(2, 9))
    return _section("Sources", table, *(el("p", text, class_="note") for text in reconciliation(report)))


def _source(source: SourceRow) -> Sequence[Html | str]:
    trouble = [el("small", text, class_="note" if source.complete else "trouble") for text in problems(source)]
    site = [el("small", source.site, class_="note")] if source.site else []
    filled = ", ".join(f"{column} {share(round(part * 1000), 1000)}" for column, part in source.filled)
    columns = el("details", el("summary", "columns filled"), filled) if filled else ""
    return (
        join(el("span", source.name, class_="path"), *site, *trouble),
        join(all_formats(source), columns),
        count(source.lines),
        count(source.events),
        count(source.duplicates),
        count(source.skipped),
        count(source.rejected),
        understood(source),
        count(source.ai_events),
        el("span", days(source.first, source.last, year=False), class_="short"),
    )


def _candidates(report: Report) -> Html | str:
    rows = [
        (
            el("span", row.host, class_="path"),
            f"{row.score:.2f}",
            count(row.people),
            requests(row),
            size(row.bytes_out),
            reasons(row),
        )
        for row in report.candidates
    ]
    if not rows:
        return ""
    table = _table(("Host", "Score", "People", "Requests", "Sent", "Evidence"), rows, numbers=(1, 2, 3, 4))
    return _section(TITLE, table, el("p", NEXT, class_="note"))


def _gaps(report: Report) -> Html | str:
    items = [
        el(
            "li",
            el("b", blind_spot(gap)),
            f": {gap.means}",
            el("p", gap.advice, class_="note") if gap.advice else "",
            el("details", el("summary", "where"), ", ".join(gap.where)) if gap.where else "",
        )
        for gap in report.gaps
    ]
    if not items:
        return ""
    return _section("Blind spots", el("ol", *items, class_="gaps"), note="what these logs cannot show")


def _integrations(report: Report) -> Html | str:
    rows = [
        (
            join(row.who, el("small", row.kind)),
            row.name,
            el("span", row.verdict.value, class_="short"),
            owner(row),
            el("span", days(row.first, row.last, year=False), class_="short"),
            count(row.days),
            count(row.requests),
            size(row.bytes_out),
        )
        for row in report.integrations
    ]
    if not rows:
        return ""
    heads = ("Program", "Calls", "Verdict", "Owner", "Seen", "Days", "Requests", "Sent")
    return _section(
        "What is connected", _table(heads, rows, numbers=range(5, 8)), note="programs that call AI services"
    )


def _changes(report: Report) -> Html | str:
    found = report.changes
    if found is None:
        return ""
    rows = [
        (row.name, row.what, count(row.before), count(row.now), count(row.people_before), count(row.people))
        for row in found.tools
    ]
    heads = ("Tool", "", "Requests before", "now", "People before", "now")
    table = _table(heads, rows, numbers=range(2, 6)) if rows else el("p", NO_CHANGE, class_="note")
    return _section(
        "What changed",
        *(el("p", line) for line in people_changes(report)),
        table,
        note=compared(found.earlier, found.recent),
    )


def _made_by(report: Report) -> Html:
    rows = [join(el("dt", row.label), el("dd", row.value or NONE)) for row in made_by(report)]
    return el("footer", el("dl", *rows))
