"""FortiGate's key=value logs: forward traffic a session, webfilter a request.

Source: FortiOS 7.4 Log Message Reference, messages 13 (traffic), 13312 and 13056 (webfilter).
"""

from datetime import datetime, timedelta, timezone

from samples.devices.record import Record, filled, iso
from samples.world import Session, Visit, sessions

_LOCAL = timezone(timedelta(hours=1))
_POLICY = "c36b9b5e-5d2c-51ef-8a0e-1f2d3c4b5a69"


def syslog(visits: list[Visit], *, all_urls: bool) -> list[Record]:
    """Return traffic and webfilter lines in order of time.

    Without ``all_urls`` the web filter monitors AI and what it blocks only, as most profiles do.
    """
    timed = []
    for session in sessions(visits):
        monitored = all_urls or session.first.site.service or session.first.blocked
        timed.append((session.first.at + timedelta(seconds=session.seconds), _traffic(session)))
        timed += [(visit.at, _web(visit, session.key)) for visit in session.visits if monitored]
    return [record for _, record in sorted(timed, key=lambda pair: pair[0])]


def _line(pairs: dict[str, object]) -> str:
    bare = {
        "date",
        "time",
        "eventtime",
        "policyid",
        "sessionid",
        "proto",
        "srcport",
        "dstport",
        "srcip",
        "dstip",
        "transip",
    }
    bare |= {"transport", "duration", "sentbyte", "rcvdbyte", "sentpkt", "rcvdpkt", "cat", "crscore", "craction"}
    return " ".join(
        f"{key}={value}" if key in bare else f'{key}="{value}"' for key, value in pairs.items() if value != ""
    )


def _start(at: datetime, logid: str, kind: str, subtype: str) -> dict[str, object]:
    local = at.astimezone(_LOCAL)
    return {
        "date": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M:%S}", "devname": "fw-hq-01", "devid": "FGT60FTK00000001",
        "eventtime": int(at.timestamp()) * 1_000_000_000 + at.microsecond * 1000, "tz": "+0100", "logid": logid,
        "type": kind, "subtype": subtype,
    }  # fmt: skip


def _ends(visit: Visit) -> dict[str, object]:
    return {
        "srcip": visit.person.ip, "srcname": visit.person.device, "srcport": visit.client_port, "srcintf": "lan",
        "srcintfrole": "lan", "dstip": visit.site.address, "dstport": visit.site.port, "dstintf": "wan1",
        "dstintfrole": "wan",
    }  # fmt: skip


def _end_fields(visit: Visit) -> dict[str, object]:
    return {
        "src_ip": visit.person.ip,
        "src_port": visit.client_port,
        "src_host": visit.person.device,
        "user": visit.person.login,
        "dst_ip": visit.site.address,
        "dst_port": visit.site.port,
    }


def _traffic(session: Session) -> Record:
    visit = session.first
    end = visit.at + timedelta(seconds=session.seconds)
    out, back = session.packets
    service = {443: "HTTPS", 80: "HTTP"}.get(visit.site.port, f"tcp/{visit.site.port}")
    pairs = _start(end, "0000000013", "traffic", "forward") | {"level": "notice", "vd": "root"} | _ends(visit)
    pairs |= {
        "srccountry": "Reserved", "dstcountry": "Reserved", "sessionid": session.key, "proto": 6, "action": "close",
        "policyid": 12, "policytype": "policy", "poluuid": _POLICY, "policyname": "lan-to-internet",
        "user": visit.person.login, "service": service, "trandisp": "snat", "transip": "203.0.113.5",
        "transport": visit.client_port, "duration": round(session.seconds), "sentbyte": session.sent,
        "rcvdbyte": session.received, "sentpkt": out, "rcvdpkt": back, "appcat": "unscanned",
    }  # fmt: skip
    fields = _end_fields(visit) | {
        "ts": iso(end), "kind": "flow", "bytes_out": session.sent, "bytes_in": session.received,
        "packets_out": out, "packets_in": back, "duration_s": round(session.seconds), "action": "allowed",
    }  # fmt: skip
    return Record(_line(pairs), filled(fields))


def _web(visit: Visit, session_id: int) -> Record:
    blocked = visit.blocked
    pairs = _start(visit.at, "0316013056" if blocked else "0317013312", "utm", "webfilter")
    pairs |= {"eventtype": "ftgd_blk" if blocked else "ftgd_allow", "level": "warning" if blocked else "notice"}
    pairs |= {"vd": "root", "policyid": 12, "poluuid": _POLICY, "policytype": "policy"}
    pairs |= {"sessionid": session_id, "user": visit.person.login} | _ends(visit)
    pairs |= {
        "proto": 6, "httpmethod": visit.method, "service": visit.site.scheme.upper(), "hostname": visit.site.host,
        "agent": visit.agent, "profile": "web-monitor", "action": "blocked" if blocked else "passthrough",
        "reqtype": "referral" if visit.referrer else "direct", "url": visit.url, "sentbyte": visit.sent,
        "rcvdbyte": visit.received, "direction": "outgoing",
        "msg": f"URL belongs to {'a denied' if blocked else 'an allowed'} category in policy", "ratemethod": "domain",
        "cat": 52, "catdesc": "Information Technology",
    }  # fmt: skip
    fields = _end_fields(visit) | {
        "ts": iso(visit.at), "kind": "http", "host": visit.site.host, "url_path": visit.path,
        "url_query": visit.query, "method": visit.method, "user_agent": visit.agent, "bytes_out": visit.sent,
        "bytes_in": visit.received, "action": "blocked" if blocked else "allowed",
    }  # fmt: skip
    return Record(_line(pairs), filled(fields), (visit,))
