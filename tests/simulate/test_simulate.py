"""Simulated companies: repeatable, written as logs that scan to what the estimator is calibrated on."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from shadowscan.analysis.queries import Bounds, prepare
from shadowscan.analysis.traffic import groups_of
from shadowscan.catalog import load_catalog
from shadowscan.exposure import ClientClass, Grade, Group, group
from shadowscan.simulate import simulate
from shadowscan.simulate.views import Visibility, traffic
from shadowscan.simulate.write import RENDERERS, write_company
from shadowscan.store.database import Database
from tests.commandline import shadowscan

PROMPT_SUMS = ("count", "bytes", "fresh", "runs", "linked", "links", "sizeable", "large", "large_bytes")


def test_one_seed_is_one_company() -> None:
    first, again, other = simulate(20, 2, 7), simulate(20, 2, 7), simulate(20, 2, 8)
    assert first == again
    assert first.truth() != other.truth()


def test_truth_adds_up_over_departments_and_services() -> None:
    company = simulate(60, 3, 5)
    truth = company.truth()
    assert truth.prompts > 0
    assert truth.volume == sum(company.truth(name).volume for name in company.departments)
    services = {use.tool.service for use in company.uses}
    assert truth.files == sum(company.truth(service=name).files for name in services)
    assert truth.sensitive_prompts <= truth.prompts
    assert truth.sensitive_files <= truth.files


def test_weekends_are_quiet() -> None:
    week, longer = simulate(15, 5, 3), simulate(15, 7, 3)
    assert week.truth() == longer.truth()


@pytest.mark.parametrize("visibility", Visibility)
def test_logs_scan_to_what_the_company_sent(visibility: Visibility, tmp_path: Path) -> None:
    """Read from logs through the database, the traffic is that of the short way without logs."""
    company = simulate(25, 3, 11)
    write_company(company, tmp_path, visibility)
    ran = shadowscan("scan", tmp_path / "logs", "--db", tmp_path / "db", "-q", "--output", "json")
    assert ran.code == 0, ran.err
    assert all(not source["rejected"] for source in ran.json()["sources"])
    with Database(tmp_path / "db").read() as session:
        prepare(session, Bounds())
        session.execute("UPDATE actors SET department = who")
        read = groups_of(session, load_catalog(), Bounds())
    assert _comparable(read) == _comparable(group(traffic(company, visibility), by_person=True))


def _comparable(found: Iterable[Group]) -> dict[tuple[object, ...], object]:
    """By person and service: only prompts have a sequence; an upload host's uploads count as the service's."""
    merged: dict[tuple[object, ...], object] = {}
    for one in found:
        if one.key.client is ClientClass.TELEMETRY:
            continue
        key = one.key.service, one.key.department, one.key.grade
        if one.key.grade is Grade.C:
            merged[key] = True
        if one.prompts.total:
            least = one.prompts.typical_least if one.key.client is ClientClass.AGENT else 0
            sums = {name: getattr(one.prompts, name).sum() for name in PROMPT_SUMS}
            merged[(*key, one.key.client)] = (round(one.prompts.typical_low), least, sums)
        for name, pool in (("uploads", one.uploads), ("connections", one.connections)):
            if pool.total:
                place = name if one.key.grade is Grade.A else one.key.client
                sent = tuple(getattr(pool, name).sum() for name in ("count", "bytes", "sizeable", "large_bytes"))
                merged[(*key, place, one.key.packets)] = sent
    return merged


@pytest.mark.parametrize(
    ("visibility", "name"), [(visibility, name) for visibility, names in RENDERERS.items() for name in names]
)
def test_command_writes_every_format(visibility: Visibility, name: str, tmp_path: Path) -> None:
    options = ("--people", "8", "--days", "1", "--seed", "4", "--visibility", visibility.value, "--formats", name)
    assert shadowscan("simulate", *options, "--out", tmp_path).code == 0
    truth = json.loads((tmp_path / "truth.json").read_text())
    assert truth["visibility"] == visibility.value
    assert truth["total"]["prompts"] == simulate(8, 1, 4).truth().prompts
    assert (tmp_path / "people.csv").read_text().startswith("user,department\n")
    parsed = shadowscan("parse", tmp_path / "logs" / f"{name}.log")
    assert parsed.ndjson()[0]["host"]
    assert "rejected" not in parsed.err


def test_a_format_that_cannot_show_it_is_refused(tmp_path: Path) -> None:
    ran = shadowscan("simulate", "--visibility", "dns", "--formats", "squid", "--out", tmp_path)
    assert ran.code == 2
    assert "umbrella" in ran.err
