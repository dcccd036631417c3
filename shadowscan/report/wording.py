"""What a report says in words, once for every renderer. Strings are raw: each renderer escapes them."""

from dataclasses import dataclass

from shadowscan.model.report import Report, Severity, SourceRow, ToolRow, Verdict
from shadowscan.report.figures import NONE, count, days, minute, plural, share, size

SEVERITY = {
    Severity.HIGH: "High",
    Severity.MEDIUM: "Medium",
    Severity.LOW: "Low",
    Severity.INFO: "Info",
}
POLICY_HINT = "Write a policy with: shadowscan policy init"
LOOKUPS_NOTE = "DNS: seen in name lookups only, which tell neither what was done nor how much was sent."


@dataclass(frozen=True, slots=True)
class Figure:
    """One key figure: what it is, its value, and what puts it in proportion."""

    label: str
    value: str
    remark: str = ""


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
    went = f"; {share(requests - report.totals.approved_requests, requests)} of AI requests went to them"
    return f"{plural(number, 'tool is', 'tools are')} not approved{went if requests else ''}"


def people_word(report: Report, number: int) -> str:
    """``40 people``, or ``40 devices`` where no input names a user."""
    return plural(number, "person", "people") if report.totals.people_named else plural(number, "device")


def period(report: Report) -> str:
    """``2-15 Nov 2026 (14 days)``."""
    first, last = report.period.first, report.period.last
    if first is None or last is None:
        return "no dated event"
    return f"{days(first, last, year=True)} ({plural((last.date() - first.date()).days + 1, 'day')})"


def basis(report: Report) -> tuple[str, ...]:
    """The parts of the line below the headline: period, policy, catalogue, version."""
    made = report.basis
    policy = "no policy" if made.policy is None else f"policy {made.policy}"
    catalog = f"catalogue {made.catalog}, {made.catalog_services:,} services"
    return (period(report), policy, catalog, f"shadowscan {made.version}")


def made_by(report: Report) -> tuple[Figure, ...]:
    """What is needed to make the report again."""
    span = report.period
    figures = [
        Figure("command", report.basis.command),
        Figure("database", report.basis.database),
        Figure("generated", f"{minute(report.generated)} UTC"),
        Figure("events", f"{minute(span.first)} to {minute(span.last)} UTC"),
    ]
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
    who = "People" if totals.people_named else "Devices"
    prompts, uploads = (sum(getattr(tool, name) for tool in report.tools) for name in ("prompts", "uploads"))
    figures = [
        Figure(f"{who} using AI", f"{totals.people_ai:,} of {totals.people:,}", share(totals.people_ai, totals.people)),
        Figure("AI requests", count(totals.requests), _approved(report)),
        Figure("Sent to AI tools", size(totals.bytes_out), _volume_remark(report)),
    ]
    if report.basis.policy is not None:
        unapproved = Figure(f"{who} beyond policy", count(totals.people_unapproved), "used a tool that is not approved")
        figures.insert(1, unapproved)
    if prompts or uploads:
        figures.append(
            Figure("Prompts and uploads", f"{prompts:,} and {uploads:,}", "where the logs show the activity")
        )
    return tuple(figures)


def _approved(report: Report) -> str:
    if report.basis.policy is None or not report.totals.requests:
        return "DNS lookups only" if not report.totals.requests else ""
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


def only_lookups(tool: ToolRow) -> bool:
    """Whether DNS alone saw it: its lookups stand in for requests, marked as such."""
    return not tool.requests and bool(tool.lookups)


def unaccounted(source: SourceRow) -> int:
    """Lines that are neither used, skipped nor rejected: 0 unless there is a defect or a source changed."""
    used = source.used if source.kind == "capture" else source.events + source.duplicates
    return source.lines - used - source.skipped - source.rejected


def reconciliation(report: Report) -> str:
    """Every line of the logs and what became of it."""
    logs = [source for source in report.sources if source.kind != "capture"]
    if not logs:
        return ""
    sums = {
        name: sum(getattr(s, name) for s in logs) for name in ("lines", "events", "duplicates", "skipped", "rejected")
    }
    text = (
        f"{sums['lines']:,} lines = {sums['events']:,} events + {sums['duplicates']:,} duplicates"
        f" + {sums['skipped']:,} skipped + {sums['rejected']:,} rejected"
    )
    rejected = f" ({share(sums['rejected'], sums['lines'])})" if sums["rejected"] else ""
    lost = sum(unaccounted(source) for source in logs)
    return f"{text}{rejected}{f'; {lost:+,} unaccounted for' if lost else ''}"


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
    """Name of the format, or the names with their lines where there are several."""
    if len(source.formats) == 1:
        return source.formats[0][0]
    return ", ".join(f"{name} {lines:,}" for name, lines in source.formats) or NONE
