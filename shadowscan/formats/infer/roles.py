"""Columns without names: what each is, judged on its values and its neighbours."""

import re
from collections.abc import Sequence
from functools import partial
from itertools import pairwise

from shadowscan.formats.infer.fields import Field
from shadowscan.formats.infer.times import is_time, joined_expression, time_expression
from shadowscan.formats.infer.unnamed import MOST, Table
from shadowscan.formats.infer.values import (
    CHECKS,
    is_host,
    is_ip,
    is_label,
    is_path,
    is_person,
    is_port,
    is_url,
    share,
    words,
)
from shadowscan.formats.infer.web import request

FEW = 0.4
"""Enough where the rest of the layout's records are of kinds that have no such value (ICMP has no ports)."""
_SERVICES = words(
    "20 21 22 23 25 53 80 88 110 123 135 137 139 143 161 389 443 445 465 587 853 993 995 1194 1433 1723 3128 "
    "3306 3389 5060 8000 8008 8080 8443 9443"
)
_RCODE = re.compile(r"NOERROR|NXDOMAIN|SERVFAIL|REFUSED|FORMERR|NOTIMP")
_QTYPE = re.compile(r"(?:\d{1,5} \()?(?:A|AAAA|CNAME|MX|TXT|PTR|SRV|HTTPS|SVCB|NS|SOA|ANY)\)?")
_PERSON = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+|[\w.-]+\\[\w.$-]+|[^@]{2,80} \([\w.+-]+@[\w.-]+\)")
_STRICT_VERDICT = re.compile(
    r"(?:allow|allowed|accept|accepted|permit|permitted|pass|passed|deny|denied|block|blocked|drop|dropped"
    r"|reject|rejected|reset-\w+|observed|alert|ok)",
    re.IGNORECASE,
)
_TRANSPORT = re.compile(r"tcp|udp|icmp|icmp6|icmpv6|gre|esp", re.IGNORECASE)
_TRANSPORT_NUMBER = re.compile(r"6|17")


def roles(columns: Sequence[Field]) -> dict[str, str]:
    """Return event column -> expression over ``c1``, ``c2`` ... for one layout of unnamed columns."""
    table = Table(columns)
    result = _time(table)
    result |= request(table)
    addresses = _address_columns(table)
    dns = _is_dns(table)
    result |= _ends(table, addresses, dns=dns, web="url" in result or "method" in result)
    result |= _named_target(table, result, dns=dns)
    result |= _relative(table, result)
    result |= _volumes(table, result)
    return result | _words(table, result)


def _time(table: Table) -> dict[str, str]:
    number = table.find(_is_plain_time)
    if number is not None:
        column = table.take(number)
        return {"ts": time_expression(column.name, column.present)}
    date = table.find(CHECKS["date"])
    clock = table.find(CHECKS["clock"], start=date + 1) if date is not None else None
    if date is None or clock is None:
        return {}
    day, hour = table.take(date), table.take(clock)
    return {"ts": joined_expression(day.name, hour.name, "", day.present, hour.present, ())}


def _is_plain_time(text: str) -> bool:
    """A time where no name says so: a bare number must lie after 2004 (smaller ones are often identifiers)."""
    return is_time(text) and not re.fullmatch(r"\d{9}|10\d{8}", text)


def _address_columns(table: Table) -> list[int]:
    """Columns of addresses, without those that always say "any"."""
    found = [
        number
        for number, column in enumerate(table.columns)
        if column.present and column.name not in table.taken and share(column.present, is_ip) >= MOST
    ]
    return [number for number in found if set(table.columns[number].present) - {"0.0.0.0", "::"}] or found  # noqa: S104


def _is_dns(table: Table) -> bool:
    return table.find(lambda text: _RCODE.fullmatch(text) is not None) is not None or (
        table.find(lambda text: _QTYPE.fullmatch(text) is not None, least=0.9) is not None
        and table.find(is_host) is not None
    )


