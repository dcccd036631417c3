"""Calls faster than a person makes them."""

from collections.abc import Iterable, Mapping
from typing import Any

from shadowscan.analysis.findings import references
from shadowscan.analysis.findings.rule import Found, Rule, Scene, not_approved, of_person, plural
from shadowscan.model.finding import Severity

MACHINE = 600
"""Calls in half an hour: one every three seconds throughout."""
RUNAWAY = 150
"""Calls in half an hour, if that is ten times what is usual for the client."""


def _find(scene: Scene) -> Iterable[Found]:
    return (_found(row, scene) for row in scene.ask("finding_speed", least=MACHINE, runaway=RUNAWAY))


def _found(row: Mapping[str, Any], scene: Scene) -> Found:
    name = scene.name(row["service"])
    kind = "at machine speed" if row["machine"] else "ten times faster than usual"
    return of_person(
        row,
        subject=(row["who"], row["service"]),
        severity=Severity.HIGH if not_approved(row["verdict"]) else Severity.MEDIUM,
        title=f"{row['who']} called {name} {kind}: {row['most']:,} calls in half an hour",
        basis=(
            f"{row['most']:,} calls from {row['half']:%Y-%m-%d %H:%M} on",
            f"{plural(row['slots'], 'such half hour')}; usual is {row['middle']:,.0f} calls (median)",
            f"the service is {row['verdict']}",
        ),
    )


MACHINE_SPEED = Rule(
    kind="machine-speed",
    title="Machine-speed or runaway calls",
    raised=f"{MACHINE} or more calls of programs and agents, or prompts, by one client to one service within half an"
    f" hour; or {RUNAWAY} or more if that is ten times the median of its half hours with calls (eight or more)",
    severities={
        Severity.HIGH: "to a service that is prohibited or not reviewed",
        Severity.MEDIUM: "to an approved or tolerated service",
    },
    next_step="find the program, its owner and its key; set a limit at the vendor, or stop it",
    relevant=(
        references.CONSUMPTION,
        references.EXCESSIVE_AGENCY,
        references.AGENT_TOOL,
        references.INFERENCE_API,
        references.MONITORING,
    ),
    find=_find,
)
