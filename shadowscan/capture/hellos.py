"""ClientHellos as facts."""

from functools import lru_cache

from shadowscan.capture.facts import Facts, Said, detail_text
from shadowscan.capture.stream import Moment
from shadowscan.capture.tls import Hello
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
    facts: Facts,
    kind: Kind,
    slot: int,
    side: int,
    hello: Hello,
    moment: Moment,
    version: int = 0,
    initials: int = 0,
) -> None:
    """Add a tls or quic event and name the flow after it; of QUIC, its version and the Initials it took."""
    carrier = _dns_carrier(hello, facts.ends(slot, side).dst_port, kind)
    detail = _detail(hello.ja4, hello.alpn, carrier, version, initials, ech=hello.ech, cut=hello.cut)
    basis = HostBasis.SNI_OUTER if hello.ech else HostBasis.SNI
    facts.add(kind, slot, side, moment, Said(hello.host, basis.value if hello.host else None, detail))
    facts.name_flow(slot, side, hello.host, basis)


@lru_cache(maxsize=4096)
def _detail(
    ja4: str, alpn: tuple[str, ...], carrier: str | None, version: int, initials: int, *, ech: bool, cut: bool
) -> str | None:
    quic = f"{version:#x}" if version else None
    packets = initials if initials > 1 else None
    return detail_text(ja4=ja4, alpn=alpn, ech=ech, cut=cut, dns_over=carrier, quic=quic, initials=packets)


def _dns_carrier(hello: Hello, port: int, kind: Kind) -> str | None:
    for protocol in hello.alpn:
        if protocol in _DNS_ALPN:
            return _DNS_ALPN[protocol]
    if port == _DNS_PORT:
        return kind.value
    return "https" if hello.host in _DOH_HOSTS else None
