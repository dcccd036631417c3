"""What a report says in words, once for every renderer. Strings are raw: each renderer escapes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from shadowscan.model.finding import Finding, Severity, Status
from shadowscan.model.report import Gap, IntegrationRow, RecognisedRow, Report, SourceRow, Span, ToolRow, Verdict
from shadowscan.report.figures import NONE, count, day, days, days_between, minute, plural, share, size, utc

SEVERITY = {
    Severity.HIGH: "High",
    Severity.MEDIUM: "Medium",
    Severity.LOW: "Low",
    Severity.INFO: "Info",
}
NO_CHANGE = "No tool is new, gone, or used twice or half as much."
POLICY_HINT = "Write a policy with: shadowscan policy init"
LOOKUPS_NOTE = "DNS: seen in name lookups only, which tell neither what was done nor how much was sent."
_HOSTS_NAMED = 3


@dataclass(frozen=True, slots=True)
class Figure:
    """One key figure: what it is, its value, and what puts it in proportion."""

    label: str
    value: str
    remark: str = ""
    limits: tuple[int, ...] = ()
    """Numbers of the blind spots that make it uncertain."""


def headline(report: Report) -> str:
    """The one sentence a reviewer takes away."""
    if not report.sources:
        return "Nothing has been read yet: the report has no source."
    if not report.totals.events:
        return f"Nothing could be judged: {plural(len(report.sources), 'source')} gave no event."
    if not report.tools:
        return _nothing_found(report)
    totals = report.totals
    use = f"{totals.people_ai:,} of {people_word(report, totals.people)} used {plural(len(report.tools), 'AI tool')}"
    return f"{use}; {_judged(report)}."


def _nothing_found(report: Report) -> str:
    seen = f"{plural(report.totals.events, 'event')} of {people_word(report, report.totals.people)}"
    if not report.candidates:
        return f"No use of a known AI tool in {seen}."
    hosts = plural(len(report.candidates), "host")
    return f"No use of a known AI tool in {seen}; {hosts} may be AI unknown to the catalogue."


def _judged(report: Report) -> str:
    if report.basis.policy is None:
        return "without a policy all are unreviewed" if len(report.tools) > 1 else "without a policy it is unreviewed"
    number = sum(tool.verdict is not Verdict.APPROVED for tool in report.tools)
    if number == 0:
        return "all are approved" if len(report.tools) > 1 else "it is approved"
    requests = report.totals.requests
    if number == len(report.tools):
        return "none of them is approved" if number > 1 else "it is not approved"
    part = share(requests - report.totals.approved_requests, requests)
    went = f"; {part} of AI requests went to {'it' if number == 1 else 'them'}"
    return f"{plural(number, 'tool is', 'tools are')} not approved{went if requests else ''}"


def people_word(report: Report, number: int) -> str:
    """``40 people``, or ``40 devices`` where no input names a user."""
    return plural(number, "person", "people") if report.totals.people_named else plural(number, "device")


def notices(report: Report) -> tuple[str, ...]:
    """What a reader must know before the figures: an unread part, a missing policy, the next step."""
    incomplete = sum(not source.complete for source in report.sources)
    unread = f"{incomplete:,} of {plural(len(report.sources), 'source')} not read completely"
    texts = {
        "Read logs with: shadowscan scan FOLDER": not report.sources,
        f"{unread}: the counts are lower bounds.": incomplete,
        f"Nobody has reviewed these tools yet. {POLICY_HINT}": report.tools and report.basis.policy is None,
    }
    return tuple(text for text, applies in texts.items() if applies)


def period(report: Report) -> str:
    """``2-15 Nov 2026 (14 days)``."""
    first, last = report.period.first, report.period.last
    if first is None or last is None:
        return "no dated event" if report.totals.events else ""
    return f"{days(first, last, year=True)} ({plural((utc(last).date() - utc(first).date()).days + 1, 'day')})"


def basis(report: Report) -> tuple[str, ...]:
    """The parts of the line below the headline: period, policy, catalogue."""
    made = report.basis
    policy = "no policy" if made.policy is None else f"policy {made.policy}"
    catalog = f"catalogue of {made.catalog_services:,} services"
    return tuple(part for part in (period(report), policy, catalog) if part)


def made_by(report: Report) -> tuple[Figure, ...]:
    """What is needed to make the report again."""
    span = report.period
    figures = [
        Figure("version", f"shadowscan {report.basis.version}"),
        Figure("catalogue", report.basis.catalog),
        Figure("command", report.basis.command),
        Figure("database", report.basis.database),
        Figure("generated", f"{minute(report.generated)} UTC"),
    ]
    if span.first or span.last:
        figures.append(Figure("events", f"{minute(span.first)} to {minute(span.last)} UTC"))
    if span.since or span.until:
        asked = [
            f"from {minute(span.since)}" if span.since else "",
            f"before {minute(span.until)}" if span.until else "",
        ]
        figures.append(Figure("asked for", f"{' '.join(part for part in asked if part)} UTC"))
    if span.undated:
        counted = "not counted" if span.since or span.until else "counted"
        figures.append(Figure("undated", f"{plural(span.undated, 'event')} without a readable time, {counted}"))
    return tuple(figures)


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


def by_risk(report: Report) -> list[ToolRow]:
    """The tools, most severe first, otherwise in the document's order."""
    return sorted(report.tools, key=lambda tool: -tool.severity.rank)


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


def blind_spot(gap: Gap) -> str:
    """What it is and how much it concerns: ``no bytes sent in bind (2 of 9 inputs): 12 % of events``."""
    if gap.share is None or not gap.kind.startswith("no-"):
        return gap.what
    whole = "hours" if gap.kind == "no-data" else "events"
    return f"{gap.what}: {share(round(gap.share * 10_000), 10_000)} of {'its ' if whole == 'hours' else ''}{whole}"


