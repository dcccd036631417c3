"""Secure web gateways: ProxySG's ELFF, Zscaler's CSV feed, Umbrella's proxy CSV."""

from samples.devices.record import Record, filled, header, iso, quoted, request_fields
from samples.world import Visit

PROXYSG_FIELDS = (
    "date time time-taken c-ip cs-username cs-auth-group s-supplier-name s-supplier-ip s-supplier-country "
    "s-supplier-failures x-exception-id sc-filter-result cs-categories cs(Referer) sc-status s-action cs-method "
    "rs(Content-Type) cs-uri-scheme cs-host cs-uri-port cs-uri-path cs-uri-query cs-uri-extension cs(User-Agent) s-ip "
    "sc-bytes cs-bytes x-virus-id x-bluecoat-application-name x-bluecoat-application-operation"
)
"""The reserved ``main`` format of ProxySG and Edge SWG (Broadcom, article 168187), up to the application fields."""


def proxysg_main(visits: list[Visit]) -> list[Record]:
    """Return a W3C extended log file as ProxySG uploads it."""
    start = visits[0].done
    head = header(
        "#Software: SGOS 7.3.14.1",
        "#Version: 1.0",
        f"#Start-Date: {start:%Y-%m-%d %H:%M:%S}",
        f"#Date: {start:%Y-%m-%d %H:%M:%S}",
        f"#Fields: {PROXYSG_FIELDS}",
        '#Remark: 0400000001 "swg-hq" "10.20.0.9" "main"',
    )
    return head + [_elff(visit) for visit in sorted(visits, key=lambda visit: visit.done)]


def _elff(visit: Visit) -> Record:
    site, person = visit.site, visit.person
    name = visit.path.rsplit("/", 1)[-1]
    extension = name.rsplit(".", 1)[-1] if "." in name else ""
    values = [
        f"{visit.done:%Y-%m-%d} {visit.done:%H:%M:%S} {visit.milliseconds} {person.ip}",
        person.login,
        person.department.replace(" ", "_"),
        site.host,
        "" if visit.blocked else site.address,
        '"None"',
        "",
        "policy_denied" if visit.blocked else "",
        "DENIED" if visit.blocked else "OBSERVED",
        '"AI/Chat;Technology/Internet"' if site.service else '"Business/Economy"',
        visit.referrer,
        visit.status,
        "TCP_DENIED" if visit.blocked else "TCP_NC_MISS",
        visit.method,
        visit.content_type,
        f"{site.scheme} {site.host} {site.port} {visit.path}",
        f"?{visit.query}" if visit.query else "",
        extension,
        f'"{visit.agent}"',
        "10.20.0.9",
        f"{visit.received} {visit.sent}",
        "",
        f'"{site.app}"' if site.app else '"none"',
        '"none"',
    ]
    fields = _gateway_fields(visit) | {"user": person.login, "duration_s": visit.milliseconds / 1000}
    if not visit.blocked:
        fields["dst_ip"] = site.address
    return Record(" ".join(str(value) or "-" for value in values), filled(fields), (visit,))


def _gateway_fields(visit: Visit) -> dict[str, object]:
    more = {
        "dst_port": visit.site.port,
        "bytes_out": visit.sent,
        "bytes_in": visit.received,
        "user_agent": visit.agent,
        "content_type": visit.content_type,
        "referrer": visit.referrer,
        "vendor_app": visit.site.app,
    }
    return request_fields(visit, iso(visit.done, whole_seconds=True)) | more


def zscaler_web_csv(visits: list[Visit]) -> list[Record]:
    """Return the NSS web feed in its CSV form: 34 quoted columns in the order of the vendor's sample, no header.

    Columns: time, login, proto, eurl, action, appname, appclass, reqsize, respsize, stime, ctime, urlclass,
    urlsupercat, urlcat, malwarecat, threatname, riskscore, dlpeng, dlpdict, location, dept, cip, sip, reqmethod,
    respcode, ua, ereferer, ruletype, rulelabel, contenttype, unscannabletype, deviceowner, devicehostname,
    keyprotectiontype. Source: https://help.zscaler.com/unified/nss-feed-output-format-web-logs. No zone: UTC.
    """
    return [_zscaler(visit) for visit in sorted(visits, key=lambda visit: visit.done)]


