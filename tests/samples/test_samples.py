"""The samples are what the generator makes, and say what their truth says."""

import csv
import gzip
import ipaddress
import json
import os
import re
import shutil
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from samples.devices.paloalto import TRAFFIC_FIELDS, URL_FIELDS
from samples.fortnight import Fortnight
from samples.generate import generate
from samples.services import AI_SITES, BENIGN_SITES
from samples.world import people
from shadowscan.model.events import EVENT_COLUMN_NAMES
from shadowscan.sources import Source, discover

SAMPLES = Path(__file__).parents[2] / "samples"
CATALOG = Path(__file__).parents[3] / "shared" / "catalog" / "services.json"
DOCUMENTATION = [
    ipaddress.ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "10.0.0.0/8")
]
FORMATS = sorted({name.partition("/")[0] for name in json.loads((SAMPLES / "truth.json").read_text())["formats"]})


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((SAMPLES / "truth.json").read_text())
    return facts


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("samples")
    generate(out)
    return out


def content(path: Path) -> bytes:
    """The bytes; of a gz what is in it, for zlib and zlib-ng compress the same bytes differently."""
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def lines(path: Path) -> list[str]:
    return content(path).decode("utf-8", "surrogateescape").split("\n")[:-1]


def test_the_generator_makes_what_is_committed(made: Path) -> None:
    names = [path.relative_to(made) for path in made.rglob("*") if path.is_file()]
    assert len(names) > 50
    assert [str(name) for name in names if content(made / name) != content(SAMPLES / name)] == []


def test_every_committed_company_file_comes_from_the_generator(made: Path) -> None:
    committed = {path.relative_to(SAMPLES) for path in (SAMPLES / "company").rglob("*") if path.is_file()}
    assert committed == {path.relative_to(made) for path in (made / "company").rglob("*") if path.is_file()}


def test_gzip_files_carry_the_fortnights_end_and_no_name(made: Path) -> None:
    heads = {path.read_bytes()[:8] for path in made.rglob("*.gz")}
    closed = int(datetime(2026, 11, 16, tzinfo=UTC).timestamp())
    assert heads == {b"\x1f\x8b\x08\x00" + closed.to_bytes(4, "little")}


def test_lines_without_a_year_keep_theirs_in_a_later_clone(tmp_path: Path) -> None:
    clone = shutil.copy(SAMPLES / "company/branch/pihole.log.gz", tmp_path)
    later = datetime(2031, 5, 1, tzinfo=UTC).timestamp()
    os.utime(clone, (later, later))
    (source,) = discover([str(clone)])
    assert isinstance(source, Source)
    assert source.modified == datetime(2026, 11, 16, tzinfo=UTC)


def test_the_samples_stay_small(made: Path) -> None:
    sizes = {path: path.stat().st_size for path in made.rglob("*") if path.is_file()}
    assert sum(sizes.values()) < 2_000_000
    assert sum(size for path, size in sizes.items() if "company" in path.parts) < 1_500_000


def test_truth_counts_the_lines_of_every_file(truth: dict[str, Any]) -> None:
    for folder in ("company", "formats"):
        for name, facts in truth[folder].items():
            assert len(lines(SAMPLES / folder / name)) == facts["lines"], name


def squid_requests(path: Path) -> list[list[str]]:
    """An independent reader of Squid's ten columns."""
    rows = [line.split() for line in lines(path)]
    return [row for row in rows if len(row) == 10 and re.fullmatch(r"\d+\.\d{3}", row[0])]


def test_squid_logs_say_what_the_truth_says(truth: dict[str, Any]) -> None:
    hosts = {site.host: site.service for site in AI_SITES}
    for name, facts in truth["company"].items():
        if facts["format"] != "squid":
            continue
        rows = squid_requests(SAMPLES / "company" / name)
        assert len(rows) == facts["events"] == facts["lines"] - len(facts["broken"])
        seen: Counter[tuple[str, str]] = Counter()
        received: Counter[str] = Counter()
        blocked: Counter[str] = Counter()
        for row in rows:
            service = hosts.get(row[6].split("://")[-1].split("/")[0].split(":")[0])
            if service:
                seen[service, row[7]] += 1
                received[service] += int(row[4])
                blocked[service] += row[3] == "TCP_DENIED/403"
        assert seen == {(s, p): t["events"] for s, f in facts["services"].items() for p, t in f["people"].items()}
        assert received == {service: tally["bytes_in"] for service, tally in facts["services"].items()}
        assert blocked == {service: tally["blocked"] for service, tally in facts["services"].items()}


def test_zscaler_logs_say_what_went_out(truth: dict[str, Any]) -> None:
    hosts = {site.host: site.service for site in AI_SITES}
    for name, facts in truth["company"].items():
        if facts["format"] != "zscaler-zia":
            continue
        rows = [row for row in csv.reader(lines(SAMPLES / "company" / name)) if len(row) == 34]
        sent: Counter[str] = Counter()
        for row in rows:
            if service := hosts.get(row[3].split("/")[0].split(":")[0]):
                sent[service] += int(row[7])
        assert len(rows) == facts["events"]
        assert sent == {service: tally["bytes_out"] for service, tally in facts["services"].items()}


