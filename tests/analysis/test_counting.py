"""People, visits and verdicts: counted once over sensors, spelled together, rated by what got through."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from shadowscan.analysis.queries import Bounds
from shadowscan.analysis.tools import severity_of
from shadowscan.model.finding import Severity
from shadowscan.model.report import Report, Verdict
from tests.cli.logs import DAY, START, log, squid
from tests.ingest.bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "db.duckdb")


def dns(second: int, host: str = "chatgpt.com", client: str = "10.0.0.1") -> str:
    """A lookup in BIND's query log."""
    moment = _moment(START + second)
    return f"{moment:%d-%b-%Y %H:%M:%S}.000 client @0x7f {client}#5353 ({host}): query: {host} IN A + (10.0.0.53)"


def _moment(epoch: int) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)


def fortigate(second: int, client: str = "10.0.0.1", *, sent: int = 700, host: str = "chatgpt.com") -> str:
    """The firewall's view of a request."""
    moment = _moment(START + second)
    return (
        f'date={moment:%Y-%m-%d} time={moment:%H:%M:%S} devname="fw" devid="FG100" eventtime={START + second}000000000'
        f' tz="+0000" logid="0317013312" type="utm" subtype="webfilter" eventtype="ftgd_allow" level="notice" vd="root"'
        f' srcip={client} srcport=51000 dstip=192.0.2.1 dstport=443 proto=6 service="HTTPS" hostname="{host}"'
        f' action="passthrough" reqtype="direct" url="https://{host}/" sentbyte={sent} rcvdbyte=100'
    )


def scan(bench: Bench, folder: Path, **files: list[str]) -> Report:
    bench.scan(*(log(folder / f"{name}.log", lines) for name, lines in files.items()))
    return bench.report()


def test_one_visit_seen_by_three_devices_counts_once(bench: Bench, tmp_path: Path) -> None:
    report = scan(
        bench,
        tmp_path,
        proxy=[squid(n) for n in range(10)],
        firewall=[fortigate(n) for n in range(8)],
        dns=[dns(0), dns(5)],
    )
    (tool,) = report.tools
    assert (tool.people, tool.requests, tool.lookups) == (1, 10, 2)
    assert tool.bytes_out == 8 * 700
    assert [row.who for row in report.people] == ["ada"]


def test_the_device_that_saw_more_stands_for_each_day(bench: Bench, tmp_path: Path) -> None:
    report = scan(
        bench,
        tmp_path,
        proxy=[squid(n) for n in range(2)] + [squid(DAY + n) for n in range(9)],
        firewall=[fortigate(n) for n in range(6)] + [fortigate(DAY + n) for n in range(3)],
    )
    assert [tool.requests for tool in report.tools] == [6 + 9]
    assert report.tools[0].trend == (6, 9)


def test_where_only_dns_saw_it_there_are_lookups_alone(bench: Bench, tmp_path: Path) -> None:
    report = scan(bench, tmp_path, dns=[dns(n, client="10.0.0.9") for n in range(3)])
    (tool,) = report.tools
    assert (tool.requests, tool.lookups, tool.bytes_out) == (0, 3, None)
    assert [(row.who, row.named) for row in report.people] == [("10.0.0.9", False)]


def test_spellings_of_a_name_are_one_person(bench: Bench, tmp_path: Path) -> None:
    names = ["ada", "ADA", r"EXAMPLE\ada", "ada@example.com"]
    report = scan(bench, tmp_path, proxy=[squid(n, user=names[n % 4], client=f"10.0.0.{n}") for n in range(1, 9)])
    assert [(row.who, row.requests) for row in report.people] == [("ada", 8)]


def test_with_two_mail_domains_addresses_are_told_apart(bench: Bench, tmp_path: Path) -> None:
    names = ["ada@example.com", "ada@example.org"]
    report = scan(bench, tmp_path, proxy=[squid(n, user=names[n % 2], client=f"10.0.0.{n % 2 + 1}") for n in range(4)])
    assert sorted(row.who for row in report.people) == names


def test_a_shared_device_is_nobodys(bench: Bench, tmp_path: Path) -> None:
    """Two users on one address on one day: what the firewall saw there is the device's."""
    report = scan(
        bench,
        tmp_path,
        proxy=[squid(1, "www.example.com:443", user="ada"), squid(2, "www.example.com:443", user="bob")],
        firewall=[fortigate(n) for n in range(3)],
    )
    assert [(row.who, row.named) for row in report.people] == [("10.0.0.1", False)]


def test_everybody_seen_is_the_denominator(bench: Bench, tmp_path: Path) -> None:
    users = [squid(n, "www.example.com:443", user=f"user{n}", client=f"10.0.0.{n}") for n in range(9)]
    report = scan(bench, tmp_path, proxy=[*users, squid(50, user="user3", client="10.0.0.3")])
    assert (report.totals.people, report.totals.people_ai) == (9, 1)


def test_the_denominator_keeps_to_the_bounds(bench: Bench, tmp_path: Path) -> None:
    users = [squid(n * DAY, "www.example.com:443", user=f"user{n}", client=f"10.0.0.{n}") for n in range(9)]
    scan(bench, tmp_path, proxy=users)
    bounds = Bounds(since=datetime(2026, 11, 3), until=datetime(2026, 11, 5))  # noqa: DTZ001 - UTC
    assert bench.report(bounds).totals.people == 2


def test_blocked_and_undecided_add_up(bench: Bench, tmp_path: Path) -> None:
    lines = [squid(n) for n in range(6)] + [squid(10 + n, result="TCP_DENIED/403") for n in range(3)]
    totals = scan(bench, tmp_path, proxy=lines).totals
    assert (totals.requests, totals.allowed, totals.blocked, totals.undecided) == (9, 6, 3, 0)


@pytest.mark.parametrize(
    ("verdict", "uploads", "through", "severity"),
    [
        (Verdict.APPROVED, 5, True, Severity.INFO),
        (Verdict.TOLERATED, 5, True, Severity.LOW),
        (Verdict.UNREVIEWED, 0, True, Severity.MEDIUM),
        (Verdict.UNREVIEWED, 1, True, Severity.HIGH),
        (Verdict.UNREVIEWED, 1, False, Severity.LOW),
        (Verdict.PROHIBITED, 0, True, Severity.HIGH),
        (Verdict.PROHIBITED, 0, False, Severity.LOW),
    ],
)
def test_severity(verdict: Verdict, uploads: int, through: bool, severity: Severity) -> None:
    assert severity_of(verdict, uploads=uploads, through=through) is severity


def test_a_finding_keeps_its_id(bench: Bench, tmp_path: Path) -> None:
    first = scan(bench, tmp_path, a=[squid(1)]).findings
    again = scan(bench, tmp_path, b=[squid(2), squid(3, user="bob", client="10.0.0.2")]).findings
    assert [finding.id for finding in first] == [finding.id for finding in again]
    assert first[0].title != again[0].title
