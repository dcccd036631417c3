"""All rules over one scene, each finding with its state, what to do first at the top."""

from datetime import datetime

from shadowscan.analysis.findings.kinds import RULES
from shadowscan.analysis.findings.rule import Scene
from shadowscan.analysis.findings.state import with_state
from shadowscan.model.finding import Finding, Status
from shadowscan.store.decisions import decided


def findings_of(scene: Scene, now: datetime) -> tuple[Finding, ...]:
    """Return every finding: open ones first, the most severe first."""
    known = decided(scene.session)
    found = [finding for rule in RULES for finding in rule.findings(scene)]
    stated = [with_state(one, known[one.id].decisions[-1] if one.id in known else None, now) for one in found]
    return tuple(sorted(stated, key=_order))


def _order(finding: Finding) -> tuple[bool, int, int, str]:
    kinds = [rule.kind for rule in RULES]
    return (finding.status is not Status.OPEN, -finding.severity.rank, kinds.index(finding.kind), finding.title)
