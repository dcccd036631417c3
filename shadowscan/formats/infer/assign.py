"""Which field fills which event column: the name says what it may be, the values whether it is."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from shadowscan.formats.dictionary import Meaning, dictionary, normalised
from shadowscan.formats.infer.fields import Field
from shadowscan.formats.infer.preamble import VERDICT, taken
from shadowscan.formats.infer.sides import Candidates, last, settled
from shadowscan.formats.infer.times import are_zones, is_time, joined_expression, time_expression, zoned_expression
from shadowscan.formats.infer.values import CHECKS, is_deed, is_host, is_ip, is_path, share, words
from shadowscan.formats.spec import SkipRule
from shadowscan.formats.sqltext import identifier, literal

MOST_CANDIDATES = 5
FIT = 0.5
"""Share of a field's values that must look like the column's."""
_PLAIN = words(
    "src_port proto packets_out packets_in bytes_out bytes_in status user_agent content_type referrer "
    "file_name vendor_app answers url_path url_query"
)
_OF_REQUEST = frozenset({"url", "http", "tls", "dns", "destination", "dstendpoint", "httprequest"})
_VAGUE_HOSTS = frozenset(["host", "hostname", "domain", "domainname", "site", "fqdn", "servername", "website"])
_PAYLOADS = ("properties.", "event.", "jsonpayload.", "data.", "payload.", "fields.", "attributes.")
_SIDES = (("src_ip", "dst_ip"), ("src_port", "dst_port"), ("bytes_out", "bytes_in"), ("packets_out", "packets_in"))
_RIVALS = {column: tuple(other for other in pair if other != column) for pair in _SIDES for column in pair}
_OWN_TIME = frozenset(["eventtime", "datetime", "timestamp", "ts", "time", "rt"])
_TELLING = frozenset(
    [
        "action",
        "act",
        "name",
        "logdesc",
        "eventname",
        "eventaction",
        "operation",
        "activity",
        "event",
        "eventdescription",
        "auditlogevent",
    ]
)
_ADMINISTRATIVE = (
    r"(?i)\b(?:log(?:ged)?[ _-]?(?:in|out|on|off)|sign(?:ed)?[ _-]?(?:in|out|on|off)"
    r"|authentication (?:success|fail)\w*|dhcp)\b"
)
_CONSTANT_AFTER = 5
_GLUED_PORTS = (
    (re.compile(r"\[.*\]:|[\d.]+:[^:]*(?::[^:]*){0,2}$"), r"^(?:[\d.]+|\[[^\]]*\]):(\d{1,5})"),
    (re.compile(r"[\d.]+[/#]\d{3,5}$"), r"^[\d.]+[/#](\d{3,5})"),  # fewer digits are a network's
)
"""How a port may stand behind its address, and what cuts it out."""
_SPOKEN = frozenset(["msg", "message", "note", "description", "name", "event"])
"""Fields of text, in which a verdict may be found where no field states one."""


def assign(fields: Sequence[Field]) -> dict[str, str]:
    """Return event column -> expression; without a destination among them the fields tell of no connection."""
    candidates = settled(_candidates(fields))
    columns: dict[str, str] = {}
    columns |= _time(candidates)
    columns |= _addresses(candidates)
    columns |= _names(candidates, columns)
    columns |= _literal_target(candidates, columns)
    columns |= _inbound(candidates, fields, columns)
    columns |= _web(candidates)
    columns |= {name: _coalesce(map(_ref, candidates[name])) for name in _PLAIN if name in candidates} | columns
    columns |= _totals(fields, columns)
    columns |= _verdicts(candidates, fields)
    columns |= _durations(candidates)
    return {name: expression for name, expression in columns.items() if expression}


def has_target(columns: Iterable[str]) -> bool:
    """Tell whether the columns can name the far end of a connection."""
    return not {"host", "dst_ip", "url"}.isdisjoint(columns)


def administrative(fields: Sequence[Field]) -> tuple[SkipRule, ...]:
    """Rules for records of the sample that tell of a login or the like at the device, not of traffic."""
    told = [
        _ref(field)
        for field in fields
        if normalised(field.title.split(".")[-1]) in _TELLING
        and any(re.search(_ADMINISTRATIVE, value) for value in field.present)
    ]
    found = " OR ".join(f"regexp_matches({name}, {literal(_ADMINISTRATIVE)})" for name in told[:3])
    return (SkipRule(f"coalesce({found}, FALSE)", "login or administration"),) if found else ()


def _candidates(fields: Sequence[Field]) -> dict[str, list[Field]]:
    ranked: dict[str, list[tuple[int, int, Field]]] = defaultdict(list)
    for order, field in enumerate(fields):
        for meaning in _unrivalled(dictionary().meanings(field.title)):
            if _fits(field, meaning.column):
                ranked[meaning.column].append((meaning.rank, order, field))
    return {
        column: [field for _, _, field in sorted(found, key=lambda item: item[:2])][:MOST_CANDIDATES]
        for column, found in ranked.items()
    }


def _unrivalled(meanings: Sequence[Meaning]) -> list[Meaning]:
    """Keep a name to one side of the connection: the side that it names best."""
    best = {meaning.column: meaning.rank for meaning in meanings}
    return [
        meaning
        for meaning in meanings
        if not any(best.get(rival, meaning.rank) < meaning.rank for rival in _RIVALS.get(meaning.column, ()))
    ]


_VERDICT_NAMES = words(
    "action utmaction fwaction firewallaction act ruleaction policyaction accesscontrolruleaction disposition "
    "disp verdict scfilterresult deviceaction decision actiontype filteraction"
)


def _fits(field: Field, column: str) -> bool:
    if column == "action" and normalised(field.title.split(".")[-1]) in _VERDICT_NAMES:
        return share(field.present, is_deed) >= 0.2
    check: Callable[[str], bool] = is_time if column == "ts" else CHECKS[column]
    if column in {"src_ip", "dst_ip"}:
        return share(field.present, lambda text: is_ip(text) or is_host(text)) >= FIT and any(
            map(check, field.present or ["192.0.2.1"])
        )
    return share(field.present, check) >= FIT


def _ref(field: Field) -> str:
    """The field in an expression; quotes that the reader leaves on (CEF has none of its own) are taken off."""
    name = identifier(field.name)
    return (
        f"trim({name}, '\"')" if any(value.startswith('"') and value.endswith('"') for value in field.present) else name
    )


def _coalesce(expressions: Iterable[str]) -> str:
    parts = list(dict.fromkeys(part for part in expressions if part))
    return f"coalesce({', '.join(parts)})" if len(parts) > 1 else "".join(parts)


def _time(candidates: Candidates) -> dict[str, str]:
    # The time within an envelope's payload is the event's own; the envelope's says when it was passed on.
    fields = sorted(candidates.get("ts", ()), key=lambda field: not field.title.lower().startswith(_PAYLOADS))
    zone = next(iter(candidates.get("zone", ())), None)
    beside = zone.name if zone and are_zones(zone.present) else ""
    whole = [
        (beside and zoned_expression(field.name, field.present, beside)) or time_expression(field.name, field.present)
        for field in fields
    ]
    dates, clocks = candidates.get("date", ()), candidates.get("clock", ())
    if not dates or not clocks:
        return {"ts": _coalesce(whole)}
    sure = [
        time_expression(field.name, field.present)
        for field in candidates.get("ts", ())
        if normalised(field.title) in _OWN_TIME
    ]
    date, clock = dates[0], clocks[0]
    joined = joined_expression(
        date.name, clock.name, zone.name if zone else "", date.present, clock.present, zone.present if zone else ()
    )
    return {"ts": _coalesce([*sure, joined, *whole] if date.present else [joined, *whole])}


def _addresses(candidates: Candidates) -> dict[str, str]:
    columns: dict[str, str] = {}
    used: set[str] = set()
    for side, port in (("src_ip", "src_port"), ("dst_ip", "dst_port")):
        found = [field for field in candidates.get(side, ()) if field.name not in used]
        used |= {field.name for field in found}
        pure = len(found) == 1 or all(map(is_ip, (value for field in found for value in field.present)))
        columns[side] = _coalesce(_ref(field) if pure else f"ip_of({_ref(field)})" for field in found)
        columns[port] = _coalesce([*map(_ref, candidates.get(port, ())), *map(_port_within, found)])
    columns["src_host"] = _device(candidates)
    return columns


def _literal_target(candidates: Candidates, columns: Mapping[str, str]) -> dict[str, str]:
    """A host that is an address is the server's address."""
    literal_hosts = [
        field for field in candidates.get("host", ()) if any(map(is_ip, field.present)) and not _vague(field)
    ]
    if not literal_hosts:
        return {}
    known = f"ip_of({columns['dst_ip']})" if columns.get("dst_ip") else ""
    return {"dst_ip": _coalesce([known, *(f"ip_of({_ref(field)})" for field in literal_hosts)])}


