"""Logs of no known vendor: CSV with a header, key=value, JSON lines in ECS, CEF and LEEF.

CEF: Micro Focus Security ArcSight Common Event Format, version 26; LEEF: IBM QRadar LEEF format guide, version 2;
ECS: https://www.elastic.co/docs/reference/ecs
"""

import csv
import io
import json

from samples.devices.record import Fields, Record, filled, header, iso, request_fields, verdict
from samples.world import Visit


def _fields(visit: Visit, *, whole_seconds: bool = False) -> Fields:
    return request_fields(visit, iso(visit.at, whole_seconds=whole_seconds)) | {
        "user": visit.person.login,
        "dst_ip": visit.site.address,
        "dst_port": visit.site.port,
        "user_agent": visit.agent,
        "bytes_out": visit.sent,
        "bytes_in": visit.received,
    }


def comma_separated(visits: list[Visit]) -> list[Record]:
    """Return CSV with a header line and quotes only where needed."""
    head = "timestamp,client_ip,username,destination_ip,destination_port,http_method,url,status_code,"
    head += "request_bytes,response_bytes,action,user_agent"
    rows = []
    for visit in visits:
        values = (
            f"{visit.at:%Y-%m-%d %H:%M:%S}+00:00", visit.person.ip, visit.person.login, visit.site.address,
            visit.site.port, visit.method, visit.url, visit.status, visit.sent, visit.received, verdict(visit),
            visit.agent,
        )  # fmt: skip
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow(values)
        rows.append(Record(line.getvalue(), filled(_fields(visit, whole_seconds=True)), (visit,)))
    return header(head) + rows


def key_value(visits: list[Visit]) -> list[Record]:
    """Return key=value pairs, quoted where a value has blanks."""
    return [_pairs(visit) for visit in visits]


def _pairs(visit: Visit) -> Record:
    action = "deny" if visit.blocked else "allow"
    text = (
        f"time={iso(visit.at)} src={visit.person.ip} srcport={visit.client_port} user={visit.person.login} "
        f'dst={visit.site.address} dstport={visit.site.port} method={visit.method} url="{visit.url}" '
        f"status={visit.status} bytes_out={visit.sent} bytes_in={visit.received} action={action} "
        f'user_agent="{visit.agent}"'
    )
    return Record(text, filled(_fields(visit) | {"src_port": visit.client_port}), (visit,))


def ecs_json(visits: list[Visit]) -> list[Record]:
    """Return JSON lines with the Elastic Common Schema's nested names."""
    return [_ecs(visit) for visit in visits]


def _ecs(visit: Visit) -> Record:
    event = {
        "@timestamp": iso(visit.at),
        "event": {"category": ["web"], "action": verdict(visit)},
        "source": {"ip": visit.person.ip, "port": visit.client_port, "bytes": visit.sent},
        "destination": {"ip": visit.site.address, "port": visit.site.port, "bytes": visit.received},
        "user": {"name": visit.person.login},
        "url": {"full": visit.url, "domain": visit.site.host, "path": visit.path},
        "http": {"request": {"method": visit.method}, "response": {"status_code": visit.status}},
        "user_agent": {"original": visit.agent},
    }
    return Record(json.dumps(event), filled(_fields(visit) | {"src_port": visit.client_port}), (visit,))


def cef(visits: list[Visit]) -> list[Record]:
    """Return CEF behind a syslog header; ``out`` is what the client sent, as most senders have it."""
    return [_cef(visit) for visit in visits]


def _cef(visit: Visit) -> Record:
    extension = {
        "rt": int(visit.at.timestamp()) * 1000 + visit.at.microsecond // 1000, "src": visit.person.ip,
        "spt": visit.client_port, "shost": visit.person.device, "suser": visit.person.login, "dst": visit.site.address,
        "dpt": visit.site.port, "dhost": visit.site.host, "requestMethod": visit.method,
        "request": visit.url.replace("=", "\\="), "requestClientApplication": visit.agent.replace("=", "\\="),
        "out": visit.sent, "in": visit.received, "act": verdict(visit), "app": visit.site.scheme.upper(),
    }  # fmt: skip
    pairs = " ".join(f"{key}={value}" for key, value in extension.items())
    name = "Request blocked|6" if visit.blocked else "Request allowed|2"
    text = (
        f"<134>{visit.at:%b} {visit.at.day:2d} {visit.at:%H:%M:%S} swg01 "
        f"CEF:0|Example Networks|Web Gateway|4.2|100|{name}|{pairs}"
    )
    fields = _fields(visit) | {"src_port": visit.client_port, "src_host": visit.person.device}
    del fields["status"]
    return Record(text, filled(fields), (visit,))


def leef(visits: list[Visit]) -> list[Record]:
    """Return LEEF 2.0 with a delimiter of its own."""
    return [_leef(visit) for visit in visits]


def _leef(visit: Visit) -> Record:
    attributes = {
        "devTime": int(visit.at.timestamp()) * 1000 + visit.at.microsecond // 1000, "src": visit.person.ip,
        "srcPort": visit.client_port, "usrName": visit.person.login, "dst": visit.site.address,
        "dstPort": visit.site.port, "url": visit.url, "method": visit.method, "srcBytes": visit.sent,
        "dstBytes": visit.received, "action": verdict(visit), "userAgent": visit.agent,
    }  # fmt: skip
    pairs = "^".join(f"{key}={value}" for key, value in attributes.items())
    text = f"LEEF:2.0|Example Networks|Web Gateway|4.2|{'DENY' if visit.blocked else 'ALLOW'}|^|{pairs}"
    fields = _fields(visit) | {"src_port": visit.client_port}
    del fields["status"]
    return Record(text, filled(fields), (visit,))
