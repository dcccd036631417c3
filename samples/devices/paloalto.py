"""PAN-OS syslog: TRAFFIC end and THREAT url records, comma-separated in the order of PAN-OS 11.0.

Source: https://docs.paloaltonetworks.com/pan-os/11-0/pan-os-admin/monitoring/use-syslog-for-monitoring/syslog-field-descriptions
"""

from datetime import datetime, timedelta

from samples.devices.record import Record, filled, iso
from samples.dice import stable_number
from samples.world import Session, Visit, sessions

_COMMON = (
    "future1,receive_time,serial,type,subtype,future2,time_generated,src,dst,natsrc,natdst,rule,srcuser,dstuser,app,vsys,"
    "from,to,inbound_if,outbound_if,logset,future3,sessionid,repeatcnt,sport,dport,natsport,natdport,flags,proto,action"
)
_DEVICES = (
    "dynusergroup_name,xff_ip,src_category,src_profile,src_model,src_vendor,src_osfamily,src_osversion,src_host,src_mac,"
    "dst_category,dst_profile,dst_model,dst_vendor,dst_osfamily,dst_osversion,dst_host,dst_mac,container_id,pod_namespace,"
    "pod_name,src_edl,dst_edl,hostid,serialnumber"
)
_GROUPS = "dg_hier_level_1,dg_hier_level_2,dg_hier_level_3,dg_hier_level_4,vsys_name,device_name"
_APPLICATION = (
    "subcategory_of_app,category_of_app,technology_of_app,risk_of_app,characteristic_of_app,container_of_app,"
    "tunneled_app,is_saas_of_app,sanctioned_state_of_app"
)
TRAFFIC_FIELDS = (
    f"{_COMMON},bytes,bytes_sent,bytes_received,packets,start,elapsed,category,future4,seqno,actionflags,srcloc,dstloc,"
    f"future5,pkts_sent,pkts_received,session_end_reason,{_GROUPS},action_source,src_uuid,dst_uuid,tunnelid,monitortag,"
    "parent_session_id,parent_start_time,tunnel,assoc_id,chunks,chunks_sent,chunks_received,rule_uuid,http2_connection,"
    f"link_change_count,policy_id,link_switches,sdwan_cluster,sdwan_device_type,sdwan_cluster_type,sdwan_site,{_DEVICES},"
    f"src_dag,dst_dag,session_owner,high_res_timestamp,nsdsai_sst,nsdsai_sd,{_APPLICATION},offloaded"
).split(",")
URL_FIELDS = (
    f"{_COMMON},misc,threatid,category,severity,direction,seqno,actionflags,srcloc,dstloc,future4,contenttype,pcap_id,"
    "filedigest,cloud,url_idx,user_agent,filetype,xff,referer,sender,subject,recipient,reportid,"
    f"{_GROUPS},future5,src_uuid,dst_uuid,http_method,tunnelid,monitortag,parent_session_id,parent_start_time,tunnel,"
    f"thr_category,contentver,future6,assoc_id,ppid,http_headers,url_category_list,rule_uuid,http2_connection,{_DEVICES},"
    f"domain_edl,src_dag,dst_dag,partial_hash,high_res_timestamp,reason,justification,nsdsai_sst,{_APPLICATION}"
).split(",")
_CONSTANT = {
    "future1": "1", "serial": "007000000000001", "future2": "2817", "rule": "outbound-web", "vsys": "vsys1",
    "from": "trust", "to": "untrust", "inbound_if": "ethernet1/2", "outbound_if": "ethernet1/1", "logset": "to-siem",
    "repeatcnt": "1", "flags": "0x400053", "proto": "tcp", "natsrc": "203.0.113.5", "actionflags": "0x8000000000000000",
    "srcloc": "10.0.0.0-10.255.255.255", "dstloc": "Reserved", "dg_hier_level_1": "0", "dg_hier_level_2": "0",
    "dg_hier_level_3": "0", "dg_hier_level_4": "0", "device_name": "pa-hq-01", "tunnelid": "0",
    "parent_session_id": "0", "tunnel": "N/A", "rule_uuid": "5a1c8f50-3f0e-4a5e-9d0e-8d9b2f6a7c11",
    "technology_of_app": "browser-based", "risk_of_app": "3", "is_saas_of_app": "yes", "sanctioned_state_of_app": "no",
}  # fmt: skip
_APPS = {"openai-chatgpt": "openai-chatgpt", "anthropic-claude": "claude-base", "perplexity": "perplexity-ai"}


