"""Hosts whose use takes traffic out of the logs' sight: encrypted name lookups, VPNs, relays, tunnels.

Names are the vendors' public ones: endpoints of their resolvers, apps and coordination servers. The list is short on
purpose: what is in wide use, as a hint that a part of the traffic may not be visible, never as a reproach.
"""

from enum import StrEnum

from shadowscan.analysis.queries import Bounds, ask
from shadowscan.store.database import Session


class Evasion(StrEnum):
    """How the traffic leaves the logs' sight."""

    ENCRYPTED_DNS = "encrypted-dns"
    VPN = "vpn"
    TUNNEL = "tunnel"
    ECH = "ech"


HOSTS: dict[Evasion, tuple[str, ...]] = {
    # Public resolvers that answer over HTTPS or TLS; https://github.com/curl/curl/wiki/DNS-over-HTTPS lists more.
    Evasion.ENCRYPTED_DNS: (
        "dns.google", "cloudflare-dns.com", "one.one.one.one", "dns.quad9.net", "doh.opendns.com", "dns.nextdns.io",
        "dns.adguard-dns.com", "doh.cleanbrowsing.org", "freedns.controld.com", "dns.mullvad.net", "dns.alidns.com",
        "doh.pub", "dns0.eu", "doh.dns.sb", "use-application-dns.net",
    ),
    # Consumer VPNs, private relays, overlay networks: their apps' own domains.
    Evasion.VPN: (
        "nordvpn.com", "expressvpn.com", "surfshark.com", "protonvpn.com", "mullvad.net", "privateinternetaccess.com",
        "cyberghostvpn.com", "ivpn.net", "windscribe.com", "tunnelbear.com", "hotspotshield.com", "urban-vpn.com",
        "hola.org", "cloudflareclient.com", "mask.icloud.com", "mask-h2.icloud.com", "tailscale.com", "zerotier.com",
        "torproject.org", "psiphon.ca", "lantern.io",
    ),
    # Services that carry a connection out through a name of their own.
    Evasion.TUNNEL: (
        "ngrok.io", "ngrok.app", "ngrok-free.app", "trycloudflare.com", "argotunnel.com", "localtunnel.me",
        "serveo.net", "pinggy.io", "playit.gg", "localhost.run",
    ),
    # The name outside an Encrypted ClientHello at Cloudflare: the one inside is hidden.
    Evasion.ECH: ("cloudflare-ech.com",),
}  # fmt: skip
"""Each also stands for what is below it."""


def mark_evasive(session: Session, bounds: Bounds) -> None:
    """Make the table ``evasive``: who used which such host when, as ``usage`` holds it, with ``way``."""
    pairs = [(host, way.value) for way, hosts in HOSTS.items() for host in hosts]
    ask(session, "evasive", bounds, {"names": [host for host, _ in pairs], "ways": [way for _, way in pairs]})
