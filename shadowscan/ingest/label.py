"""What the catalogue says of events: hosts once each, requests only where they may matter."""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from shadowscan.catalog import Catalog, HostLabel, Match
from shadowscan.catalog.matcher import Matcher
from shadowscan.formats.compile import Extra
from shadowscan.formats.sqltext import literal
from shadowscan.formats.targets import DEVICE
from shadowscan.ingest.extract import Wanted
from shadowscan.model.events import EVENT_COLUMN_NAMES
from shadowscan.store.labels import REQUEST

FIRST_PASS = ("ts", "kind", "host", "user", DEVICE, "action", "bytes_out", "bytes_in")
"""Columns computed for every line: what the rollup and the totals need."""
FULL = Wanted(EVENT_COLUMN_NAMES)
MOST_HOSTS, MOST_REQUESTS = 500_000, 100_000
"""Labels kept, for memory's sake: with more of them all are forgotten, which costs a second at most."""
HIT = "_hit"
"""Columns named so tell of requests that a signature without a host could match."""
ASKED = "asked"
"""Not an event column: the query parameter that a signature asked for."""
_LABELS = {
    "verdict": pa.string(),
    "service": pa.string(),
    "activity": pa.string(),
    "signature": pa.string(),
    "why": pa.string(),
    "client_kind": pa.string(),
    "client_why": pa.string(),
    ASKED: pa.string(),
}


class Labeller:
    """Labels hosts (each distinct one once) and, where a host or a request may be AI, whole events."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._matcher = Matcher(catalog)
        self._hosts: dict[str, HostLabel] = {}
        self._matches: dict[tuple[Any, ...], Match] = {}
        self._fresh: list[str] = []
        self.first_pass = Wanted(FIRST_PASS, self._extras(), by_value=True)

    def interesting(self, events: pa.Table) -> pa.Array:
        """Mask of the events worth a second, complete look; ``events`` has ``host`` and what may tell a hit."""
        hosts = events["host"].combine_chunks().dictionary_encode()
        names: Sequence[str] = hosts.dictionary.to_pylist()
        self._label(names)
        flags = pa.array([self._hosts[name].verdict != "none" for name in names], pa.bool_())
        by_host = flags.take(hosts.indices) if names else pa.nulls(len(events), pa.bool_())
        hits = [events[name].combine_chunks() for name in events.column_names if name.startswith(HIT)]
        return reduce(pc.or_, (pc.fill_null(mask, False) for mask in (by_host, *hits)))

    def label(self, events: pa.Table, *, keep_all: bool = False) -> pa.Table:
        """Return the events that are (or may be) AI use (or all), with the catalogue's word on each."""
        requests = zip(*(events[name].to_pylist() for name in REQUEST), strict=True)
        matches = [self.judge(request) for request in requests]
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
        table = self._label_table(names, [self._hosts[name] for name in names])
        if len(self._hosts) > MOST_HOSTS:
            self._hosts.clear()
        return table.append_column("catalog", pa.array([self.catalog.version] * len(names), pa.string()))

    def start_over(self) -> None:
        """Take every host for unseen again: labels handed out may not have been kept."""
        self._hosts.clear()
        self._fresh.clear()

    def host_labels(self, hosts: Sequence[str]) -> pa.Table:
        """Return the labels of those hosts that the catalogue has a word on."""
        labelled = zip(hosts, self._matcher.label_hosts(hosts), strict=True)
        found = {host: label for host, label in labelled if label.verdict != "none"}
        return self._label_table(list(found), list(found.values()))

    def _label_table(self, names: Sequence[str], labels: Sequence[HostLabel]) -> pa.Table:
        basis = self._matcher.basis
        known = [None if label.verdict == "none" else basis(name) for name, label in zip(names, labels, strict=True)]
        columns = {
            "host": names,
            "verdict": [label.verdict for label in labels],
            "service": [label.service for label in labels],
            "signature": [label.signature for label in labels],
            "role": [label.role for label in labels],
            "basis": known,
        }
        return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})

    @property
    def common(self) -> str:
        """Digest of what the catalogue says of requests to any host."""
        return self._matcher.common()

    def _label(self, names: Sequence[str]) -> None:
        unseen = [name for name in names if name not in self._hosts]
        self._hosts.update(zip(unseen, self._matcher.label_hosts(unseen), strict=True))
        self._fresh += unseen

    def judge(self, request: tuple[Any, ...]) -> Match:
        """Judge one request: the values of ``REQUEST``."""
        known = self._matches.get(request)
        if known is None:
            host, method, path, query, agent, port = request
            known = self._matcher.match(host=host, method=method, path=path, query=query, user_agent=agent, port=port)
            if len(self._matches) >= MOST_REQUESTS:
                self._matches.clear()
            self._matches[request] = known
        return known

    @property
    def hit(self) -> str:
        """SQL condition: a request that a signature without a host could match (path shape, SDK, port)."""
        return " OR ".join(f"coalesce({extra.sql}, FALSE)" for extra in self._hits())

    def _hits(self) -> tuple[Extra, ...]:
        """Return the parts of ``hit``; each is NULL or FALSE where it doesn't apply."""
        prefilter = self._matcher.prefilter()
        path = agent = port = "FALSE"
        if prefilter.path_regex and prefilter.path_pieces:
            # Searches for a few plain words are cheaper than the pattern, and most paths hold none of them.
            likely = " OR ".join(f"contains(url_path, {literal(piece)})" for piece in prefilter.path_pieces)
            path = f"CASE WHEN {likely} THEN regexp_matches(url_path, {literal(prefilter.path_regex)}) END"
        if prefilter.user_agent_regex:
            # Browsers all say Mozilla; the search, case-insensitive over many tokens, is only for the rest.
            searched = f"regexp_matches(user_agent, {literal(prefilter.user_agent_regex)})"
            agent = f"CASE WHEN starts_with(user_agent, 'Mozilla/') THEN FALSE ELSE {searched} END"
        if prefilter.ports:
            port = f"dst_port IN ({', '.join(str(port) for port in sorted(prefilter.ports))})"
        ports = tuple(str(port) for port in sorted(prefilter.ports))
        return (
            Extra("_hit_path", path, rarely={"url_path": tuple(prefilter.path_pieces)}),
            Extra("_hit_agent", agent, ("user_agent",)),
            Extra("_hit_port", port, rarely={"dst_port": ports}),
        )

    def _extras(self) -> tuple[Extra, ...]:
        return (
            Extra("_key", "hash(_line)"),
            *self._hits(),
            Extra("_path", "url_path IS NOT NULL", ("url_path",), presence=True),
            Extra("_agent", "user_agent IS NOT NULL", ("user_agent",), presence=True),
        )
