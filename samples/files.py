"""Which files the company's folder and the format samples consist of."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from samples.devices import fortigate, general, nameserver, paloalto, squid, suricata, webgateway, zeek
from samples.devices.record import Record
from samples.fortnight import RULE_DAY
from samples.world import Office, Visit

_START = datetime(2026, 11, 2, tzinfo=UTC)
_FRIDAY = datetime(2026, 11, 13, tzinfo=UTC)
_END = datetime(2026, 11, 17, tzinfo=UTC)
_GARBAGE = "\udcfe\udc80<!\udcff"
"""Bytes that are no UTF-8, as a disk full or a crash leaves them."""
_LOSSES = Path(__file__).with_name("losses.ndjson")
_ZEEK_LOGS = ("conn", "dns", "http", "ssl", "quic")


@dataclass(frozen=True, slots=True)
class LogFile:
    """One file: path below the folder (``.gz`` is compressed), format id, lines."""

    path: str
    format: str
    records: list[Record]
    broken: tuple[int, ...] = ()
    """Numbers of the lines that were spoilt on purpose."""


def spoilt(path: str, kind: str, records: list[Record], *broken: str) -> LogFile:
    """Return the file with broken lines among the sound ones, evenly spread."""
    lines = list(records)
    numbers = []
    for index, text in enumerate(broken, start=1):
        position = index * len(records) // (len(broken) + 1) + index - 1
        lines.insert(position, Record(text))
        numbers.append(position + 1)
    return LogFile(path, kind, lines, tuple(numbers))


def company(visits: list[Visit]) -> list[LogFile]:
    """Return what lies in the demo folder: nine sources of three offices that see each other's traffic in part."""
    return [*_proxy(visits), *_firewall(visits), *_umbrella(visits), *_branch(visits), *_lab(visits)]


def _between(visits: list[Visit], start: datetime, end: datetime, *offices: Office) -> list[Visit]:
    return [one for one in visits if start <= one.at < end and one.person.office in offices and _leaves(one)]


def _leaves(visit: Visit) -> bool:
    """Return whether the request leaves the company's network."""
    return not visit.site.server_ip


def _proxy(visits: list[Visit]) -> list[LogFile]:
    spans = ((".2.gz", _START, RULE_DAY), (".1.gz", RULE_DAY, _FRIDAY), ("", _FRIDAY, _END))
    cut = "1794305612.118    211 10.20.10.2"
    return [
        spoilt(
            f"proxy/access.log{suffix}",
            "squid",
            squid.access_log(_between(visits, start, end, "hq")),
            cut,
            _GARBAGE,
        )
        for suffix, start, end in spans
    ]


def _firewall(visits: list[Visit]) -> list[LogFile]:
    """The firewall stands outside the proxy: what the proxy denied never reaches it."""
    files = []
    for name, start, end in (("w45", _START, RULE_DAY), ("w46", RULE_DAY, _END)):
        seen = [
            one for one in _between(visits, start, end, "hq", "lab") if one.person.office == "lab" or not one.blocked
        ]
        records = fortigate.syslog(seen, all_urls=False)
        files.append(
            spoilt(f"firewall/fortigate-{name}.log.gz", "fortinet-fortigate", records, "date=2026-11-1", "--- mark ---")
        )
    return files


def _umbrella(visits: list[Visit]) -> list[LogFile]:
    """The resolver only watches: the proxy behind it decides."""
    return [
        spoilt(
            f"dns/umbrella-{name}.csv.gz", "cisco-umbrella-dns",
            nameserver.umbrella_dns(_between(visits, start, end, "hq"), enforcing=False), '"2026-11-0',
        )
        for name, start, end in (("w45", _START, RULE_DAY), ("w46", RULE_DAY, _END))
    ]  # fmt: skip


def _branch(visits: list[Visit]) -> list[LogFile]:
    both = _between(visits, _START, _END, "branch")
    web = [
        spoilt(
            f"branch/zscaler-web-{name}.csv.gz", "zscaler-zia",
            webgateway.zscaler_web_csv(_between(visits, start, end, "branch")), '"Tue Nov 10 09:14',
        )
        for name, start, end in (("w45", _START, RULE_DAY), ("w46", RULE_DAY, _END))
    ]  # fmt: skip
    return [*web, spoilt("branch/pihole.log.gz", "dnsmasq", nameserver.dnsmasq(both, enforcing=False), "Nov  9 1")]