def open_findings(report: Report) -> list[Finding]:
    """What to do next: the findings nobody accepted or resolved, most severe first."""
    found = [finding for finding in report.findings if finding.status is Status.OPEN]
    return sorted(found, key=lambda finding: -finding.severity.rank)


def newly_recognised(report: Report) -> tuple[str, ...]:
    """A sentence for each tool that a newer catalogue found in traffic read before."""
    return tuple(_newly(row) for row in report.recognised)


def _newly(row: RecognisedRow) -> str:
    since = day(row.since, year=True)
    first = f" from {day(row.first, year=True)} on" if row.first else ""
    hosts = ", ".join(row.hosts[:_HOSTS_NAMED])
    more = f" and {len(row.hosts) - _HOSTS_NAMED:,} more" if len(row.hosts) > _HOSTS_NAMED else ""
    return f"Newly recognised since {since}: {row.name}, {plural(row.uses, 'earlier use')}{first} ({hosts}{more})"


def verdict(tool: ToolRow) -> str:
    """Return the verdict on a tool; that it is the worst of several, where rules judge its use differently."""
    return f"{tool.verdict.value} in part" if len({one.verdict for one in tool.verdicts}) > 1 else tool.verdict.value


def only_lookups(tool: ToolRow) -> bool:
    """Whether DNS alone saw it: its lookups stand in for requests, marked as such."""
    return not tool.requests and bool(tool.lookups)


def unaccounted(source: SourceRow) -> int:
    """Lines that are neither used, skipped nor rejected: 0 unless there is a defect or a source changed."""
    used = source.used if source.kind == "capture" else source.events + source.duplicates
    return source.lines - used - source.skipped - source.rejected


def reconciliation(report: Report) -> tuple[str, ...]:
    """Every line of the logs, and every packet of the captures, and what became of it."""
    logs = [source for source in report.sources if source.kind != "capture"]
    captures = [source for source in report.sources if source.kind == "capture"]
    fates = {"skipped": "skipped", "rejected": "rejected"}
    balances = (
        _balance("lines", logs, {"events": "events", "duplicates": "duplicates", **fates}),
        _balance("packets", captures, {"used": "dissected", **fates}),
    )
    return tuple(text for text in balances if text)


def _balance(what: str, rows: Sequence[SourceRow], parts: Mapping[str, str]) -> str:
    """``10 lines = 7 events + ...``; parts: field and its word."""
    if not rows:
        return ""
    sums = {name: sum(getattr(row, name) for row in rows) for name in ("lines", *parts)}
    text = f"{sums['lines']:,} {what} = " + " + ".join(f"{sums[name]:,} {word}" for name, word in parts.items())
    rejected = f" ({share(sums['rejected'], sums['lines'])})" if sums["rejected"] else ""
    lost = sum(map(unaccounted, rows))
    return f"{text}{rejected}{f'; {lost:+,} unaccounted for' if lost else ''}"


def understood(source: SourceRow) -> str:
    """Share of a source's lines that were not rejected."""
    return share(source.lines - source.rejected, source.lines)


def common_folder(report: Report) -> str:
    """The folder all sources lie in, with its slash; empty where there is none."""
    folders = [source.name.split("/")[:-1] for source in report.sources]
    if len(folders) < 2:
        return ""
    same = takewhile(lambda parts: len(set(parts)) == 1, zip(*folders, strict=False))
    return "".join(f"{parts[0]}/" for parts in same)


def worst_first(report: Report) -> list[SourceRow]:
    """The sources, incomplete ones first, then those with most rejected lines, otherwise in the document's order."""
    return sorted(report.sources, key=lambda source: (source.complete, -source.rejected))


def problems(source: SourceRow) -> tuple[str, ...]:
    """What a reviewer must know of a source before trusting it."""
    found = [source.problem] if source.problem else []
    if not source.complete and not source.problem:
        found.append("not read to its end")
    lost = unaccounted(source)
    if lost:
        found.append(f"{lost:+,} lines unaccounted for")
    return (*found, *source.notes)


def formats(source: SourceRow) -> str:
    """The format most lines have, and how many others there are."""
    if not source.formats:
        return NONE
    others = len(source.formats) - 1
    return f"{source.formats[0][0]} +{others}" if others else source.formats[0][0]


def all_formats(source: SourceRow) -> str:
    """Every format with its lines."""
    return ", ".join(f"{name} {lines:,}" for name, lines in source.formats) or NONE


def compared(earlier: Span, recent: Span) -> str:
    """``9-15 Nov against 2-8 Nov``."""
    return f"{days_between(recent)} against {days_between(earlier)}"


def people_changes(report: Report) -> tuple[str, ...]:
    """How many people use AI, before and now, and who began."""
    found = report.changes
    if found is None:
        return ()
    word = "person" if report.totals.people_named else "device"
    many = "people" if report.totals.people_named else "devices"
    now = f"{plural(found.people, word, many)} used AI, {found.people_before:,} before"
    if not found.new_people:
        return (f"{now}.",)
    names = ", ".join(found.new_people[:5])
    more = f" and {len(found.new_people) - 5:,} more" if len(found.new_people) > 5 else ""
    return (f"{now}; {plural(len(found.new_people), 'began', 'began')}: {names}{more}.",)


def owner(row: IntegrationRow) -> str:
    """Who answers for it, and since when; a dash where nobody does."""
    parts = (row.owner, row.ticket, f"reviewed {row.reviewed}" if row.reviewed else "")
    return ", ".join(part for part in parts if part) or NONE
