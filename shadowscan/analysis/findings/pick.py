"""The one finding that a user means by the start of its id."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shadowscan.errors import UsageError
from shadowscan.model.finding import Decision, Finding
from shadowscan.store.decisions import Decided

SHORTEST = 4
"""Characters of an id that must be given at least."""


@dataclass(frozen=True, slots=True)
class Picked:
    """A finding with its history; ``finding`` is None where the logs and the policy no longer give it."""

    finding_id: str
    kind: str
    title: str
    finding: Finding | None
    history: tuple[Decision, ...]


def pick(start: str, findings: Sequence[Finding], known: Mapping[str, Decided]) -> Picked:
    """Return the finding whose id begins so, among those of the report and those decided on before.

    UsageError if there is none, if there are several, or if the start is shorter than ``SHORTEST``.
    """
    if len(start) < SHORTEST:
        raise UsageError(f"{start!r} is too short", hint=f"give at least {SHORTEST} characters of a finding's id")
    present = {finding.id: finding for finding in findings}
    fitting = sorted(one for one in {*present, *known} if one.startswith(start.lower()))
    if not fitting:
        raise UsageError(f"no finding {start!r}", hint="`shadowscan findings list --all` lists them with their ids")
    if len(fitting) > 1:
        raise UsageError(f"{start!r} fits {', '.join(fitting)}", hint="give more characters of the id")
    finding_id = fitting[0]
    history = known[finding_id].decisions if finding_id in known else ()
    named = present[finding_id] if finding_id in present else known[finding_id]
    return Picked(finding_id, named.kind, named.title, present.get(finding_id), history)