def _inbound(candidates: Candidates, fields: Sequence[Field], columns: Mapping[str, str]) -> dict[str, str]:
    """An endpoint's log names local and remote: of a connection it accepted the remote side is the client."""
    sides = [candidates.get(name, ()) for name in ("src_ip", "dst_ip")]
    if not all(sides) or "local" not in sides[0][0].title.lower() or "remote" not in sides[1][0].title.lower():
        return {}
    told = next(
        (field for field in fields if any(value.lower().startswith("inbound") for value in field.present)), None
    )
    if told is None:
        return {}
    swapped = {}
    for client, server in (("src_ip", "dst_ip"), ("src_port", "dst_port")):
        if columns.get(client) and columns.get(server):
            inward = f"starts_with(lower({_ref(told)}), 'inbound')"
            swapped[client] = f"CASE WHEN {inward} THEN {columns[server]} ELSE {columns[client]} END"
            swapped[server] = f"CASE WHEN {inward} THEN {columns[client]} ELSE {columns[server]} END"
    return swapped


def _port_within(field: Field) -> str:
    """Return the expression for the port in ``192.0.2.1:443:X1``, ``[2001:db8::1]:443`` or ``192.0.2.1/443``."""
    addresses = [value for value in field.present if is_ip(value)]
    for found, port in _GLUED_PORTS:
        if any(found.match(value) for value in addresses):
            return f"regexp_extract({_ref(field)}, {literal(port)}, 1)"
    return ""


