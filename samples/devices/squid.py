"""Squid's native access.log.

``%ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt``
Source: https://wiki.squid-cache.org/Features/LogFormat and squid.conf's ``logformat squid``. The time is that of the
request's end; bytes sent by the client are not in this format.
"""

from samples.devices.record import Record, filled, iso, request_fields, verdict
from samples.world import Session, Visit, sessions


def access_log(visits: list[Visit]) -> list[Record]:
    """Return the log of a TLS-intercepting proxy: full URLs, and a CONNECT where interception is not possible."""
    seen = [_request(visit) for visit in visits if not visit.site.pinned]
    tunnels = sessions([visit for visit in visits if visit.site.pinned])
    return sorted(seen + [_tunnel(session) for session in tunnels], key=lambda record: record.text[:14])


def _request(visit: Visit) -> Record:
    result = "TCP_DENIED/403" if visit.blocked else f"TCP_MISS/{visit.status}"
    way = "HIER_NONE/-" if visit.blocked else f"HIER_DIRECT/{visit.site.address}"
    text = (
        f"{_epoch(visit)} {visit.milliseconds:6d} {visit.person.ip} {result} {visit.received} {visit.method} "
        f"{visit.url} {visit.person.login or '-'} {way} {visit.content_type}"
    )
    fields = request_fields(visit, iso(visit.done)) | {
        "user": visit.person.login,
        "bytes_in": visit.received,
        "content_type": visit.content_type,
        "duration_s": visit.milliseconds / 1000,
    }
    if not visit.blocked:
        fields["dst_ip"] = visit.site.address
    return Record(text, filled(fields), (visit,))


def _tunnel(session: Session) -> Record:
    first = session.first
    last = max(session.visits, key=lambda visit: visit.done)
    milliseconds = round(session.seconds * 1000)
    text = (
        f"{_epoch(last)} {milliseconds:6d} {first.person.ip} TCP_TUNNEL/200 {session.received} CONNECT "
        f"{first.site.host}:443 {first.person.login or '-'} HIER_DIRECT/{first.site.address} -"
    )
    fields = {
        "ts": iso(last.done),
        "kind": "proxy",
        "src_ip": first.person.ip,
        "user": first.person.login,
        "dst_ip": first.site.address,
        "dst_port": 443,
        "host": first.site.host,
        "method": "CONNECT",
        "status": 200,
        "bytes_in": session.received,
        "duration_s": milliseconds / 1000,
        "action": verdict(first),
    }
    return Record(text, filled(fields), session.visits)


def _epoch(visit: Visit) -> str:
    return f"{int(visit.done.timestamp())}.{visit.done.microsecond // 1000:03d}"