def _zscaler(visit: Visit) -> Record:
    site, person = visit.site, visit.person
    tunnel = site.pinned
    url = f"{site.host}:{site.port}" if tunnel else f"{site.host}{visit.target}"
    method = "CONNECT" if tunnel else visit.method
    content_type = "Other" if tunnel else visit.content_type
    referrer = visit.referrer.split("://", 1)[-1]
    values = (
        f"{visit.done:%a %b} {visit.done.day} {visit.done:%H:%M:%S %Y}",
        person.mail,
        "SSL" if tunnel else site.scheme.upper(),
        url,
        "Blocked" if visit.blocked else "Allowed",
        site.app or "General Browsing",
        "AI & ML Applications" if site.service else "General Browsing",
        visit.sent,
        visit.received,
        visit.milliseconds - visit.milliseconds // 8,
        visit.milliseconds,
        "Business Use",
        "AI & ML" if site.service else "Information Technology",
        "AI & ML Applications" if site.service else "Corporate Marketing",
        "None", "None", 0, "None", "None", "Branch South", person.department, person.ip, site.address,
        method,
        visit.status,
        "Unknown" if tunnel else visit.agent,
        "None" if tunnel or not referrer else referrer,
        "URLFilter" if visit.blocked else "None",
        "Block unapproved AI" if visit.blocked else "None",
        content_type,
        "None", person.login, person.device, "N/A",
    )  # fmt: skip
    return Record(quoted(values), filled(_zscaler_fields(visit)), (visit,))


def _zscaler_fields(visit: Visit) -> dict[str, object]:
    fields = _gateway_fields(visit) | {
        "user": visit.person.mail,
        "src_host": visit.person.device,
        "dst_ip": visit.site.address,
        "referrer": visit.referrer.split("://", 1)[-1],
        "vendor_app": visit.site.app or "General Browsing",
    }
    if visit.site.pinned:
        for name in ("url_path", "url_query", "user_agent", "content_type", "referrer"):
            fields.pop(name, None)
        return fields | {"kind": "proxy", "method": "CONNECT"}
    del fields["dst_port"]
    return fields


def umbrella_proxy(visits: list[Visit]) -> list[Record]:
    """Return Umbrella's web log: quoted, no header.

    Columns: timestamp, policy identity, internal client ip, external client ip, destination ip, content type, action,
    url, referer, user agent, status, request size, response size, response body size, sha256, categories, AV
    detections, PUAs, AMP disposition, AMP malware name, AMP score, policy identity type, blocked categories,
    identities, identity types, method, DLP status, certificate errors, file name, ruleset, rule, destination lists,
    isolate action, file action, warn status. Source: https://docs.umbrella.com/umbrella-user-guide/docs/web-log-formats
    """
    return [_umbrella(visit) for visit in sorted(visits, key=lambda visit: visit.at)]


def _umbrella(visit: Visit) -> Record:
    person, site = visit.person, visit.site
    category = "Generative AI" if site.service else "Business Services"
    values = (
        f"{visit.at:%Y-%m-%d %H:%M:%S}", person.mail, person.ip, "203.0.113.5",
        "" if visit.blocked else site.address,
        visit.content_type,
        "BLOCKED" if visit.blocked else "ALLOWED",
        visit.url, visit.referrer, visit.agent, visit.status, visit.sent, visit.received,
        max(0, visit.received - 380),
        "", category, "", "", "", "", "", "AD Users",
        category if visit.blocked else "",
        f"{person.mail},{person.device}", "AD Users,Roaming Computers", visit.method,
        "", "", "", "1044", "2210", "", "", "", "",
    )  # fmt: skip
    fields = _gateway_fields(visit) | {"ts": iso(visit.at, whole_seconds=True), "user": person.mail, "vendor_app": ""}
    fields["dst_ip"] = "" if visit.blocked else site.address
    del fields["dst_port"]
    return Record(quoted(values), filled(fields), (visit,))