def _device(candidates: Candidates) -> str:
    named = [_ref(field) for field in candidates.get("src_host", ())]
    mixed = [field for field in candidates.get("src_ip", ()) if not all(map(is_ip, field.present))]
    return _coalesce([*named, *(f"CASE WHEN ip_of({_ref(field)}) IS NULL THEN {_ref(field)} END" for field in mixed)])


def _names(candidates: Candidates, columns: Mapping[str, str]) -> dict[str, str]:
    sni, query = candidates.get("sni", ()), candidates.get("query", ())
    hosts = _hosts(candidates)
    mixed = [
        f"CASE WHEN ip_of({_ref(field)}) IS NULL THEN {_ref(field)} END"
        for field in candidates.get("dst_ip", ())
        if any(map(is_host, field.present)) and field.name in columns.get("dst_ip", "")
    ]
    named = list(dict.fromkeys([*sni, *query, *hosts] if not hosts else [*hosts, *query, *sni]))
    result = {"host": _coalesce([*map(_ref, named), *mixed]), "user": _coalesce(map(_ref, candidates.get("user", ())))}
    kinds = [f"WHEN {_ref(field)} IS NOT NULL THEN 'dns'" for field in query] + (
        [f"WHEN {_ref(field)} IS NOT NULL THEN 'tls'" for field in sni]
        if not {"method", "url"} & set(candidates)
        else []
    )
    if not query and not {"method", "url", "dst_port"} & set(candidates):
        kinds += [f"WHEN {_ref(field)} IS NOT NULL THEN 'dns'" for field in candidates.get("qtype", ())]
    return result | ({"kind": f"CASE {' '.join(kinds)} END"} if kinds else {})


