"""Hosts that may be AI and that no signature knows: counted from the rollup and the stored requests, then scored."""

from collections.abc import Mapping, Sequence
from typing import Any

from shadowscan.analysis.queries import Bounds, ask
from shadowscan.catalog import Catalog
from shadowscan.catalog.hostindex import suffixes
from shadowscan.catalog.unknown import CANDIDATE, SUSPECT_NAMES, Sighting, score_unknown
from shadowscan.model.report import CandidateRow
from shadowscan.store.database import Session


def candidates_of(
    session: Session, catalog: Catalog, bounds: Bounds, least: float = CANDIDATE
) -> tuple[CandidateRow, ...]:
    """Return hosts that score at least ``least``, most likely first; ``prepare`` must have made the tables of people.

    None where the bounds name a service: what no signature knows belongs to none.
    """
    if bounds.service is not None:
        return ()
    hosts = ask(session, "unknown_hosts", bounds, {"names": SUSPECT_NAMES})
    requests = {row["name"]: row for row in ask(session, "unknown_requests", bounds)}
    unnamed = [row for row in requests.values() if row["unnamed"]]
    if not hosts and not unnamed:
        return ()
    usual = _usual(session, bounds)
    dismissed = frozenset(entry.suffix for entry in catalog.not_ai)
    rows = [
        _named(row, requests.get(row["host"]), usual) for row in hosts if dismissed.isdisjoint(suffixes(row["host"]))
    ]
    rows += [_unnamed(row) for row in unnamed]
    found = [row for row in rows if row.score >= least]
    return tuple(sorted(found, key=lambda row: (-row.score, -row.people, -row.requests, row.host)))


def _usual(session: Session, bounds: Bounds) -> float:
    row = ask(session, "usual", bounds)[0]
    return row["days_with_ai"] / row["days"] if row["days"] else 0.0


def _named(row: Mapping[str, Any], requests: Mapping[str, Any] | None, usual: float) -> CandidateRow:
    seen = Sighting(
        host=row["host"],
        requests=row["requests"],
        bytes_out=row["bytes_out"],
        bytes_in=row["bytes_in"],
        days=row["days"],
        days_with_ai=row["days_with_ai"],
        usual=usual,
        **_of_requests(requests or {}),
    )
    return _row(seen, row, requests["service"] if requests else None)


def _unnamed(row: Mapping[str, Any]) -> CandidateRow:
    """Judge an address with a port: it has no name and is not in the rollup by itself."""
    seen = Sighting(
        host=row["name"],
        requests=row["requests"],
        bytes_out=row["bytes_out"],
        bytes_in=row["bytes_in"],
        **_of_requests(row),
    )
    return _row(seen, {**row, "lookups": 0}, row["service"])


def _of_requests(row: Mapping[str, Any]) -> Mapping[str, Any]:
    def texts(name: str) -> Sequence[str]:
        return tuple(sorted(row.get(name) or ()))

    tools: Mapping[str, int] = row.get("tools") or {}
    return {
        "tools": tuple(sorted(tools, key=lambda words: (-tools[words], words))),
        "paths": texts("paths"),
        "methods": texts("methods"),
        "seconds": row.get("seconds"),
        "streamed": row.get("streamed", 0),
    }


def _row(seen: Sighting, counts: Mapping[str, Any], service: str | None) -> CandidateRow:
    judged = score_unknown(seen)
    return CandidateRow(
        host=seen.host,
        score=judged.score,
        evidence=tuple(one.words for one in judged.evidence),
        service=service,
        **{name: counts[name] for name in ("people", "requests", "lookups", "bytes_out", "first", "last")},
    )
