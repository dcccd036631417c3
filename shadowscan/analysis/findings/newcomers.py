"""Tools seen for the first time in the recent part of the data."""

from collections.abc import Iterable
from datetime import datetime, time

from shadowscan.analysis.findings import references
from shadowscan.analysis.findings.rule import Found, Rule, Scene, not_approved, of_service, plural
from shadowscan.model.finding import Severity


def _find(scene: Scene) -> Iterable[Found]:
    if scene.parts is None:
        return
    since = datetime.combine(scene.parts.recent, time())
    for row in scene.ask("finding_newcomers", start=since):
        name, people = scene.name(row["service"]), plural(row["people"], "person", "people")
        yield of_service(
            row,
            severity=Severity.LOW if not_approved(row["verdict"]) else Severity.INFO,
            title=f"{name} is new since {row['first']:%Y-%m-%d}, used by {people}",
            basis=(
                f"no trace of it before {since:%Y-%m-%d}, in data from {scene.parts.earlier} on",
                f"{row['requests']:,} requests since",
            ),
        )


NEW_TOOL = Rule(
    kind="new-tool",
    title="New tool since the last period",
    raised="a service without any trace before the recent part of the data: the period asked for, or the later half of"
    " the days in whole weeks; the data must reach back as far again",
    severities={
        Severity.LOW: "prohibited or not reviewed; a finding on its use says how grave that is",
        Severity.INFO: "approved or tolerated",
    },
    next_step="look who brought it in and what for, while few use it",
    relevant=(references.AI_SERVICE, references.INVENTORY, references.THIRD_PARTY_MONITORING),
    find=_find,
)
