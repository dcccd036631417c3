"""ClientHellos as facts."""

from shadowscan.capture.facts import Facts, Row
from shadowscan.capture.stream import Moment
from shadowscan.capture.tls import ClientHello, ja4
from shadowscan.model.events import HostBasis, Kind

_DNS_ALPN = {"dot": "tls", "doq": "quic"}
_DNS_PORT = 853
_DOH_HOSTS = frozenset(
    (
        "dns.google", "dns64.dns.google", "cloudflare-dns.com", "mozilla.cloudflare-dns.com", "one.one.one.one",
        "chrome.cloudflare-dns.com", "security.cloudflare-dns.com", "family.cloudflare-dns.com", "dns.quad9.net",
        "dns9.quad9.net", "dns10.quad9.net", "dns11.quad9.net", "doh.opendns.com", "doh.familyshield.opendns.com",
        "dns.nextdns.io", "dns.adguard.com", "dns.adguard-dns.com", "doh.cleanbrowsing.org", "doh.dns.sb",
        "dns.alidns.com", "doh.pub", "doh.mullvad.net", "dns.mullvad.net", "doh.xfinity.com", "doh.cox.net",
        "odoh.cloudflare-dns.com", "freedns.controld.com", "dns.controld.com",
    )
)  # fmt: skip
"""Public resolvers over HTTPS, as browsers and their operators list them (Chromium's DoH provider list and the
operators' own pages): with them, names disappear from the capture."""


def report_hello(
    facts: Facts, kind: Kind, slot: int, side: int, hello: ClientHello, moment: Moment, extra: Row
) -> None:
    """Add a tls or quic event and name the flow after it."""
    detail: Row = {"ja4": ja4(hello, "q" if kind is Kind.QUIC else "t")}
    if hello.alpn:
        detail["alpn"] = list(hello.alpn)
    if hello.ech:
        detail["ech"] = True
    if not hello.whole:
        detail["cut"] = True
    carrier = _dns_carrier(hello, facts.ends(slot, side).dst_port, kind)
    if carrier:
        detail["dns_over"] = carrier
    detail.update(extra)
    basis = HostBasis.SNI_OUTER if hello.ech else HostBasis.SNI
    facts.add(kind, slot, side, moment, detail, host=hello.host, host_basis=basis.value if hello.host else None)
    facts.name_flow(slot, side, hello.host, basis)


def _dns_carrier(hello: ClientHello, port: int, kind: Kind) -> str | None:
    for protocol in hello.alpn:
        if protocol in _DNS_ALPN:
            return _DNS_ALPN[protocol]
    if port == _DNS_PORT:
        return kind.value
    return "https" if hello.host in _DOH_HOSTS else None