def _hosts(candidates: Candidates) -> list[Field]:
    """Fields that name the server; a vague name (``host``) must not turn out to be the logging device."""
    found = [field for field in candidates.get("host", ()) if field not in candidates.get("query", ())]
    clear = [field for field in found if not _vague(field)]
    urls = [field for field in candidates.get("url", ()) if not all(map(is_path, field.present))]
    sure = [*clear, *urls, *candidates.get("sni", ()), *candidates.get("query", ())]
    devices = {field.name for field in candidates.get("src_host", ()) if last(field) not in _VAGUE_HOSTS}
    found = [field for field in found if field.name not in devices]
    if not sure and not candidates.get("dst_ip") and not {"method", "url_path"}.isdisjoint(candidates):
        return found  # A web request without any other server: even a name that never changes is the site's.
    return [field for field in found if not (_vague(field) and _is_device(field, sure))]


def _vague(field: Field) -> bool:
    """Tell whether a name may mean any host; ``url.domain`` is the URL's."""
    parents = {normalised(parent) for parent in field.title.split(".")[:-1]}
    return parents.isdisjoint(_OF_REQUEST) and last(field) in _VAGUE_HOSTS


def _is_device(field: Field, sure: Sequence[Field]) -> bool:
    """Judge a vague field: beside a sure name it must agree with it; alone it must vary."""
    agree = differ = 0
    for other in sure:
        for value, name in zip(field.values, other.values, strict=True):
            if value is None or name is None or (other.name == field.name) or is_path(name):
                continue
            if value.lower().rstrip(".") in name.lower():
                agree += 1
            else:
                differ += 1
    if agree or differ:
        return differ > agree
    return len(field.present) >= _CONSTANT_AFTER and len(set(field.present)) == 1


def _web(candidates: Candidates) -> dict[str, str]:
    lines = [_ref(field) for field in candidates.get("request_line", ())]
    methods = [_ref(field) for field in candidates.get("method", ())]
    columns = {"method": _coalesce([*methods, *(f"split_part({line}, ' ', 1)" for line in lines)])}
    fields = [field for field in candidates.get("url", ()) if field not in candidates.get("request_line", ())]
    absolute = [
        _ref(field) for field in fields if not field.present or any(not is_path(value) for value in field.present)
    ]
    paths = [_ref(field) for field in fields if _ref(field) not in absolute]
    columns["url"] = _coalesce([*absolute, *(f"split_part({line}, ' ', 2)" for line in lines)])
    paths += [_ref(field) for field in candidates.get("url_path", ())]
    columns["url_path"] = _coalesce(f"split_part(split_part({path}, '?', 1), '#', 1)" for path in paths)
    queries = [_ref(field) for field in candidates.get("url_query", ())]
    columns["url_query"] = _coalesce([*queries, *(f"url_query({path})" for path in paths)])
    return columns


def _totals(fields: Sequence[Field], columns: Mapping[str, str]) -> dict[str, str]:
    """Place a byte count that states no direction: a web server's is the response, a flow's is what was sent."""
    column = "bytes_in" if columns.get("status") or columns.get("method") else "bytes_out"
    if columns.get("bytes_in") or columns.get(column):
        return {}
    total = next(
        (field for field in fields if normalised(field.title.split(".")[-1]) in {"bytes", "size", "octets", "nbytes"}),
        None,
    )
    if total is None or share(total.present, CHECKS["bytes_in"]) < FIT:
        return {}
    return {column: _ref(total)}


def _verdicts(candidates: Candidates, fields: Sequence[Field]) -> dict[str, str]:
    found = [
        _ref(field)
        for field in candidates.get("action", ())
        if field.present or normalised(field.title) in _VERDICT_NAMES
    ]
    if not found:
        spoken = [field for field in fields if last(field) in _SPOKEN and any(map(_says_verdict, field.present))]
        return {"action": _coalesce(taken(_ref(field), VERDICT) for field in spoken)}
    return {"action": _coalesce(f"action_of({name})" for name in found) if len(found) > 1 else "".join(found)}


def _says_verdict(text: str) -> bool:
    return re.search(VERDICT, text) is not None


def _durations(candidates: Candidates) -> dict[str, str]:
    parts = []
    for field in candidates.get("duration_s", ()):
        millis = normalised(field.title).endswith(("ms", "millis", "milliseconds", "timetaken"))
        parts.append(f"try_cast({_ref(field)} AS DOUBLE) / 1000" if millis else f"try_cast({_ref(field)} AS DOUBLE)")
    return {"duration_s": _coalesce(parts)}
