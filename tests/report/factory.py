"""A report of a small fictitious company, made by hand, and the variants the tests need."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from shadowscan.model.finding import Finding, Severity, Status
from shadowscan.model.report import (
    Basis,
    CandidateRow,
    Changes,
    DayRow,
    Gap,
    IntegrationRow,
    Period,
    PersonRow,
    Report,
    SourceRow,
    Span,
    ToolRow,
    Totals,
    UseChange,
    Verdict,
)

FIRST = datetime(2026, 11, 2, 6, 41, tzinfo=UTC)
LAST = datetime(2026, 11, 15, 18, 59, tzinfo=UTC)
HOSTILE = (
    "\x1b[31mred\x1b[0m",
    "[bold red]markup[/]",
    "\x1b]8;;https://evil.example/\x07click\x1b]8;;\x07",
    "user\u202egnp.exe",
    "zero\u200bwidth\u2028line\u2029par",
    '=HYPERLINK("https://evil.example")',
    "<script>alert(1)</script>",
    "a|b`c`*d*_e_[f](https://evil.example)",
    "line\r\nbreak\ttab\x00nul\x7fdel\x9bcsi",
    "\u6c49\u5b57\U0001f600\ue000\ufe0f",
    "@SUM(1)",
    "",
    "very" * 60,
)
"""Names as a stranger would choose them."""


def _at(days: int, hour: int = 9) -> datetime:
    return FIRST.replace(hour=hour, minute=0) + timedelta(days=days)


_TOOLS = """\
DeepSeek              | DeepSeek      | chat        | prohibited | high   | 3 323 410 88 4 41   | 12345678 3400000   | 9 13
WeTransfer Summaries  | WeTransfer    | documents   | prohibited | high   | 1 9 0 0 9 0         | 812000000 90400    | 4 4
Otter.ai              | Otter.ai      | meetings    | unreviewed | medium | 4 618 733 0 12 0    | 301000000 22000000 | 0 13
Grammarly             | Grammarly     | writing     | unreviewed | medium | 7 4410 0 3902 0 0   | 48200000 61700000  | 0 13
OpenRouter            | OpenRouter    | gateway     | unreviewed | medium | 1 1204 0 1190 0 0   | 74400000 9100000   | 7 13
Hugging Face Inference Endpoints (serverless) | Hugging Face | hosting | unreviewed | medium | 2 77 80 0 0 0       | 940512 -           | 2 11
Perplexity            | Perplexity AI | search      | unreviewed | low    | 5 206 150 190 0 12  | 2210000 40900000   | 1 12
Character.ai          | Character.AI  | companion   | unreviewed | low    | 2 0 96 0 0 0        | - -                | 5 6
Midjourney            | Midjourney    | images      | unreviewed | low    | 1 0 14 0 0 0        | - -                | 8 8
DeepL                 | DeepL         | translation | tolerated  | low    | 9 1002 0 0 3 0      | 9990000 11000000   | 0 11
Microsoft 365 Copilot | Microsoft     | assistant   | approved   | info   | 14 2049 0 1700 21 0 | 66000000 402000000 | 0 13
GitHub Copilot        | GitHub        | coding      | approved   | info   | 1 1 0 0 0 0         | 999 1000           | 3 3
"""  # noqa: E501
"""Name, vendor, category, verdict, severity | people ... blocked, as in ToolRow | bytes out, in | days seen."""


def _tool(line: str) -> ToolRow:
    name, vendor, category, verdict, severity, numbers, volumes, seen = (part.strip() for part in line.split("|"))
    people, requests, lookups, prompts, uploads, blocked = map(int, numbers.split())
    bytes_out, bytes_in = (None if volume == "-" else int(volume) for volume in volumes.split())
    first, last = map(int, seen.split())
    return ToolRow(
        service=name.lower().replace(" ", "-"),
        name=name,
        vendor=vendor,
        category=category,
        verdict=Verdict(verdict),
        severity=Severity(severity),
        people=people,
        requests=requests,
        lookups=lookups,
        prompts=prompts,
        uploads=uploads,
        blocked=blocked,
        bytes_out=bytes_out,
        bytes_in=bytes_in,
        first=_at(first),
        last=_at(last, 17),
        trend=_trend(requests or lookups, first, last),
    )


def _trend(total: int, first: int, last: int) -> tuple[int, ...]:
    """Two weeks that begin on a Monday: a use that grows, with quiet weekends, adding up to the total."""
    weights = [(day + 4) * (1 if day % 7 > 4 else 12) if first <= day <= last else 0 for day in range(14)]
    days = [total * weight // sum(weights) for weight in weights]
    days[last] += total - sum(days)
    return tuple(days)


def _tools() -> tuple[ToolRow, ...]:
    return tuple(_tool(line) for line in _TOOLS.splitlines())


def _people() -> tuple[PersonRow, ...]:
    rows: tuple[tuple[str, bool, tuple[str, ...], int, int, int, int | None], ...] = (
        ("m.keller", True, ("OpenRouter", "DeepSeek", "GitHub Copilot"), 1_412, 1_412, 38, 81_000_000),
        ("s.ito", True, ("Grammarly", "Otter.ai", "Microsoft 365 Copilot", "DeepL"), 1_120, 901, 0, 215_000_000),
        ("CORP\\anna.lindqvist", True, ("Grammarly", "Microsoft 365 Copilot"), 988, 640, 0, 17_400_000),
        ("b.okafor", True, ("WeTransfer Summaries", "Perplexity"), 61, 61, 12, 812_300_000),
        ("10.20.4.17", False, ("Character.ai",), 0, 0, 0, None),
        ("j.weber", True, ("Microsoft 365 Copilot",), 402, 0, 0, 9_020_000),
        ("svc-reporting", True, ("OpenRouter",), 204, 204, 0, 4_410_000),
        ("10.20.4.201", False, ("Midjourney", "DeepSeek"), 18, 18, 3, 51_200),
    )
    return tuple(
        PersonRow(who=who, named=named, tools=tools, requests=requests, unapproved=bad, blocked=blocked, bytes_out=out)
        for who, named, tools, requests, bad, blocked, out in rows
    )


def _source(
    name: str,
    formats: tuple[tuple[str, int], ...],
    numbers: tuple[int, int, int, int, int],
    problem: str | None = None,
    notes: tuple[str, ...] = (),
    kind: str = "log",
) -> SourceRow:
    """One source; numbers: lines, duplicates, skipped, rejected, AI events. What is left are events."""
    lines, duplicates, skipped, rejected, ai = numbers
    used = lines - skipped - rejected
    return SourceRow(
        name=name,
        kind=kind,
        formats=formats,
        lines=lines,
        used=used,
        events=used - duplicates if kind == "log" else 3_201,
        duplicates=duplicates,
        skipped=skipped,
        rejected=rejected,
        ai_events=ai,
        first=FIRST,
        last=LAST,
        complete=problem is None,
        problem=problem,
        notes=notes,
        filled=(("ts", 1.0), ("host", 0.998), ("user", 0.91), ("bytes_out", 1.0)),
    )


def _sources() -> tuple[SourceRow, ...]:
    truncated = "gzip stream ends early: 61,204 lines read before it"
    return (
        _source("exports/proxy/squid-2026-11-week1.log.gz", (("squid", 412_077),), (412_077, 0, 6, 14, 4_410)),
        _source("exports/proxy/squid-2026-11-week2.log.gz", (("squid", 61_204),), (61_204, 0, 0, 1, 902), truncated),
        _source(
            "exports/firewall/perimeter/fortigate-traffic-2026-11-02-to-2026-11-15.log",
            (("fortigate", 230_415),),
            (230_415, 0, 1_204, 0, 1_611),
        ),
        _source("exports/dns/bind-query.log", (("bind-query", 188_002),), (188_002, 0, 311, 0, 1_483)),
        _source(
            "exports/zscaler-web.csv",
            (("zscaler-web", 90_141),),
            (90_141, 90_000, 1, 0, 0),
            notes=("its first 90,000 events are in squid-2026-11-week1.log.gz too",),
        ),
        _source(
            "exports/syslog/all.log",
            (("fortigate", 8_020), ("squid", 411), ("kv", 12)),
            (9_120, 0, 577, 100, 14),
            notes=("100 lines rejected: no column could be read; first at line 4,411",),
        ),
        _source("exports/branch-office.pcapng", (("pcapng", 512_300),), (512_300, 0, 499_004, 0, 61), kind="capture"),
    )


def _findings() -> tuple[Finding, ...]:
    def finding(number: int, kind: str, severity: Severity, title: str, service: str) -> Finding:
        return Finding(
            id=f"F-{number:04x}",
            kind=kind,
            severity=severity,
            title=title,
            service=service,
            why="as its kind's rule says",
            next_step=f"decide on {service}",
            evidence=f"shadowscan evidence --service {service}",
        )

    return (
        finding(
            0x3A11,
            "prohibited",
            Severity.HIGH,
            "DeepSeek is prohibited: 3 people, 282 requests were let through",
            "deepseek",
        ),
        finding(
            0x91C2,
            "bulk-upload",
            Severity.HIGH,
            "b.okafor uploaded 812 MB in 9 files to WeTransfer Summaries on 6 Nov",
            "wetransfer-summaries",
        ),
        finding(
            0x0B7E,
            "integration",
            Severity.MEDIUM,
            "svc-reporting calls OpenRouter on workdays since 9 Nov: an integration nobody registered",
            "openrouter",
        ),
        finding(
            0x7710,
            "unapproved",
            Severity.MEDIUM,
            "Grammarly is used by 7 people and nobody has reviewed it",
            "grammarly",
        ),
        finding(
            0x7711,
            "unapproved",
            Severity.MEDIUM,
            "Otter.ai records meetings of 4 people and nobody has reviewed it",
            "otter.ai",
        ),
        finding(
            0x5D00,
            "unapproved",
            Severity.LOW,
            "Perplexity is used by 5 people and nobody has reviewed it",
            "perplexity",
        ),
    )


def _gaps() -> tuple[Gap, ...]:
    return (
        Gap(
            kind="no-url-path",
            affects=("activity",),
            what="No URL paths in fortigate, bind-query",
            means="chat, upload and telemetry of the same service can't be told apart for 28 % of the AI events",
            advice="export the web filter log with full URLs",
        ),
        Gap(
            kind="quic",
            affects=("activity", "volume"),
            what="4,410 connections used QUIC",
            means="the proxy doesn't see them; volumes of Google services are too low",
            advice="block UDP 443 at the firewall, or log it",
        ),
        Gap(
            kind="no-data",
            affects=("people", "requests", "volume", "trend"),
            what="No data from 7 Nov 18:00 to 9 Nov 06:00",
            means="the weekend is missing from squid, so use then is unknown",
        ),
        Gap(
            kind="dns-only",
            affects=("people", "requests", "volume"),
            what="2 tools were seen in DNS only",
            means="their requests went around the proxy or were never made",
            advice="compare with the firewall's traffic log",
        ),
    )


def _integrations() -> tuple[IntegrationRow, ...]:
    account = IntegrationRow(
        who="svc-reporting",
        kind="service-account",
        department=None,
        site=None,
        service="openrouter",
        name="OpenRouter",
        verdict=Verdict.UNREVIEWED,
        registered=False,
        owner="",
        ticket="",
        reviewed=None,
        review_by=None,
        first=_at(7),
        last=_at(13, 17),
        days=5,
        requests=204,
        lookups=0,
        blocked=0,
        bytes_out=4_410_000,
    )
    approved = {
        "who": "build-07.example.com",
        "kind": "server",
        "service": "azure-openai",
        "name": "Azure OpenAI",
        "verdict": Verdict.APPROVED,
        "registered": True,
        "owner": "Platform Engineering",
        "ticket": "SEC-131",
        "reviewed": date(2026, 3, 2),
        "bytes_out": None,
    }
    return (account, account.model_copy(update=approved))


def _changes() -> Changes:
    def change(what: str, name: str, before: int, now: int, people_before: int, people: int) -> UseChange:
        service = name.lower().replace(" ", "-")
        numbers = {"before": before, "now": now, "people_before": people_before, "people": people}
        return UseChange(what=what, service=service, name=name, **numbers)

    return Changes(
        earlier=Span(first=date(2026, 11, 2), last=date(2026, 11, 8)),
        recent=Span(first=date(2026, 11, 9), last=date(2026, 11, 15)),
        people_before=14,
        people=17,
        new_people=("b.okafor", "j.weber", "s.ito"),
        tools=(
            change("new", "OpenRouter", 0, 1_204, 0, 1),
            change("no longer used", "Midjourney", 14, 0, 1, 0),
            change("more use", "Grammarly", 1_210, 3_200, 4, 7),
        ),
    )


def full_report() -> Report:
    """Twelve tools, eight people, seven sources with problems, gaps, candidates, findings, a policy."""
    return Report(
        generated=datetime(2026, 11, 16, 8, 30, tzinfo=UTC),
        basis=Basis(
            version="0.1.0",
            command="shadowscan scan exports/ --policy policy.yaml",
            database="shadowscan.duckdb",
            catalog="2026.11",
            catalog_services=851,
            policy="policy.yaml",
        ),
        period=Period(first=FIRST, last=LAST, undated=12),
        totals=Totals(
            lines=1_503_259,
            events=897_946,
            duplicates=90_000,
            skipped=501_103,
            rejected=115,
            people=40,
            people_named=True,
            people_ai=17,
            people_unapproved=15,
            requests=9_899,
            approved_requests=2_050,
            allowed=8_214,
            blocked=53,
            undecided=1_632,
            bytes_out=1_327_086_190,
        ),
        sources=_sources(),
        tools=_tools(),
        people=_people(),
        days=tuple(
            DayRow(day=date(2026, 11, 2) + timedelta(days=i), approved=a, other=b)
            for i, (a, b) in enumerate(zip((160, 171, 149, 180, 190, 4, 0) * 2, range(300, 720, 30), strict=True))
        ),
        candidates=(
            CandidateRow(
                host="chat.acme-assist.example",
                requests=212,
                people=3,
                score=0.85,
                lookups=14,
                bytes_out=1_920_000,
                first=date(2026, 11, 3),
                last=date(2026, 11, 12),
                service=None,
                evidence=("paths have the shape of a model API", "answers last 9 s on average, as streamed text does"),
            ),
            CandidateRow(
                host="gpt.internal-tools-of-a-very-long-subsidiary-name.example.net",
                requests=31,
                people=2,
                score=0.5,
                lookups=0,
                bytes_out=None,
                first=date(2026, 11, 9),
                last=date(2026, 11, 9),
                service=None,
                evidence=("name holds 'gpt'",),
            ),
            CandidateRow(
                host="10.20.0.44",
                requests=9,
                people=1,
                score=0.7,
                lookups=0,
                bytes_out=51_300,
                first=date(2026, 11, 4),
                last=date(2026, 11, 5),
                service="ollama",
                evidence=("port 11434 is the default of Ollama, host unknown",),
            ),
        ),
        gaps=_gaps(),
        findings=_findings(),
        integrations=_integrations(),
        changes=_changes(),
    )


def without_policy() -> Report:
    """The same company before anyone wrote a policy."""
    report = full_report()
    tools = tuple(tool.model_copy(update={"verdict": Verdict.UNREVIEWED}) for tool in report.tools)
    basis = report.basis.model_copy(update={"policy": None})
    totals = report.totals.model_copy(update={"approved_requests": 0, "people_unapproved": 17})
    return report.model_copy(update={"tools": tools, "basis": basis, "totals": totals})


def only_dns() -> Report:
    """The same company with nothing but the DNS log: no requests, no volumes, no user names."""
    report = full_report()
    nothing = {"requests": 0, "prompts": 0, "uploads": 0, "blocked": 0, "bytes_out": None, "bytes_in": None}
    tools = tuple(tool.model_copy(update=nothing) for tool in report.tools if tool.lookups)
    device = {"named": False, "requests": 0, "unapproved": 0, "blocked": 0, "bytes_out": None}
    people = tuple(p.model_copy(update={**device, "who": f"10.20.4.{i}"}) for i, p in enumerate(report.people))
    zero = dict.fromkeys(("requests", "approved_requests", "allowed", "blocked", "undecided"), 0)
    totals = report.totals.model_copy(update={**zero, "bytes_out": None, "people_named": False})
    return report.model_copy(
        update={"tools": tools, "people": people, "totals": totals, "sources": report.sources[3:4]}
    )


def nothing_found() -> Report:
    """Logs without any AI."""
    report = full_report()
    zero = ("people_ai", "people_unapproved", "requests", "approved_requests", "allowed", "blocked", "undecided")
    totals = report.totals.model_copy(update={**dict.fromkeys(zero, 0), "bytes_out": None})
    empty: dict[str, tuple[()]] = dict.fromkeys(
        ("tools", "people", "days", "candidates", "findings", "integrations"), ()
    )
    return report.model_copy(update={**empty, "totals": totals, "changes": None})


def nothing_read() -> Report:
    """A new database: no source at all."""
    report = nothing_found()
    zero = dict.fromkeys(("lines", "events", "duplicates", "skipped", "rejected", "people"), 0)
    totals = report.totals.model_copy(update=zero)
    period = Period(first=None, last=None)
    return report.model_copy(update={"totals": totals, "period": period, "sources": (), "gaps": ()})


def with_strings(report: Report, change: Callable[[str], str]) -> Report:
    """The report with every free string changed."""

    def changed(value: object, name: str = "") -> object:
        match value:
            case Verdict() | Severity() | Status():
                return value
            case str():
                return value if name in {"schema", "kind"} else change(value)
            case dict():
                return {key: changed(item, key) for key, item in value.items()}
            case list() | tuple():
                return tuple(changed(item) for item in value)
            case _:
                return value

    return Report.model_validate(changed(report.model_dump(by_alias=True)))


def hostile() -> Report:
    """The full report with strangers' names everywhere."""
    supply = iter(HOSTILE * 200)
    return with_strings(full_report(), lambda text: next(supply) + text[:3])
