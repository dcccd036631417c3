"""What inputs lack, what takes traffic out of the logs' sight, and what keeps a policy from judging."""

from pathlib import Path

import pytest

from shadowscan.analysis.blindspots.inputs import missing_columns
from shadowscan.analysis.queries import NOBODY
from shadowscan.model.report import Gap
from shadowscan.people import Directory, load_directory
from tests.capture.build import Flow, client_hello, conversation, pcap, tls_records
from tests.cli.logs import log, squid
from tests.commandline import good, report, shadowscan
from tests.ingest.bench import Bench
from tests.report import factory


def lookup(second: int, name: str, client: str) -> str:
    return f"Nov  2 10:{second // 60:02d}:{second % 60:02d} dnsmasq[811]: query[A] {name} from {client}"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "db.duckdb")


def gaps(bench: Bench, policy: Path | None = None, directory: Directory = NOBODY) -> dict[str, Gap]:
    return {gap.kind: gap for gap in bench.report(directory=directory, policy=policy).gaps}


def test_whoever_asks_names_but_never_the_proxy_is_told(bench: Bench, tmp_path: Path) -> None:
    """Two of four devices are in DNS only, one of them at an AI service."""
    proxy = [squid(n, "www.deepl.com:443", user="-", client=f"10.0.0.{n % 2 + 1}") for n in range(6)]
    names = ["www.deepl.com", "www.deepl.com", "claude.ai", "www.example.org"]
    dns = [lookup(n, names[n % 4], f"10.0.0.{n % 4 + 1}") for n in range(8)]
    bench.scan(log(tmp_path / "access.log", proxy))
    assert "dns-only" not in gaps(bench)
    bench.scan(log(tmp_path / "dns.log", dns))
    assert gaps(bench)["dns-only"].what == "2 of 4 people and devices appear in DNS only, 1 of them at AI services"


def test_without_requests_of_anybody_names_alone_are_no_blind_spot(bench: Bench, tmp_path: Path) -> None:
    bench.scan(log(tmp_path / "dns.log", [lookup(n, "claude.ai", f"10.0.0.{n}") for n in range(4)]))
    assert "dns-only" not in gaps(bench)


def test_encrypted_lookups_and_vpns_by_who_uses_them_and_not_where_they_were_blocked(
    bench: Bench, tmp_path: Path
) -> None:
    lines = [squid(n, "dns.google:443", user=f"p{n % 3}", client=f"10.0.0.{n % 3}") for n in range(9)]
    lines += [squid(20, "api.nordvpn.com:443", user="p1", client="10.0.0.1")]
    lines += [squid(30, "abc.ngrok.io:443", user="p2", client="10.0.0.2", result="TCP_DENIED/403")]
    bench.scan(log(tmp_path / "access.log", lines))
    found = gaps(bench)
    assert found["encrypted-dns"].what.startswith("3 people and devices use encrypted name lookups")
    assert found["encrypted-dns"].where == ("dns.google",)
    assert found["vpn"].what == "1 people and devices use VPNs or relays: api.nordvpn.com"
    assert "tunnel" not in found


def test_handshakes_with_an_outer_name_are_counted(bench: Bench, tmp_path: Path) -> None:
    plain = conversation(Flow(sport=1), [tls_records(client_hello("claude.ai"))])
    hidden = [conversation(Flow(sport=n), [tls_records(client_hello("cloudflare-ech.com", ech=True))]) for n in (2, 3)]
    path = tmp_path / "office.pcap"
    path.write_bytes(pcap([*plain, *hidden[0], *hidden[1]]))
    bench.scan(path)
    assert gaps(bench)["ech"].what.startswith("2 TLS handshakes show an outer name only")


def test_a_policy_that_names_what_nobody_knows(bench: Bench, tmp_path: Path) -> None:
    bench.scan(log(tmp_path / "access.log", [squid(1, "www.deepl.com:443")]))
    policy, people = tmp_path / "policy.yaml", tmp_path / "people.csv"
    policy.write_text(
        "rules:\n  - {verdict: approved, services: [deepel]}\n"
        "  - {verdict: tolerated, services: [deepl], scope: {departments: [Slaes], people: [nobody]}}\n"
    )
    people.write_text("user,department\nada,Sales\n")
    assert "service 'deepel' is not known" in gaps(bench, policy)["policy-names"].what
    found = gaps(bench, policy, load_directory(people, None, ()))["policy-names"]
    assert found.what.endswith("and 1 more")
    assert found.where == (f"{policy}:2", f"{policy}:3")
    policy.write_text("rules:\n  - {verdict: approved, services: [deepl], scope: {people: [nobody]}}\n")
    assert "policy-names" not in gaps(bench, policy)


def test_networks_find_no_hidden_address_and_the_report_says_so(tmp_path: Path) -> None:
    path = log(tmp_path / "access.log", [squid(1, "www.deepl.com:443")])
    (tmp_path / "policy.yaml").write_text(
        "rules:\n  - {verdict: approved, services: [deepl]}\n"
        "  - {verdict: prohibited, services: [openai-chatgpt], scope: {networks: [10.0.0.0/8]}}\n"
    )
    good(shadowscan("people", "key", tmp_path / "key"))
    options = ("--key-file", tmp_path / "key")
    for hiding, told in (("--pseudonymise", False), ("--pseudonymise-addresses", True)):
        database = tmp_path / f"{hiding}.db"
        good(shadowscan("scan", path, "--db", database, hiding, *options, "-q"))
        found = report(database, f"--policy={tmp_path / 'policy.yaml'}", "--key-file", str(tmp_path / "key"))["gaps"]
        hidden = [gap["what"] for gap in found if gap["kind"] == "hidden-addresses"]
        assert bool(hidden) is told
        assert all("rule 2 of the policy" in what for what in hidden)


def test_what_many_formats_lack_is_said_by_those_of_most_events() -> None:
    row = factory.full_report().sources[0]
    sources = [
        row.model_copy(update={"name": f"{n}.log", "formats": ((f"format-{n}", n),), "events": n, "filled": ()})
        for n in range(1, 10)
    ]
    gap = next(iter(missing_columns(sources[:3] + sources[4:] + [row])))
    assert gap.what == (
        "no user names in format-9, format-8, format-7, format-6, format-5 and 3 more formats (8 of 9 inputs)"
    )
    assert len(gap.where) == 8
