"""Zeek's conn, dns, http, ssl and quic logs, tab-separated with headers or as JSON.

Source: https://docs.zeek.org/en/v7.0.0/logs/index.html and the record types in the script reference.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from samples.devices.record import Fields, Record, filled, header, iso
from samples.dice import stable_number
from samples.world import Session, Visit, sessions

Row = dict[str, Any]
_CONNECTION = "ts:time uid:string id.orig_h:addr id.orig_p:port id.resp_h:addr id.resp_p:port "
COLUMNS: dict[str, str] = {
    "conn": _CONNECTION + "proto:enum service:string duration:interval orig_bytes:count resp_bytes:count "
    "conn_state:string local_orig:bool local_resp:bool missed_bytes:count history:string orig_pkts:count "
    "orig_ip_bytes:count resp_pkts:count resp_ip_bytes:count tunnel_parents:set[string]",
    "dns": _CONNECTION
    + "proto:enum trans_id:count rtt:interval query:string qclass:count qclass_name:string qtype:count "
    "qtype_name:string rcode:count rcode_name:string AA:bool TC:bool RD:bool RA:bool Z:count answers:vector[string] "
    "TTLs:vector[interval] rejected:bool",
    "http": _CONNECTION + "trans_depth:count method:string host:string uri:string referrer:string version:string "
    "user_agent:string origin:string request_body_len:count response_body_len:count status_code:count "
    "status_msg:string info_code:count info_msg:string tags:set[enum] username:string password:string "
    "proxied:set[string] orig_fuids:vector[string] orig_filenames:vector[string] orig_mime_types:vector[string] "
    "resp_fuids:vector[string] resp_filenames:vector[string] resp_mime_types:vector[string]",
    "ssl": _CONNECTION + "version:string cipher:string curve:string server_name:string resumed:bool last_alert:string "
    "next_protocol:string established:bool ssl_history:string cert_chain_fps:vector[string] "
    "client_cert_chain_fps:vector[string] sni_matches_cert:bool",
    "quic": _CONNECTION + "version:string client_initial_dcid:string client_scid:string server_scid:string "
    "server_name:string client_protocol:string history:string",
}
_RESOLVER = "10.30.0.53"


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of one log, before it is written as text."""

    row: Row
    fields: Fields
    visits: tuple[Visit, ...] = ()


def tsv(log: str, visits: list[Visit]) -> list[Record]:
    """Return one log as Zeek's ASCII writer makes it: header, rows, closing line."""
    columns = [column.split(":", 1) for column in COLUMNS[log].split()]
    opened = f"{visits[0].at:%Y-%m-%d-%H-%M-%S}"
    head = header(
        "#separator \\x09", "#set_separator\t,", "#empty_field\t(empty)", "#unset_field\t-", f"#path\t{log}",
        f"#open\t{opened}", "#fields\t" + "\t".join(name for name, _ in columns),
        "#types\t" + "\t".join(kind for _, kind in columns),
    )  # fmt: skip
    rows = [
        Record("\t".join(_cell(entry.row.get(name)) for name, _ in columns), entry.fields, entry.visits)
        for entry in entries(log, visits)
    ]
    return head + rows + header(f"#close\t{visits[-1].at:%Y-%m-%d-%H-%M-%S}")


def json_lines(log: str, visits: list[Visit], *, path: bool = False) -> list[Record]:
    """Return one log as Zeek's JSON writer makes it; ``path`` adds the log's name, as streaming set-ups do."""
    start: Row = {"_path": log} if path else {}
    return [Record(json.dumps(start | entry.row), entry.fields, entry.visits) for entry in entries(log, visits)]


def entries(log: str, visits: list[Visit]) -> list[Entry]:
    """Return the records of one log in order of time."""
    of = {"conn": _conn, "dns": _dns, "http": _http, "ssl": _ssl, "quic": _quic}
    return [entry for session in sessions(visits) for entry in of[log](session)]


def is_quic(session: Session) -> bool:
    """Return whether the browser used HTTP/3 for this connection: some do where the site offers it."""
    return session.first.site.quic and session.key % 3 == 0


def _cell(value: object) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "T" if value else "F"
        case list():
            return ",".join(str(item) for item in value) or "(empty)"
        case float():
            return f"{value:.6f}"
        case _:
            return str(value)


def _id(visit: Visit, *, server: str = "", port: int = 0, client_port: int = 0, early: int = 0) -> Row:
    at = visit.at - timedelta(milliseconds=early)
    uid = f"C{stable_number(f'{at}{visit.person.ip}{port}{visit.site.host}', 2**31):010d}x"
    return {
        "ts": round(at.timestamp(), 3), "uid": uid, "id.orig_h": visit.person.ip,
        "id.orig_p": client_port or visit.client_port, "id.resp_h": server or visit.site.address,
        "id.resp_p": port or visit.site.port,
    }  # fmt: skip


