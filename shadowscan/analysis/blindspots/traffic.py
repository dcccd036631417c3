"""Blind spots in the traffic: addresses without names, tunnels, QUIC, encrypted names, VPNs, people in DNS only."""

from collections.abc import Iterator, Mapping
from typing import Any

from shadowscan.analysis.queries import Bounds, ask
from shadowscan.model.report import Gap
from shadowscan.store.database import Session

_WORTH_TELLING = 0.001
"""Share below which traffic is no blind spot."""


def hidden_traffic(session: Session, bounds: Bounds) -> Iterator[Gap]:
    """Return what all traffic, AI or not, shows of traffic that it does not show."""
    (row,) = ask(session, "blind_traffic", bounds)
    (people,) = ask(session, "blind_people", bounds)
    evasive = {one["way"]: one for one in ask(session, "blind_evasive", bounds)}
    yield from _tunnels(row)
    yield from _addresses(row)
    yield from _quic(row)
    yield from _dns_only(people)
    yield from _encrypted_names(evasive.get("encrypted-dns"))
    yield from _vpn(evasive)
    yield from _ech(row, evasive.get("ech"))


def _tunnels(row: Mapping[str, Any]) -> Iterator[Gap]:
    web = row["web"] + row["tunnels"]
    if web and row["tunnels"] / web > _WORTH_TELLING:
        yield Gap(
            kind="tunnels",
            what=f"{_percent(row['tunnels'], web)} of web requests are tunnels (CONNECT) without URLs",
            means="prompts and uploads in them can't be told from browsing",
            advice="inspect TLS at the proxy, at least for AI services",
            affects=("activity", "volume"),
            share=row["tunnels"] / web,
        )


def _addresses(row: Mapping[str, Any]) -> Iterator[Gap]:
    if row["bytes"] and row["bare_bytes"] / row["bytes"] > _WORTH_TELLING:
        yield Gap(
            kind="bare-addresses",
            what=f"{_percent(row['bare_bytes'], row['bytes'])} of the bytes sent are in records with an address only",
            means="AI use among them shows only where another record names the same connection",
            advice="add the DNS log, or the firewall's TLS or application log, of the same clients",
            affects=("people", "requests", "volume"),
            share=row["bare_bytes"] / row["bytes"],
        )


def _quic(row: Mapping[str, Any]) -> Iterator[Gap]:
    if row["quic"]:
        yield Gap(
            kind="quic",
            what=f"{row['quic']:,} QUIC connections",
            means="a web proxy does not see HTTP/3: what went over it has no URL and, mostly, no volume",
            advice="block UDP port 443 at the firewall, so that browsers fall back to the proxy, or log its bytes",
            affects=("activity", "volume"),
            share=row["quic"] / row["events"],
        )


def _dns_only(row: Mapping[str, Any]) -> Iterator[Gap]:
    if row["with_requests"] and row["dns_only"]:
        ai = f", {row['ai']:,} of them at AI services" if row["ai"] else ""
        yield Gap(
            kind="dns-only",
            what=f"{row['dns_only']:,} of {row['everyone']:,} people and devices appear in DNS only{ai}",
            means="their requests went round the proxies and firewalls read here, or were never made",
            advice="add the log of the way they take out (branch, VPN, guest network), or direct them to the proxy",
            affects=("people", "requests", "volume"),
            share=row["dns_only"] / row["everyone"],
        )


def _encrypted_names(row: Mapping[str, Any] | None) -> Iterator[Gap]:
    if row:
        yield Gap(
            kind="encrypted-dns",
            what=f"{row['people']:,} people and devices use encrypted name lookups (DoH, DoT): {_hosts(row)}",
            means="the DNS log lacks what they look up there",
            advice="block public resolvers, and answer use-application-dns.net with NXDOMAIN",
            affects=("people", "requests"),
            where=tuple(row["hosts"]),
        )


def _vpn(evasive: Mapping[str, Mapping[str, Any]]) -> Iterator[Gap]:
    for way, word in (("vpn", "VPNs or relays"), ("tunnel", "tunnels to the outside")):
        if row := evasive.get(way):
            yield Gap(
                kind=way,
                what=f"{row['people']:,} people and devices use {word}: {_hosts(row)}",
                means="what goes through them is in no log read here",
                advice="ask what they are for; add the endpoint's log where they are allowed",
                affects=("people", "requests", "volume"),
                where=tuple(row["hosts"]),
            )


def _ech(row: Mapping[str, Any], evasive: Mapping[str, Any] | None) -> Iterator[Gap]:
    hidden = row["outer"] + (evasive["requests"] if evasive else 0)
    if hidden:
        yield Gap(
            kind="ech",
            what=f"{hidden:,} TLS handshakes show an outer name only (Encrypted Client Hello)",
            means="the service behind that name is not known",
            advice="strip HTTPS records at the resolver, or inspect TLS at the proxy",
            affects=("people", "requests"),
        )


def _hosts(row: Mapping[str, Any], most: int = 3) -> str:
    shown = ", ".join(row["hosts"][:most])
    return shown if len(row["hosts"]) <= most else f"{shown} and {len(row['hosts']) - most} more"


def _percent(part: int, whole: int) -> str:
    percent = 100 * part / whole
    return f"{percent:.0f} %" if percent >= 1 else f"{percent:.1f} %"