def _lab(visits: list[Visit]) -> list[LogFile]:
    everything = [one for one in visits if one.person.office == "lab"]
    friday = [one for one in everything if one.at >= _FRIDAY]
    sensor = [suricata.statistics(everything[0].at), *suricata.eve(everything)]
    queries = nameserver.bind_queries([one for one in everything if one.at >= RULE_DAY])
    return [
        spoilt("lab/eve.json.gz", "suricata-eve", sensor, '{"timestamp": "2026-11-06T10:0'),
        spoilt("lab/named-queries.log", "bind", queries, "10-Nov-2026 11:2"),
        *(LogFile(f"lab/zeek/{log}.log", "zeek-tsv", zeek.tsv(log, friday)) for log in _ZEEK_LOGS),
    ]


def formats(visits: list[Visit]) -> list[LogFile]:
    """Return one small sample a format: the same few visits, each service among them, one line broken."""
    few = _selection(visits)
    out = [one for one in few if _leaves(one)]
    known = [one for one in out if one.person.login]
    zeek_json = [record for log in _ZEEK_LOGS for record in zeek.json_lines(log, few[::3], path=True)]
    samples: dict[str, tuple[list[Record], str]] = {
        "squid": (squid.access_log(out), "1794305612.118    211 10.20.10.2"),
        "w3c-elff": (webgateway.proxysg_main(out), "2026-11-10 09:14"),
        "zscaler-zia": (webgateway.zscaler_web_csv(known), '"Tue Nov 10 09:14'),
        "paloalto-ngfw": (paloalto.syslog(out[::2]), "1,2026/11/10 09"),
        "fortinet-fortigate": (fortigate.syslog(out[::2], all_urls=True), "date=2026-11-1"),
        "cisco-umbrella-dns": (nameserver.umbrella_dns(out, enforcing=True), '"2026-11-1'),
        "cisco-umbrella-proxy": (webgateway.umbrella_proxy(known), '"2026-11-1'),
        "zeek-tsv": ([record for log in _ZEEK_LOGS for record in zeek.tsv(log, few[::3])], "1794305612.118\tC0"),
        "zeek-json": (zeek_json, '{"_path": "ssl", "ts": 17943'),
        "suricata-eve": (suricata.eve(few[::2]), '{"timestamp": "2026-11-10T10:0'),
        "bind": (nameserver.bind_queries(few), "10-Nov-2026 11:2"),
        "dnsmasq": (nameserver.dnsmasq(few[::2], enforcing=True), "Nov 10 1"),
        "generic-csv": (general.comma_separated(few), "2026-11-10 09"),
        "generic-kv": (general.key_value(few), "time=2026-11-1"),
        "generic-json": (general.ecs_json(few), '{"@timestamp": "2026-11-1'),
        "generic-cef": (general.cef(few), "<134>Nov 10 09:14:02 swg01 CEF:0|Exam"),
        "generic-leef": (general.leef(few), "LEEF:2.0|Example Net"),
    }
    losses = _losses()
    return [
        spoilt(f"{kind}/sample.log", kind, [*records, *losses.get(kind, [])], broken)
        for kind, (records, broken) in samples.items()
    ]


def _losses() -> dict[str, list[Record]]:
    """Records with a data-loss label, by format: written by hand, as none of the company's visits sets one off."""
    found: dict[str, list[Record]] = {}
    for line in _LOSSES.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found.setdefault(row["format"], []).append(Record(row["text"], row["fields"]))
    return found


def _selection(visits: list[Visit]) -> list[Visit]:
    """Return two sittings' first visits of each AI service and a dozen ordinary ones, of the second week."""
    late = [one for one in visits if one.at >= RULE_DAY]
    chosen: list[Visit] = []
    for service in sorted({one.site.service for one in late if one.site.service}):
        chosen += [one for one in late if one.site.service == service][:2]
    chosen += [one for one in late if not one.site.service][40:1480:120]
    return sorted(chosen, key=lambda one: (one.at, one.person.ip))
