"""Volume unusual for a person, against their own other days and against their department."""

from collections.abc import Iterable, Mapping
from typing import Any

from shadowscan.analysis.findings import references
from shadowscan.analysis.findings.rule import Found, Rule, Scene, megabytes, not_approved, of_person
from shadowscan.model.finding import Severity

LEAST = 5_000_000
"""Bytes above the median, below which nothing is unusual enough."""
FACTOR = 6
"""Robust standard deviations (1.4826 x MAD) above the median."""
FEWEST = 5
"""Days of a person, or people of a department, that make a baseline."""


def _find(scene: Scene) -> Iterable[Found]:
    told = {(row["who"], day) for row in scene.bulk for day in row["all_days"]}
    for row in scene.ask("finding_volume", least=LEAST, factor=FACTOR, days=FEWEST):
        if any((row["who"], day) not in told for day in row["all_days"]):
            usual = f"{megabytes(row['middle'])} a day (median of {row['days']} days, MAD {megabytes(row['spread'])})"
            yield _found(row, scene, f"on {row['day']:%Y-%m-%d}", usual, "day")
    for row in scene.ask("finding_department", least=LEAST, factor=FACTOR, people=FEWEST):
        usual = (
            f"{megabytes(row['middle'])} in {row['department']} (median of {row['people']} people, MAD"
            f" {megabytes(row['spread'])})"
        )
        yield _found(row, scene, "in the period", usual, "department")


def _found(row: Mapping[str, Any], scene: Scene, when: str, usual: str, against: str) -> Found:
    return of_person(
        row,
        subject=(row["who"], against),
        severity=Severity.MEDIUM if not_approved(row["verdict"]) else Severity.LOW,
        title=f"{row['who']} sent {megabytes(row['bytes'])} to AI services {when}; usual is {megabytes(row['middle'])}",
        basis=(f"usual: {usual}", f"most of it to {scene.name(row['service'])}, which is {row['verdict']}"),
    )


UNUSUAL = Rule(
    kind="unusual-volume",
    title="Unusual volume",
    raised=f"bytes sent to AI services {FACTOR} robust standard deviations (1.4826 times the MAD, taken as no less than"
    f" a tenth of the median or 100 kB) and {LEAST // 1_000_000} MB above the median: of one day against the person's"
    f" other days with use ({FEWEST} or more), or of the period against the people of the department ({FEWEST} or"
    " more). A day that is a bulk upload already is left out",
    severities={
        Severity.MEDIUM: "most of it to a service that is prohibited or not reviewed",
        Severity.LOW: "most of it to an approved or tolerated service",
    },
    next_step="look at the lines of that day; ask the person if the content is not clear from them",
    relevant=(references.WEB_EXFILTRATION, references.DISCLOSURE, references.MONITORING),
    find=_find,
)