def _id_fields(row: Row, visit: Visit, kind: str, early: int = 0) -> Fields:
    return {
        "ts": iso(visit.at - timedelta(milliseconds=early)), "kind": kind, "src_ip": row["id.orig_h"],
        "src_port": row["id.orig_p"], "dst_ip": row["id.resp_h"], "dst_port": row["id.resp_p"],
    }  # fmt: skip


def _conn(session: Session) -> list[Entry]:
    visit = session.first
    out, back = session.packets
    quic = is_quic(session)
    service = "quic,ssl" if quic else "ssl" if visit.site.scheme == "https" else "http"
    row = _id(visit) | {
        "proto": "udp" if quic else "tcp", "service": service, "duration": round(session.seconds, 3),
        "orig_bytes": session.sent, "resp_bytes": session.received, "conn_state": "SF", "local_orig": True,
        "local_resp": visit.site.address.startswith("10."), "missed_bytes": 0, "history": "Dd" if quic else "ShADadFf",
        "orig_pkts": out, "orig_ip_bytes": session.sent + 40 * out, "resp_pkts": back,
        "resp_ip_bytes": session.received + 40 * back,
    }  # fmt: skip
    fields = _id_fields(row, visit, "flow") | {
        "proto": row["proto"], "bytes_out": session.sent, "bytes_in": session.received, "packets_out": out,
        "packets_in": back, "duration_s": row["duration"],
    }  # fmt: skip
    return [Entry(row, fields)]


def _dns(session: Session) -> list[Entry]:
    visit = session.first
    port = 1024 + stable_number(f"dns {visit.at}{visit.site.host}", 64_000)
    row = _id(visit, server=_RESOLVER, port=53, client_port=port, early=41) | {
        "proto": "udp", "trans_id": session.key % 65_536, "rtt": 0.018, "query": visit.site.host, "qclass": 1,
        "qclass_name": "C_INTERNET", "qtype": 1, "qtype_name": "A", "rcode": 0, "rcode_name": "NOERROR", "AA": False,
        "TC": False, "RD": True, "RA": True, "Z": 0, "answers": [visit.site.address], "TTLs": [300.0],
        "rejected": False,
    }  # fmt: skip
    more = {"proto": "udp", "host": visit.site.host, "answers": visit.site.address}
    return [Entry(row, _id_fields(row, visit, "dns", 41) | more, session.visits[:1])]


def _http(session: Session) -> list[Entry]:
    if session.first.site.scheme != "http":
        return []
    uid = _id(session.first)
    return [_request(visit, depth, uid) for depth, visit in enumerate(session.visits, start=1)]


def _request(visit: Visit, depth: int, connection: Row) -> Entry:
    usual = visit.site.port == 80
    host = visit.site.host if usual else f"{visit.site.host}:{visit.site.port}"
    row = _id(visit) | {"uid": connection["uid"], "id.orig_p": connection["id.orig_p"]} | {
        "trans_depth": depth, "method": visit.method, "host": host, "uri": visit.target,
        "referrer": visit.referrer or None, "version": "1.1", "user_agent": visit.agent,
        "request_body_len": visit.sent if visit.method == "POST" else 0, "response_body_len": visit.received,
        "status_code": visit.status, "status_msg": "OK", "tags": [], "resp_mime_types": [visit.content_type],
    }  # fmt: skip
    fields = _id_fields(row, visit, "http") | {
        "host": visit.site.host, "url_path": visit.path, "method": visit.method, "status": visit.status,
        "referrer": visit.referrer, "user_agent": visit.agent, "content_type": visit.content_type,
    }  # fmt: skip
    return Entry({name: value for name, value in row.items() if value is not None}, filled(fields), (visit,))


def _ssl(session: Session) -> list[Entry]:
    visit = session.first
    if visit.site.scheme != "https" or is_quic(session):
        return []
    row = _id(visit) | {
        "version": "TLSv13", "cipher": "TLS_AES_128_GCM_SHA256", "curve": "X25519MLKEM768",
        "server_name": visit.site.host, "resumed": False, "next_protocol": "h2", "established": True,
        "ssl_history": "CsiI",
    }  # fmt: skip
    return [Entry(row, _id_fields(row, visit, "tls") | {"host": visit.site.host}, session.visits)]


def _quic(session: Session) -> list[Entry]:
    visit = session.first
    if not is_quic(session):
        return []
    row = _id(visit) | {
        "version": "1", "client_initial_dcid": f"{session.key:016x}", "client_scid": f"{session.key ^ 0x5A5A:08x}",
        "server_scid": f"{session.key ^ 0xA5A5:016x}", "server_name": visit.site.host, "client_protocol": "h3",
        "history": "ISisH",
    }  # fmt: skip
    return [Entry(row, _id_fields(row, visit, "quic") | {"host": visit.site.host}, session.visits)]
