"""Model servers inside: hosts that answer like a model runtime."""

import ipaddress
from collections import defaultdict
from collections.abc import Iterable, Sequence

from shadowscan.analysis.findings import references
from shadowscan.analysis.findings.rule import Found, Rule, Scene, evidence, plural
from shadowscan.catalog.model import Category
from shadowscan.model.finding import Severity
from shadowscan.model.report import CandidateRow


def _find(scene: Scene) -> Iterable[Found]:
    services = scene.context.catalog.services.values()
    known = {one.id for one in services if one.category is Category.SELF_HOSTED_RUNTIME}
    runtimes = [row for row in scene.candidates if row.service in known]
    if not runtimes:
        return
    addresses = _addresses(scene, {str(row.service) for row in runtimes})
    grouped: dict[str, list[CandidateRow]] = defaultdict(list)
    for row in runtimes:
        grouped[addresses.get(row.host, row.host)].append(row)
    for server, rows in sorted(grouped.items()):
        yield _found(server, rows, scene)


def _addresses(scene: Scene, services: set[str]) -> dict[str, str]:
    rows = scene.ask("finding_servers", runtimes=sorted(services))
    return {row["host"]: row["address"] for row in rows}


def _found(server: str, rows: Sequence[CandidateRow], scene: Scene) -> Found:
    best = max(rows, key=lambda row: (row.requests, row.host))
    people = max(row.people for row in rows)
    runtime = str(best.service)
    days = [day for row in rows for day in (row.first, row.last) if day]
    return Found(
        subject=(server,),
        severity=Severity.HIGH if _is_public(server) else Severity.MEDIUM,
        title=f"{best.host} answers as {scene.name(runtime)}: a model server, used by {plural(people, 'client')}",
        evidence=evidence(service=runtime),
        service=runtime,
        people=people,
        bytes_out=best.bytes_out,
        basis=(
            *(f"{row.host}: {plural(row.requests, 'request')}; {'; '.join(row.evidence)}" for row in rows),
            f"seen from {min(days)} to {max(days)}" if days else "at no known time",
        ),
    )


def _is_public(server: str) -> bool:
    try:
        return ipaddress.ip_address(server).is_global
    except ValueError:
        return False


SELF_HOSTED = Rule(
    kind="self-hosted-model",
    title="Self-hosted model server",
    raised="a host no signature knows was asked on the ports and paths of a model runtime (Ollama, vLLM and the like)",
    severities={
        Severity.HIGH: "its address is public: anybody may be able to call it",
        Severity.MEDIUM: "its address is internal, or not known",
    },
    next_step="find its owner; check who can reach it, which models it runs and where they came from, and register it",
    relevant=(references.SUPPLY_CHAIN, references.INFERENCE_API, references.INVENTORY, references.COMPONENTS),
    find=_find,
)
