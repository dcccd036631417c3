"""The demo company: what the report says is what the generator made happen.

The golden screens are rewritten with ``REWRITE_GOLDEN=1 pytest tests/cli/test_demo.py``; review the diff.
"""

import json
import os
import re
import shutil
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from tests.commandline import ROOT, Ran, good, report, shadowscan

GOLDEN = Path(__file__).parent / "golden"
AFTER_THE_FORTNIGHT = 1794873600
"""16 November 2026: when the files were written, for the log that states no year."""
SERVED_INSIDE = "ollama"
"""No signature can name a model on the company's own hosts: it is a candidate."""


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((ROOT / "samples" / "truth.json").read_text())
    return facts


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("demo")
    shutil.copytree(ROOT / "samples" / "company", place / "samples" / "company")
    for path in (place / "samples").rglob("*"):
        os.utime(path, (AFTER_THE_FORTNIGHT, AFTER_THE_FORTNIGHT))
    return place


@pytest.fixture(scope="module")
def scanned(folder: Path) -> Ran:
    """The demo's scan, called as its user calls it: in the folder, by relative names."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("COLUMNS", "120")
        return shadowscan("scan", "samples/company", "--db", "demo.duckdb")


@pytest.fixture(scope="module")
def document(scanned: Ran, folder: Path) -> Any:
    assert scanned.code == 0
    return report(folder / "demo.duckdb")


@pytest.fixture(scope="module")
def tools(document: Any) -> dict[str, Any]:
    return {tool["service"]: tool for tool in document["tools"]}


def test_every_tool_that_was_used_is_reported_and_no_other(tools: dict[str, Any], truth: dict[str, Any]) -> None:
    assert set(tools) == set(truth["happened"]) - {SERVED_INSIDE}


def test_each_visit_counts_once_however_many_devices_saw_it(tools: dict[str, Any], truth: dict[str, Any]) -> None:
    counted = {name: (tool["requests"], tool["blocked"], tool["people"]) for name, tool in tools.items()}
    happened = truth["happened"]
    assert counted == {
        name: (happened[name]["events"], happened[name]["blocked"], len(happened[name]["people"])) for name in tools
    }


def test_bytes_sent_are_those_of_the_device_that_saw_most(tools: dict[str, Any], truth: dict[str, Any]) -> None:
    """Squid's native format states none: what it blocked has no volume, for the firewall never saw it."""
    sums: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    for file in truth["company"].values():
        for service, seen in file["services"].items():
            for person, tally in seen["people"].items():
                if tally["bytes_out"] is not None:
                    sums[service][person][file["format"]] += tally["bytes_out"]
    seen_most = {service: sum(max(kinds.values()) for kinds in people.values()) for service, people in sums.items()}
    assert {name: tool["bytes_out"] for name, tool in tools.items()} == {name: seen_most.get(name) for name in tools}


def test_people_have_the_tools_they_used(document: Any, truth: dict[str, Any], tools: dict[str, Any]) -> None:
    names = {tool["name"]: service for service, tool in tools.items()}
    reported = {row["who"]: {names[name] for name in row["tools"]} for row in document["people"] if row["named"]}
    used = {person["login"]: set(person["services"]) - {SERVED_INSIDE} for person in truth["people"] if person["login"]}
    assert reported == {login: services for login, services in used.items() if services}


def test_a_nightly_job_is_a_device_without_a_person(document: Any) -> None:
    assert [row["who"] for row in document["people"] if not row["named"]] == ["10.30.50.10"]


def test_every_line_is_accounted_for(document: Any, truth: dict[str, Any]) -> None:
    rows = {row["name"].removeprefix("samples/company/"): row for row in document["sources"]}
    assert set(rows) == set(truth["company"])
    for name, facts in truth["company"].items():
        row = rows[name]
        assert row["lines"] == facts["lines"], name
        assert row["events"] == facts["events"], name
        assert row["rejected"] == len(facts["broken"]), name
        assert row["lines"] == row["events"] + row["duplicates"] + row["skipped"] + row["rejected"], name
        assert row["formats"] == [[facts["format"], facts["events"]]], name


def test_each_broken_line_is_named(scanned: Ran, folder: Path, truth: dict[str, Any]) -> None:
    listed = good(shadowscan("db", "rejects", "--db", folder / "demo.duckdb")).out.splitlines()
    named = {tuple(line.removeprefix("samples/company/").split(":", 2)[:2]) for line in listed}
    broken = {(name, str(number)) for name, facts in truth["company"].items() for number in facts["broken"]}
    assert named == broken
    assert len(listed) == len(broken)


def test_a_model_served_inside_is_a_candidate(document: Any) -> None:
    rows = {row["host"]: row for row in document["candidates"]}
    assert set(rows) == {"gpu01.example.com", "10.30.50.20:11434"}
    assert {row["service"] for row in rows.values()} == {SERVED_INSIDE}
    assert all("Ollama" in row["evidence"][0] for row in rows.values())
    assert rows["gpu01.example.com"]["people"] == 4


def test_the_scan_and_a_later_report_say_the_same(scanned: Ran, folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("COLUMNS", "120")
        again = good(shadowscan("report", "--db", "demo.duckdb")).out
    assert _steady(again) == _steady(scanned.out)


@pytest.mark.parametrize("width", ["80", "120"])
def test_the_screen_reads_as_recorded(scanned: Ran, folder: Path, width: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("COLUMNS", width)
        text = _steady(good(shadowscan("report", "--db", "demo.duckdb")).out)
    path = GOLDEN / f"demo-{width}.txt"
    if os.environ.get("REWRITE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def _steady(screen: str) -> str:
    """The screen without what differs from run to run and from release to release."""
    screen = re.sub(r"catalogue\s+of\s+[\d,]+\s+services", "catalogue of * services", screen)
    screen = re.sub(r"(Use to report +)[\d,]+ days", r"\1* days", screen)
    return re.sub(r"(?m)^(  (?:version|catalogue|generated|command) ).*$", r"\1****", screen)
