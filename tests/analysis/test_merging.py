"""One visit is one visit: the same use told by several devices gives what the best of them tells alone."""

from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from shadowscan.model.report import ExposureRow, Report
from shadowscan.simulate import Company, simulate
from shadowscan.simulate.network import connections
from shadowscan.simulate.render.seen import moment
from shadowscan.simulate.views import Visibility
from shadowscan.simulate.write import write_company
from tests.capture.build import Flow, client_hello, conversation, pcap, record, tls_records
from tests.ingest.bench import Bench

COMPANY = 40, 4, 17


@pytest.fixture(scope="module")
def company() -> Company:
    return simulate(*COMPANY)


@pytest.fixture(scope="module")
def logs(company: Company, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("merging")
    written = {}
    for visibility, name in (
        (Visibility.PROXY_FULL, "proxysg"),
        (Visibility.PROXY_FULL, "squid"),
        (Visibility.FIREWALL, "fortigate"),
        (Visibility.DNS, "umbrella"),
    ):
        write_company(company, folder / name, visibility, [name])
        written[name] = folder / name / "logs" / f"{name}.log"
    return written


def captured(company: Company, path: Path) -> Path:
    """The company's connections as packets: each its handshake with the host's name, and a few KB of what it sent."""
    packets: list[tuple[float, bytes]] = []
    for number, one in enumerate(connections(company, packets=True)):
        server = f"198.51.100.{crc32(one.host.encode()) % 254 + 1}"
        flow = Flow(one.use.person.address, 10_000 + number % 50_000, server)
        hello = tls_records(client_hello(one.host))
        sent = [hello, *(bytes(1000) for _ in range(min(one.sent // 1000, 5)))]
        packets += [(one.start + step / 1000, frame) for step, frame in enumerate(conversation(flow, sent))]
    frames = [record(frame, round(moment(at).timestamp() * 1_000_000)) for at, frame in sorted(packets)]
    path.write_bytes(pcap([]) + b"".join(frames))
    return path


@pytest.fixture(scope="module")
def alone(logs: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Report:
    return told(tmp_path_factory.mktemp("alone"), logs, "proxysg")


def told(folder: Path, logs: dict[str, Path], *names: str) -> Report:
    bench = Bench(folder / f"{'-'.join(names)}.duckdb")
    bench.scan(*(logs[name] for name in names))
    return bench.report()


def use(report: Report) -> dict[str, Any]:
    """Tools and people with what counts of them; lookups are DNS's own."""
    return {
        "tools": {
            tool.service: (tool.people, tool.requests, tool.prompts, tool.uploads, tool.blocked, tool.bytes_out)
            for tool in report.tools
        },
        "people": {row.who: (row.requests, row.bytes_out, sorted(row.tools)) for row in report.people},
    }


def exposed(report: Report) -> ExposureRow:
    assert report.exposure is not None
    return report.exposure.total


def test_proxy_firewall_and_dns_together_say_what_the_proxy_says(
    alone: Report, logs: dict[str, Path], tmp_path: Path
) -> None:
    together = told(tmp_path, logs, "proxysg", "fortigate", "umbrella")
    assert use(together) == use(alone)
    assert sum(tool.lookups for tool in together.tools) > 0
    assert exposed(together).volume == exposed(alone).volume
    assert exposed(together).prompts == exposed(alone).prompts


def test_a_capture_of_the_same_traffic_adds_nothing(
    company: Company, alone: Report, logs: dict[str, Path], tmp_path: Path
) -> None:
    """Packets name no user: whose they are follows from the address, which service from the handshake."""
    every = logs | {"pcap": captured(company, tmp_path / "office.pcap")}
    seen = told(tmp_path, every, "pcap")
    # Behind a host alone an agent isn't told from other clients of the vendor.
    assert {tool.service for tool in seen.tools} - {tool.service for tool in alone.tools} <= {"anthropic-api"}
    assert sum(tool.requests for tool in seen.tools) >= sum(1 for _ in connections(company))
    together = told(tmp_path, every, "proxysg", "fortigate", "umbrella", "pcap")
    assert use(together) == use(alone)
    assert exposed(together).volume == exposed(alone).volume
    assert exposed(together).prompts == exposed(alone).prompts
    assert {row.view for row in together.sightings if not row.leads} >= {"handshake", "flow"}


def test_bytes_that_the_proxy_lacks_come_from_the_firewall(logs: dict[str, Path], tmp_path: Path) -> None:
    """Squid names each request but not what it sent; the firewall knows the bytes. Each supplies what it has."""
    proxy, firewall = told(tmp_path, logs, "squid"), told(tmp_path, logs, "fortigate")
    together = told(tmp_path, logs, "squid", "fortigate")
    assert {tool.service: (tool.people, tool.requests, tool.prompts) for tool in together.tools} == {
        tool.service: (tool.people, tool.requests, tool.prompts) for tool in proxy.tools
    }
    assert proxy.totals.bytes_out is None
    assert together.totals.bytes_out == firewall.totals.bytes_out
    assert exposed(together).prompts == exposed(proxy).prompts
    assert exposed(proxy).volume is None
    assert exposed(together).grade == "B"
    assert "another log" in exposed(together).reason


def test_use_that_only_one_device_saw_counts_beside_the_others(
    company: Company, logs: dict[str, Path], tmp_path: Path
) -> None:
    """On Monday only the firewall, on the other days only the proxy, on Wednesday both."""
    days = {"proxysg": ("2026-03-03", "2026-03-04", "2026-03-05"), "fortigate": ("date=2026-03-02", "date=2026-03-04")}
    parts = {}
    for name, starts in days.items():
        lines = [line for line in logs[name].read_text().splitlines() if line.startswith((*starts, "#"))]
        parts[name] = tmp_path / f"{name}.log"
        parts[name].write_text("\n".join(lines) + "\n")
    both = told(tmp_path, parts, "proxysg", "fortigate").totals
    proxy = told(tmp_path, logs | {"p": parts["proxysg"]}, "p").totals
    monday = tmp_path / "monday.log"
    monday.write_text(
        "\n".join(line for line in logs["fortigate"].read_text().splitlines() if line.startswith("date=2026-03-02"))
    )
    firewall = told(tmp_path, {"m": monday}, "m").totals
    assert both.requests == proxy.requests + firewall.requests
    assert both.bytes_out == (proxy.bytes_out or 0) + (firewall.bytes_out or 0)