def _pair_of(table: Table, addresses: Sequence[int]) -> tuple[int, int]:
    """Client and server among three and more addresses: those that stand together, else the first two that differ."""
    if len(addresses) > 2:
        for first, second in pairwise(addresses):
            if second == first + 1:
                return first, second
    client = addresses[0]
    return client, next(
        (n for n in addresses[1:] if table.columns[n].values != table.columns[client].values), addresses[1]
    )


def _ends(table: Table, addresses: Sequence[int], *, dns: bool, web: bool) -> dict[str, str]:
    """Give the client the first address and the server the next; ports by their place or by well-known services."""
    if not addresses:
        return {}
    client, server = _pair_of(table, addresses) if len(addresses) > 1 else (addresses[0], -1)
    result = {"src_ip": table.take(client).name}
    result |= _glued_port(table.columns[client], "src_port")
    if dns or server < 0:
        return result
    result["dst_ip"] = table.take(server).name
    return result | _glued_port(table.columns[server], "dst_port") | _ports(table, client, server, web=web)


def _glued_port(column: Field, role: str) -> dict[str, str]:
    if not any(re.search(r"(?:\]|\d\.\d+):\d{1,5}$", value) for value in column.present):
        return {}
    return {role: f"regexp_extract({column.name}, '(?:\\]|\\d):(\\d{{1,5}})$', 1)"}


def _ports(table: Table, client: int, server: int, *, web: bool) -> dict[str, str]:
    def port_like(number: int) -> bool:
        column = table.columns[number] if number < len(table.columns) else None
        return (
            column is not None
            and bool(column.present)
            and column.name not in table.taken
            and share(column.present, is_port) >= FEW
        )

    if server == client + 2 and port_like(client + 1) and port_like(server + 1):
        return {"src_port": table.take(client + 1).name, "dst_port": table.take(server + 1).name}
    if web:
        single = table.find(lambda text: text in {"80", "443", "8080", "8443"}, least=0.9)
        return {"dst_port": table.take(single).name} if single is not None else {}
    pairs = [number for number in range(len(table.columns) - 1) if port_like(number) and port_like(number + 1)]
    best = max(pairs, key=lambda number: (_services(table, number), number > server, -number), default=None)
    if best is None or (best != server + 1 and not _services(table, best)):
        return {}
    swapped = _services(table, best, first=True) > _services(table, best, first=False)
    names = [table.take(best).name, table.take(best + 1).name]
    return dict(zip(("dst_port", "src_port") if swapped else ("src_port", "dst_port"), names, strict=True))


def _services(table: Table, number: int, *, first: bool | None = None) -> float:
    """Share of the records where a pair of columns is an ephemeral port and a well-known service, in this order."""
    pairs = list(zip(table.columns[number].values, table.columns[number + 1].values, strict=True))
    good = 0
    for left, right in pairs:
        if left is None or right is None or not is_port(left) or not is_port(right):
            continue
        ephemeral = max(float(left), float(right)) > 1023
        good += ephemeral and ((left in _SERVICES and first is not False) or (right in _SERVICES and first is not True))
    return good / max(len(pairs), 1)


def _named_target(table: Table, result: dict[str, str], *, dns: bool) -> dict[str, str]:
    """A column of host names, where no URL names the host."""
    relative = "url" in result and not any(
        is_url(v) for c in table.columns if c.name in result["url"] for v in _targets(c, result["url"])
    )
    if "url" in result and not relative:
        return {}
    check = (lambda text: re.fullmatch(r"[\w*.-]+\.", text) is not None or is_host(text)) if dns else is_host
    number = table.find(check, least=0.6)
    if number is None:
        path = table.find(is_path) if "url" not in result and "method" in result else None
        return {"url": table.take(path).name} if path is not None else {}
    named = {"host": table.take(number).name} | ({"kind": "'dns'"} if dns else {})
    path = table.find(is_path) if "url" not in result and not dns else None
    return named | ({"url": table.take(path).name} if path is not None else {})


