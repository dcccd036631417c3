"""How each format writes a request; layouts as in ``samples.devices``, but built for speed."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

from benchmarks.traffic import AGENTS, Row


@lru_cache(maxsize=4)
def _second(moment: int) -> datetime:
    return datetime.fromtimestamp(moment, UTC)


def _action(row: Row, allowed: str, blocked: str) -> str:
    return blocked if row.roll == 0 else allowed


def squid(row: Row) -> str:
    """Return a line of Squid's native access.log."""
    result, way = ("TCP_DENIED/403", "HIER_NONE/-") if row.roll == 0 else ("TCP_MISS/200", f"HIER_DIRECT/{row.server}")
    return (
        f"{row.moment:.3f} {row.milliseconds:6d} {row.client} {result} {row.received} {row.method} "
        f"https://{row.host}{row.path} user{row.user:04d} {way} text/html\n"
    )


def fortigate(row: Row) -> str:
    """Return a FortiGate line: three in five web filter, the rest forward traffic."""
    at = _second(int(row.moment))
    start = (
        f'date={at:%Y-%m-%d} time={at:%H:%M:%S} devname="fw-01" devid="FGT60FTK00000001" '
        f'eventtime={int(row.moment * 1000)}000000 tz="+0000" '
    )
    ends = (
        f'srcip={row.client} srcport={40_000 + row.number % 20_000} srcintf="lan" srcintfrole="lan" '
        f'dstip={row.server} dstport=443 dstintf="wan1" dstintfrole="wan" '
    )
    if row.roll >= 60:
        return (
            f'{start}logid="0000000013" type="traffic" subtype="forward" level="notice" vd="root" {ends}'
            f'sessionid={row.number} proto=6 action="close" policyid=12 policytype="policy" user="user{row.user:04d}" '
            f'service="HTTPS" trandisp="snat" transip=203.0.113.5 transport=40001 duration={row.milliseconds // 10} '
            f'sentbyte={row.sent} rcvdbyte={row.received} sentpkt=12 rcvdpkt=14 appcat="unscanned"\n'
        )
    return (
        f'{start}logid="0317013312" type="utm" subtype="webfilter" eventtype="ftgd_allow" level="notice" vd="root" '
        f'policyid=12 policytype="policy" sessionid={row.number} user="user{row.user:04d}" {ends}'
        f'proto=6 httpmethod="{row.method}" service="HTTPS" hostname="{row.host}" agent="{AGENTS[row.user % 2]}" '
        f'profile="web-monitor" action="{_action(row, "passthrough", "blocked")}" reqtype="direct" '
        f'url="https://{row.host}{row.path}" sentbyte={row.sent} rcvdbyte={row.received} direction="outgoing" '
        'msg="URL belongs to an allowed category in policy" ratemethod="domain" cat=52 '
        'catdesc="Information Technology"\n'
    )


def eve(row: Row) -> str:
    """Return a Suricata event: dns, tls, flow and some http."""
    at = _second(int(row.moment))
    stamp = f"{at:%Y-%m-%dT%H:%M:%S}.{int(row.moment % 1 * 1e6):06d}+0000"
    kind, protocol, rest = _eve_body(row, stamp)
    port = 53 if kind == "dns" else 443
    return (
        f'{{"timestamp":"{stamp}","flow_id":{10**15 + row.number},"in_iface":"eno2","event_type":"{kind}",'
        f'"src_ip":"{row.client}","src_port":{1024 + row.number % 60_000},"dest_ip":"{row.server}","dest_port":{port},'
        f'"proto":"{protocol}","pkt_src":"wire/pcap",{rest}}}\n'
    )


def _eve_body(row: Row, stamp: str) -> tuple[str, str, str]:
    if row.roll < 30:
        return (
            "dns",
            "UDP",
            f'"dns":{{"type":"query","id":{row.number % 65_536},"rrname":"{row.host}","rrtype":"A","tx_id":0}}',
        )
    if row.roll < 60:
        return (
            "tls",
            "TCP",
            f'"tls":{{"sni":"{row.host}","version":"TLS 1.3","ja4":"t13d1516h2_8daaf6152771_d8a2da3f94cd"}}',
        )
    if row.roll < 70:
        return (
            "http",
            "TCP",
            (
                f'"tx_id":0,"http":{{"hostname":"{row.host}","url":"{row.path}",'
                f'"http_user_agent":"{AGENTS[row.user % 2]}",'
                f'"http_content_type":"text/html","http_method":"{row.method}","protocol":"HTTP/1.1","status":200,'
                f'"length":{row.received}}}'
            ),
        )
    return (
        "flow",
        "TCP",
        (
            f'"app_proto":"tls","flow":{{"pkts_toserver":12,"pkts_toclient":14,"bytes_toserver":{row.sent},'
            f'"bytes_toclient":{row.received},"start":"{stamp}","end":"{stamp}","age":2,"state":"closed",'
            '"reason":"timeout","alerted":false}'
        ),
    )


def zscaler(row: Row) -> str:
    """Return a row of the NSS web feed, CSV."""
    at = _second(int(row.moment))
    return (
        f'"{at:%a %b} {at.day} {at:%H:%M:%S %Y}","user{row.user:04d}@example.com","HTTPS","{row.host}{row.path}",'
        f'"{_action(row, "Allowed", "Blocked")}","General Browsing","General Browsing","{row.sent}","{row.received}",'
        f'"{row.milliseconds}","{row.milliseconds}","Business Use","Information Technology","Corporate Marketing",'
        f'"None","None","0","None","None","Head Office","Sales","{row.client}","{row.server}","{row.method}","200",'
        f'"{AGENTS[row.user % 2]}","None","None","None","text/html","None","user{row.user:04d}",'
        f'"LT-{row.user:04d}","N/A"\n'
    )


WRITERS: dict[str, tuple[str, Callable[[Row], str]]] = {
    "squid": ("access.log", squid),
    "fortigate": ("fortigate.log", fortigate),
    "eve": ("eve.json", eve),
    "zscaler": ("zscaler-web.csv", zscaler),
}
"""Name of the benchmark -> name of the file, how a line is written."""