def syslog(visits: list[Visit]) -> list[Record]:
    """Return traffic (session end) and URL filtering records in order of time."""
    timed = []
    for session in sessions(visits):
        timed.append((session.first.at + timedelta(seconds=session.seconds), _traffic(session)))
        timed += [(visit.at, _url(visit, session.key)) for visit in session.visits]
    return [record for _, record in sorted(timed, key=lambda pair: pair[0])]


def _common(visit: Visit, session_id: int, at: datetime, kind: str) -> dict[str, str]:
    when = f"{at:%Y/%m/%d %H:%M:%S}"
    return _CONSTANT | {
        "receive_time": when, "type": kind, "subtype": "end" if kind == "TRAFFIC" else "url",
        "time_generated": when, "src": visit.person.ip,
        "dst": visit.site.address, "natdst": visit.site.address, "srcuser": _user(visit),
        "app": _app(visit), "future3": when, "sessionid": str(session_id % 1_000_000),
        "sport": str(visit.client_port), "dport": str(visit.site.port), "natsport": str(visit.client_port),
        "natdport": str(visit.site.port), "seqno": str(7_000_000_000 + stable_number(f"{at}{visit.path}", 2**31)),
        "high_res_timestamp": f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}+00:00",
        "src_host": visit.person.device,
    }  # fmt: skip


def _user(visit: Visit) -> str:
    return f"example\\{visit.person.login}" if visit.person.login else ""


def _app(visit: Visit) -> str:
    return _APPS.get(visit.site.service or "", "ssl" if visit.site.pinned else "web-browsing")


def _row(fields: list[str], values: dict[str, str]) -> str:
    return ",".join(_cell(values.get(name, "")) for name in fields)


def _cell(value: str) -> str:
    return '"' + value.replace('"', '""') + '"' if any(mark in value for mark in ',"') else value


def _common_fields(visit: Visit) -> dict[str, object]:
    return {
        "src_ip": visit.person.ip, "src_port": visit.client_port, "user": _user(visit),
        "dst_ip": visit.site.address, "dst_port": visit.site.port, "vendor_app": _app(visit),
        "proto": "tcp",
    }  # fmt: skip


def _traffic(session: Session) -> Record:
    visit = session.first
    end = visit.at + timedelta(seconds=session.seconds)
    out, back = session.packets
    values = _common(visit, session.key, end, "TRAFFIC") | {
        "action": "allow", "bytes": str(session.sent + session.received), "bytes_sent": str(session.sent),
        "bytes_received": str(session.received), "packets": str(out + back), "start": f"{visit.at:%Y/%m/%d %H:%M:%S}",
        "elapsed": str(round(session.seconds)), "category": "computer-and-internet-info", "pkts_sent": str(out),
        "pkts_received": str(back), "session_end_reason": "tcp-fin", "action_source": "from-policy",
    }  # fmt: skip
    fields = _common_fields(visit) | {
        "ts": iso(end, whole_seconds=True), "kind": "flow", "bytes_out": session.sent, "bytes_in": session.received,
        "packets_out": out, "packets_in": back, "duration_s": round(session.seconds), "action": "allowed",
    }  # fmt: skip
    return Record(_row(TRAFFIC_FIELDS, values), filled(fields))


def _url(visit: Visit, session_id: int) -> Record:
    category = "ai-conversational-assistant" if visit.site.service else "business-and-economy"
    values = _common(visit, session_id, visit.at, "THREAT") | {
        "action": "block-url" if visit.blocked else "alert", "misc": f"{visit.site.host}{visit.target}",
        "threatid": "(9999)", "category": category, "severity": "informational", "direction": "client-to-server",
        "contenttype": visit.content_type, "user_agent": visit.agent, "referer": visit.referrer,
        "http_method": visit.method.lower(), "url_category_list": f"{category},low-risk",
    }  # fmt: skip
    fields = _common_fields(visit) | {
        "ts": iso(visit.at, whole_seconds=True), "kind": "http", "host": visit.site.host, "url_path": visit.path,
        "url_query": visit.query, "method": visit.method, "user_agent": visit.agent, "referrer": visit.referrer,
        "content_type": visit.content_type, "action": "blocked" if visit.blocked else "allowed",
    }  # fmt: skip
    return Record(_row(URL_FIELDS, values), filled(fields), (visit,))