def _relative(table: Table, result: dict[str, str]) -> dict[str, str]:
    """Where all URLs are paths, say so: a server's own log then counts though it names no host."""
    column = next((c for c in table.columns if "url" in result and re.search(rf"\b{c.name}\b", result["url"])), None)
    targets = _targets(column, result["url"]) if column else []
    if not targets or not all(map(is_path, targets)):
        return {}
    target = result.pop("url")
    return {"url_path": f"split_part(split_part({target}, '?', 1), '#', 1)", "url_query": f"url_query({target})"}


def _targets(column: Field, expression: str) -> list[str]:
    if expression.startswith("split_part"):
        return [value.split(" ")[1] for value in column.present if value.count(" ") >= 1]
    return list(column.present)


def _volumes(table: Table, result: dict[str, str]) -> dict[str, str]:
    """Bytes that state their sum beside them: total, sent, received or sent, received, total."""
    if "bytes_in" in result:
        return {}
    for number in range(len(table.columns) - 2):
        group = table.columns[number : number + 3]
        if any(column.name in table.taken or not column.present for column in group):
            continue
        rows = [
            row
            for row in zip(*(column.values for column in group), strict=True)
            if all(cell and CHECKS["bytes_in"](cell) for cell in row)
        ]
        sums = [(int(float(a or 0)), int(float(b or 0)), int(float(c or 0))) for a, b, c in rows]
        sums = [row for row in sums if max(row) > 0]
        if not any(min(row) > 0 for row in sums):
            continue
        if sum(a == b + c for a, b, c in sums) >= MOST * len(sums):
            return {"bytes_out": group[1].name, "bytes_in": group[2].name}
        if sum(a + b == c for a, b, c in sums) >= MOST * len(sums):
            return {"bytes_out": group[0].name, "bytes_in": group[1].name}
    return _packets_and_bytes(table) if "dst_ip" in result else {}


def _packets_and_bytes(table: Table) -> dict[str, str]:
    """A one-way flow record: packets, and beside them what these packets can have held."""
    for left, right in pairwise(table.columns):
        if {left.name, right.name} & table.taken:
            continue
        rows = [
            (a, b)
            for a, b in zip(left.values, right.values, strict=True)
            if a and b and a.isdecimal() and b.isdecimal()
        ]
        if (
            rows
            and len(rows) >= MOST * len(left.values)
            and all(int(a) > 0 and 20 <= int(b) / int(a) <= 9000 for a, b in rows)
        ):
            return {"packets_out": left.name, "bytes_out": right.name}
    return {}


def _words(table: Table, result: dict[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    if (
        "action" not in result
        and (verdict := table.find(lambda text: _STRICT_VERDICT.fullmatch(text) is not None, least=0.6)) is not None
    ):
        found["action"] = table.take(verdict).name
    for pattern in (_TRANSPORT, _TRANSPORT_NUMBER):
        transport = table.find(partial(_is_whole, pattern), least=0.6)
        if transport is not None:
            found["proto"] = table.take(transport).name
            break
    if (
        person := table.find(lambda text: _PERSON.fullmatch(text) is not None or is_person(text), least=0.5)
    ) is not None:
        found["user"] = table.take(person).name
    elif (common := _common_log_user(table)) is not None:
        found["user"] = table.take(common).name
    return found


def _is_whole(pattern: re.Pattern[str], text: str) -> bool:
    return pattern.fullmatch(text) is not None


def _common_log_user(table: Table) -> int | None:
    """The Common Log Format: client, identity, user, [time]."""
    for number in range(2, len(table.columns)):
        column = table.columns[number]
        if column.name in table.taken and column.present and share(column.present, is_time) == 1:
            before = table.columns[number - 1]
            return number - 1 if before.name not in table.taken and share(before.present, is_label) >= MOST else None
    return None
