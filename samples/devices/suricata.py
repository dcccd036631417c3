"""Suricata 7 EVE: dns, tls, quic, http and flow events of a sensor.

Source: https://docs.suricata.io/en/suricata-7.0.7/output/eve/eve-json-format.html
"""

import json
from datetime import datetime, timedelta
from typing import Any

from samples.devices.record import Fields, Record, filled, iso
from samples.devices.zeek import is_quic
from samples.dice import stable_number
from samples.world import Session, Visit, sessions

Event = dict[str, Any]
_RESOLVER = "10.30.0.53"


def eve(visits: list[Visit]) -> list[Record]:
    """Return the sensor's events in order of time."""
    timed = [pair for session in sessions(visits) for pair in _session(session)]
    return [record for _, record in sorted(timed, key=lambda pair: pair[0])]


def statistics(at: datetime) -> Record:
    """Return the sensor's own counters, which are no network activity."""
    counters = {"uptime": 86_400, "capture": {"kernel_packets": 1_204_331, "kernel_drops": 0}}
    return Record(json.dumps({"timestamp": _stamp(at), "event_type": "stats", "stats": counters}))


def _stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S.%f}+0000"


def _session(session: Session) -> list[tuple[datetime, Record]]:
    visit = session.first
    asked = visit.at - timedelta(milliseconds=41)
    closed = visit.at + timedelta(seconds=session.seconds + 2)
    if visit.site.scheme == "http":
        talk = [(one.done, _http(one, session)) for one in session.visits]
    else:
        talk = [(visit.at, _handshake(session))]
    return [(asked, _dns(visit, asked)), *talk, (closed, _flow(session, closed))]


def _base(visit: Visit, at: datetime, kind: str, key: int, proto: str = "TCP") -> Event:
    return {
        "timestamp": _stamp(at), "flow_id": key, "in_iface": "eno2", "event_type": kind, "src_ip": visit.person.ip,
        "src_port": visit.client_port, "dest_ip": visit.site.address, "dest_port": visit.site.port, "proto": proto,
        "pkt_src": "wire/pcap",
    }  # fmt: skip


def _fields(event: Event, at: datetime, kind: str) -> Fields:
    return {
        "ts": iso(at), "kind": kind, "src_ip": event["src_ip"], "src_port": event["src_port"],
        "dst_ip": event["dest_ip"], "dst_port": event["dest_port"],
    }  # fmt: skip


def _dns(visit: Visit, at: datetime) -> Record:
    key = stable_number(f"dns {at}{visit.site.host}", 2**31)
    event = _base(visit, at, "dns", key, "UDP")
    event |= {"src_port": 1024 + key % 64_000, "dest_ip": _RESOLVER, "dest_port": 53}
    event["dns"] = {
        "type": "query", "id": key % 65_536, "rrname": visit.site.host, "rrtype": "A", "tx_id": 0, "opcode": 0
    }  # fmt: skip
    return Record(json.dumps(event), _fields(event, at, "dns") | {"host": visit.site.host}, (visit,))


def _handshake(session: Session) -> Record:
    visit = session.first
    if is_quic(session):
        event = _base(visit, visit.at, "quic", session.key, "UDP")
        event["quic"] = {"version": "1", "sni": visit.site.host, "ja4": "q13d0312h3_55b375c5d22e_06cda9e17597"}
        kind = "quic"
    else:
        event = _base(visit, visit.at, "tls", session.key)
        event["tls"] = {"sni": visit.site.host, "version": "TLS 1.3", "ja4": "t13d1516h2_8daaf6152771_d8a2da3f94cd"}
        kind = "tls"
    return Record(json.dumps(event), _fields(event, visit.at, kind) | {"host": visit.site.host}, session.visits)


def _http(visit: Visit, session: Session) -> Record:
    event = _base(visit, visit.done, "http", session.key) | {"src_port": session.first.client_port, "tx_id": 0}
    port = {} if visit.site.port == 80 else {"http_port": visit.site.port}
    event["http"] = {
        "hostname": visit.site.host, **port, "url": visit.target, "http_user_agent": visit.agent,
        "http_content_type": visit.content_type, "http_method": visit.method, "protocol": "HTTP/1.1",
        "status": visit.status, "length": visit.received,
    }  # fmt: skip
    fields = _fields(event, visit.done, "http") | {
        "host": visit.site.host, "url_path": visit.path, "url_query": visit.query, "method": visit.method,
        "status": visit.status, "user_agent": visit.agent, "content_type": visit.content_type,
    }  # fmt: skip
    return Record(json.dumps(event), filled(fields), (visit,))


def _flow(session: Session, closed: datetime) -> Record:
    visit = session.first
    out, back = session.packets
    event = _base(visit, closed, "flow", session.key, "UDP" if is_quic(session) else "TCP")
    event["app_proto"] = "quic" if is_quic(session) else "tls" if visit.site.scheme == "https" else "http"
    event["flow"] = {
        "pkts_toserver": out, "pkts_toclient": back, "bytes_toserver": session.sent, "bytes_toclient": session.received,
        "start": _stamp(visit.at), "end": _stamp(closed), "age": round(session.seconds) + 2, "state": "closed",
        "reason": "timeout", "alerted": False,
    }  # fmt: skip
    fields = _fields(event, closed, "flow") | {
        "bytes_out": session.sent, "bytes_in": session.received, "packets_out": out, "packets_in": back,
    }  # fmt: skip
    del fields["ts"]  # the record's time is its end, flow.start its beginning: readers may take either
    return Record(json.dumps(event), fields)