def test_what_devices_saw_did_happen(truth: dict[str, Any]) -> None:
    for facts in truth["company"].values():
        for service, tally in facts["services"].items():
            happened = truth["happened"][service]
            assert set(tally["people"]) <= set(happened["people"])
            assert tally["events"] <= happened["events"]
            assert (tally["bytes_out"] or 0) <= happened["bytes_out"]


def test_the_story_is_told(truth: dict[str, Any]) -> None:
    happened = truth["happened"]
    assert happened["anthropic-claude"]["people"]["dario.conti"]["bytes_out"] > 40_000_000
    assert list(happened["openai-api"]["people"]) == ["SRV-BUILD-01".lower()]
    assert 0 < happened["deepseek"]["blocked"] < happened["deepseek"]["events"]
    assert happened["midjourney"]["blocked"] == happened["midjourney"]["events"]
    assert set(truth["policy"]["approved"]) < set(happened)
    assert len(truth["people"]) == 40


@pytest.mark.parametrize("name", FORMATS)
def test_expected_events_use_the_event_columns(name: str) -> None:
    rows = [json.loads(line) for line in lines(SAMPLES / "formats" / name / "expected.ndjson")]
    numbers = [row["line"] for row in rows]
    assert numbers == sorted(set(numbers))
    assert [row for row in rows if "" in row.values() or None in row.values()] == []
    assert {key for row in rows for key in row} <= {"line", "_noyear", *EVENT_COLUMN_NAMES}


@pytest.mark.parametrize("name", FORMATS)
def test_every_sample_has_events_and_one_broken_line(name: str, truth: dict[str, Any]) -> None:
    facts = truth["formats"][f"{name}/sample.log"]
    text = lines(SAMPLES / "formats" / name / "sample.log")
    rows = [json.loads(line) for line in lines(SAMPLES / "formats" / name / "expected.ndjson")]
    (broken,) = facts["broken"]
    assert 20 <= len(rows) == facts["events"]
    assert broken not in {row["line"] for row in rows}
    assert len(text[broken - 1]) < min(len(text[row["line"] - 1]) for row in rows)


@pytest.mark.parametrize("name", FORMATS)
def test_expected_values_stand_in_their_line(name: str) -> None:
    text = lines(SAMPLES / "formats" / name / "sample.log")
    for line in lines(SAMPLES / "formats" / name / "expected.ndjson"):
        row = json.loads(line)
        for column in ("src_ip", "dst_ip", "host", "url_path", "user", "bytes_out", "bytes_in", "user_agent"):
            value = str(row.get(column, ""))
            assert value in text[row["line"] - 1] or json.dumps(value)[1:-1] in text[row["line"] - 1], (column, value)


def test_palo_alto_records_have_the_documented_columns() -> None:
    rows = csv.reader(lines(SAMPLES / "formats" / "paloalto-ngfw" / "sample.log"))
    lengths = {(row[3], len(row)) for row in rows if len(row) > 30}
    assert lengths == {("TRAFFIC", len(TRAFFIC_FIELDS)), ("THREAT", len(URL_FIELDS))}


def test_only_documentation_addresses_appear() -> None:
    found = set()
    for path in (SAMPLES / "company").rglob("*.*"):
        if path.is_file():
            found |= set(re.findall(rb"(?<![\d./])(?:\d{1,3}\.){3}\d{1,3}(?![\d./])", content(path)))
    # Browser versions look like addresses.
    addresses = {one.decode() for one in found} - {"142.0.0.0", "0.0.0.0"}
    assert len(addresses) > 80
    assert [one for one in addresses if not any(ipaddress.ip_address(one) in net for net in DOCUMENTATION)] == []


def test_a_seed_is_a_world() -> None:
    assert Fortnight("one").play() == Fortnight("one").play()
    assert Fortnight("one").play() != Fortnight("two").play()


def test_logins_addresses_and_devices_are_unique() -> None:
    staff = people()
    for values in ([p.login for p in staff], [p.ip for p in staff], [p.device for p in staff]):
        assert len(set(values)) == len(staff)


def test_ai_hosts_are_the_catalogues_and_benign_hosts_are_not() -> None:
    if not CATALOG.exists():
        pytest.skip("the shared catalogue is not here")
    services = {entry["id"]: entry for entry in json.loads(CATALOG.read_text())["services"]}
    for site in AI_SITES:
        assert site.service in services
        suffixes = [domain["suffix"] for domain in services[site.service]["domains"]]
        ports = [port["port"] for port in services[site.service].get("ports", [])]
        assert any(f".{site.host}".endswith(f".{suffix}") for suffix in suffixes) or site.port in ports
    exclusive = [d["suffix"] for entry in services.values() for d in entry["domains"] if d["exclusive"]]
    hits = [site.host for site in BENIGN_SITES if any(f".{site.host}".endswith(f".{suffix}") for suffix in exclusive)]
    assert hits == []
