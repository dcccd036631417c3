"""What a report says in words, once for every renderer. Strings are raw: each renderer escapes them."""

from shadowscan.model.finding import Finding, Severity, Status
from shadowscan.model.report import Gap, IntegrationRow, RecognisedRow, Report, Span, ToolRow, Verdict
from shadowscan.report.figures import NONE, day, days, days_between, minute, plural, share, utc
from shadowscan.report.keyfigures import Figure

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


def by_risk(report: Report) -> list[ToolRow]:
    """The tools, most severe first, otherwise in the document's order."""
    return sorted(report.tools, key=lambda tool: -tool.severity.rank)


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
