"""Name servers' logs: Umbrella, BIND, dnsmasq (Pi-hole)."""

from datetime import timedelta

from samples.devices.record import Fields, Record, filled, iso, quoted
from samples.dice import stable_number
from samples.world import Session, Visit, sessions


def lookups(visits: list[Visit]) -> list[Session]:
    """Return the sessions before whose first packet the client asked for the address: names only, no literals."""
    return [session for session in sessions(visits) if not session.first.site.host.replace(".", "").isdigit()]


def _asked(session: Session) -> Visit:
    return session.first


def _fields(visit: Visit, moment: str) -> Fields:
    return {"ts": moment, "kind": "dns", "src_ip": visit.person.ip, "host": visit.site.host}


def umbrella_dns(visits: list[Visit], *, enforcing: bool) -> list[Record]:
    """Return Umbrella's DNS log: 13 quoted columns, no header, times in UTC; it blocks or only watches.

    Columns: timestamp, most granular identity, identities, internal ip, external ip, action, query type, response code,
    domain, categories, most granular identity type, identity types, blocked categories.
    Source: https://docs.umbrella.com/umbrella-user-guide/docs/dns-log-formats
    """
    return [_umbrella(_asked(session), enforcing=enforcing) for session in lookups(visits)]


def _umbrella(visit: Visit, *, enforcing: bool) -> Record:
    person, blocked = visit.person, visit.blocked and enforcing
    identity = person.mail if person.login else person.device
    category = "Generative AI" if visit.site.service else "Business Services"
    values = (
        f"{visit.at:%Y-%m-%d %H:%M:%S}", identity, f"{identity},{person.office.upper()}", person.ip, "203.0.113.5",
        "Blocked" if blocked else "Allowed",
        "1 (A)", "NOERROR", f"{visit.site.host}.", category, "AD Users", "AD Users,Sites",
        category if blocked else "",
    )  # fmt: skip
    fields = _fields(visit, iso(visit.at, whole_seconds=True)) | {
        "user": identity,
        "action": "blocked" if blocked else "allowed",
    }
    return Record(quoted(values), filled(fields), (visit,))


def bind_queries(visits: list[Visit]) -> list[Record]:
    """Return BIND 9's query log with print-time, print-category and print-severity on.

    Source: https://bind9.readthedocs.io/en/latest/reference.html, "The Query Log"
    """
    return [_bind(_asked(session)) for session in lookups(visits)]


def _bind(visit: Visit) -> Record:
    at, host = visit.at - timedelta(milliseconds=41), visit.site.host
    port = 1024 + stable_number(f"{at}{host}", 64_000)
    text = (
        f"{at:%d-%b-%Y %H:%M:%S}.{at.microsecond // 1000:03d} queries: info: "
        f"client @0x7f{stable_number(host, 2**32):08x}68 {visit.person.ip}#{port} "
        f"({host}): query: {host} IN A +E(0)K (10.30.0.53)"
    )
    return Record(text, _fields(visit, iso(at)) | {"src_port": port}, (visit,))


def dnsmasq(visits: list[Visit], *, enforcing: bool) -> list[Record]:
    """Return dnsmasq's log as Pi-hole keeps it (``log-queries``): a query and what became of it.

    Source: https://docs.pi-hole.net/ftldns/dns-resolver/ and dnsmasq(8). The year is not in the log.
    """
    return [record for session in lookups(visits) for record in _pihole(_asked(session), enforcing=enforcing)]


def _pihole(visit: Visit, *, enforcing: bool) -> list[Record]:
    at, host = visit.at - timedelta(milliseconds=41), visit.site.host
    start = f"{at:%b} {at.day:2d} {at:%H:%M:%S} dnsmasq[812]:"
    query = _fields(visit, iso(at, whole_seconds=True)) | {"_noyear": True}
    asked = Record(f"{start} query[A] {host} from {visit.person.ip}", query, (visit,))
    if visit.blocked and enforcing:
        return [asked, Record(f"{start} gravity blocked {host} is 0.0.0.0")]
    if stable_number(f"{at}", 3) == 0:
        return [asked, Record(f"{start} cached {host} is {visit.site.address}")]
    return [
        asked,
        Record(f"{start} forwarded {host} to 10.40.0.1"),
        Record(f"{start} reply {host} is {visit.site.address}"),
    ]
