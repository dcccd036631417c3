"""Ways round a block: gateways to other models, VPN-like services, tunnels."""

from collections.abc import Iterable, Mapping
from typing import Any

from shadowscan.analysis.findings import references
from shadowscan.analysis.findings.rule import Found, Rule, Scene, of_person, plural
from shadowscan.catalog.model import Category
from shadowscan.model.finding import Severity


def _find(scene: Scene) -> Iterable[Found]:
    services = scene.context.catalog.services.values()
    gateways = [one.id for one in services if one.category is Category.GATEWAY_ROUTER]
    return (_found(row, scene) for row in scene.ask("finding_bypass", gateways=gateways))


def _found(row: Mapping[str, Any], scene: Scene) -> Found:
    catalog = scene.context.catalog
    through = [scene.name(one) if one in catalog.services else one for one in row["through"]]
    shown = ", ".join(through[:3]) + (f" and {len(through) - 3} more" if len(through) > 3 else "")
    return of_person(
        row,
        subject=(row["who"],),
        severity=Severity.HIGH if row["gateway"] else Severity.MEDIUM,
        title=f"{row['who']} was blocked at {scene.name(row['service'])} and then used {shown}",
        basis=(
            (
                f"{plural(row['blocked'], 'request')} to {plural(row['services'], 'AI service')} blocked from"
                f" {row['since']} on"
            ),
            f"{plural(row['requests'], 'request')} to {shown} from that day on",
        ),
    )


BYPASS = Rule(
    kind="policy-bypass",
    title="Possible bypass of a block",
    raised="requests of a person to an AI service were blocked, and from that day on the same person used a gateway"
    " that passes requests on to other models, a VPN-like service or a tunnel"
    " (shadowscan/analysis/evasive.py names them)",
    severities={
        Severity.HIGH: "through a gateway to AI models that the policy does not approve",
        Severity.MEDIUM: "through a VPN-like service or tunnel, which may have served something else",
    },
    next_step="ask the person what they need; offer an approved way before closing this one",
    relevant=(references.PROXY, references.TUNNEL, references.WEB_EXFILTRATION, references.THIRD_PARTY_POLICY),
    find=_find,
)
