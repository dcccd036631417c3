"""What the catalogue says of events: hosts once each, requests only where they may matter."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from shadowscan.catalog import Catalog, HostLabel, Match
from shadowscan.formats.compile import Extra
from shadowscan.formats.sqltext import literal
from shadowscan.formats.targets import DEVICE
from shadowscan.ingest.extract import Wanted
from shadowscan.model.events import EVENT_COLUMN_NAMES

FIRST_PASS = ("ts", "kind", "host", "user", DEVICE, "action", "bytes_out", "bytes_in")
"""Columns computed for every line: what the rollup and the totals need."""
FULL = Wanted(EVENT_COLUMN_NAMES)
_REQUEST = ("host", "method", "url_path", "url_query", "user_agent", "dst_port")
_LABELS = {
    "verdict": pa.string(),
    "service": pa.string(),
    "activity": pa.string(),
    "signature": pa.string(),
    "why": pa.string(),
    "client_kind": pa.string(),
}


class Labeller:
    """Labels hosts (each distinct one once) and, where a host or a request may be AI, whole events."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._matcher = catalog.matcher()
        self._hosts: dict[str, HostLabel] = {}
        self._matches: dict[tuple[Any, ...], Match] = {}
        self._fresh: list[str] = []
        self.first_pass = Wanted(FIRST_PASS, self._extras())

    def interesting(self, events: pa.Table) -> pa.Array:
        """Mask of the events worth a second, complete look; ``events`` has ``host`` and ``_hit``."""
        hosts = events["host"].combine_chunks().dictionary_encode()
        names: Sequence[str] = hosts.dictionary.to_pylist()
        self._label(names)
        flags = pa.array([self._hosts[name].verdict != "none" for name in names], pa.bool_())
        by_host = flags.take(hosts.indices) if names else pa.nulls(len(events), pa.bool_())
        return pc.or_(pc.fill_null(by_host, False), pc.fill_null(events["_hit"].combine_chunks(), False))

    def label(self, events: pa.Table, *, keep_all: bool = False) -> pa.Table:
        """Return the events that are (or may be) AI use (or all), with the catalogue's word on each."""
        requests = zip(*(events[name].to_pylist() for name in _REQUEST), strict=True)
        matches = [self._match(request) for request in requests]
        kept = [keep_all or match.verdict != "none" for match in matches]
        columns: Mapping[str, list[Any]] = {
            name: [getattr(match, name) for match, keep in zip(matches, kept, strict=True) if keep] for name in _LABELS
        }
        result = events.filter(pa.array(kept, pa.bool_()))
        for name, kind in _LABELS.items():
            result = result.append_column(name, pa.array(columns[name], kind))
        version = pa.array([self.catalog.version] * len(result), pa.string())
        return result.append_column("catalog", version)

    def fresh_hosts(self) -> pa.Table:
        """Return the hosts labelled since the last call, as rows of ``hosts``."""
        names, self._fresh = self._fresh, []
        labels = [self._hosts[name] for name in names]
        return pa.table(
            {
                "host": pa.array(names, pa.string()),
                "verdict": pa.array([label.verdict for label in labels], pa.string()),
                "service": pa.array([label.service for label in labels], pa.string()),
                "signature": pa.array([label.signature for label in labels], pa.string()),
                "catalog": pa.array([self.catalog.version] * len(names), pa.string()),
            }
        )

    def _label(self, names: Sequence[str]) -> None:
        unseen = [name for name in names if name not in self._hosts]
        self._hosts.update(zip(unseen, self._matcher.label_hosts(unseen), strict=True))
        self._fresh += unseen

    def _match(self, request: tuple[Any, ...]) -> Match:
        known = self._matches.get(request)
        if known is None:
            host, method, path, query, agent, port = request
            known = self._matcher.match(host=host, method=method, path=path, query=query, user_agent=agent, port=port)
            if len(self._matches) < 1_000_000:
                self._matches[request] = known
        return known

    @property
    def hit(self) -> str:
        """SQL condition: a request that a signature without a host could match (path shape, SDK, port)."""
        prefilter = self._matcher.prefilter()
        hits = []
        if prefilter.path_regex:
            hits.append(f"regexp_matches(url_path, {literal(prefilter.path_regex)})")
        if prefilter.user_agent_regex:
            # Browsers all say Mozilla; the search, case-insensitive over many tokens, is only for the rest.
            agent = f"regexp_matches(user_agent, {literal(prefilter.user_agent_regex)})"
            hits.append(f"CASE WHEN starts_with(user_agent, 'Mozilla/') THEN FALSE ELSE {agent} END")
        if prefilter.ports:
            hits.append(f"dst_port IN ({', '.join(str(port) for port in sorted(prefilter.ports))})")
        return " OR ".join(f"coalesce({condition}, FALSE)" for condition in hits) or "FALSE"

    def _extras(self) -> tuple[Extra, ...]:
        return (
            Extra("_key", "hash(_line)"),
            Extra("_hit", self.hit, ("url_path", "user_agent", "dst_port")),
            Extra("_path", "url_path IS NOT NULL", ("url_path",)),
            Extra("_agent", "user_agent IS NOT NULL", ("user_agent",)),
        )
