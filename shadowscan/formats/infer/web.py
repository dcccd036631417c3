"""Unnamed columns of web requests: request line or method and URL, status, sizes, user agent, media type, referrer."""

import re

from shadowscan.formats.infer.unnamed import MOST, Table
from shadowscan.formats.infer.values import CHECKS, is_host, is_ip, is_path, is_url, share, words

_STATUSES = words(
    "200 201 202 204 206 207 300 301 302 303 304 307 308 400 401 403 404 405 407 408 410 413 416 429 499 500 "
    "501 502 503 504"
)
_RESULT = re.compile(r"(?:[A-Z]+_[A-Z_]+|NONE)/\d{3}")
_PEER = re.compile(r"[A-Z_]+/[\w.:-]+")
_AGENT = re.compile(
    r"Mozilla/|curl/|python|Go-http|Wget|\b\w{1,30}/\d+\.\d+ ?\(|okhttp|Dalvik|^[A-Za-z][\w-]{3,}/\d+\.\d"
)


def request(table: Table) -> dict[str, str]:
    """The web part: request line or method and URL, status, user agent, media type, referrer."""
    result = _method_and_url(table)
    result |= _status(table, result)
    return result | _headers(table, web=bool(result))


def _method_and_url(table: Table) -> dict[str, str]:
    line = table.find(CHECKS["request_line"])
    if line is not None:
        name = table.take(line).name
        return {"method": f"split_part({name}, ' ', 1)", "url": f"split_part({name}, ' ', 2)"}
    result: dict[str, str] = {}
    if (method := table.find(CHECKS["method"], least=0.5)) is not None:
        result = {"method": table.take(method).name} | _target_after(table, method)
    if "url" in result:
        return result
    url = table.find(lambda text: is_url(text) and not is_ip(text.partition("/")[0]), least=0.5)
    path = table.find(is_path, least=0.9)
    apart = path is not None and url is not None and path < url and table.find(is_host, least=0.6) is not None
    return result | ({"url": table.take(url).name} if url is not None and not apart else {})


def _status(table: Table, web: dict[str, str]) -> dict[str, str]:
    """Squid's code/status and its neighbours, or a column of HTTP status codes with the size behind it."""
    if (code := table.find(lambda text: _RESULT.fullmatch(text) is not None)) is not None:
        name = table.take(code).name
        result = {"action": f"split_part({name}, '/', 1)", "status": f"nullif(split_part({name}, '/', 2), '000')"}
        return result | _number_after(table, code, "bytes_in") | _peer(table) | _elapsed(table) | _without_errors(web)
    if not web or (status := table.find(lambda text: text in _STATUSES, least=0.6)) is None:
        return {}
    found = {"status": table.take(status).name}
    return found | (_number_after(table, status, "bytes_in") if "split_part" in web.get("method", "") else {})


def _without_errors(web: dict[str, str]) -> dict[str, str]:
    """Squid and its kin write error:... for a request that named no URL."""
    if not re.fullmatch(r"c\d+", web.get("url", "")):
        return {}
    return {"url": f"CASE WHEN NOT starts_with({web['url']}, 'error:') THEN {web['url']} END"}


def _elapsed(table: Table) -> dict[str, str]:
    """Squid and its kin: milliseconds behind the time."""
    second = table.columns[1]
    if second.name in table.taken or not second.present or share(second.present, CHECKS["bytes_in"]) < 1:
        return {}
    return {"duration_s": f"try_cast({table.take(1).name} AS DOUBLE) / 1000"}


def _target_after(table: Table, number: int) -> dict[str, str]:
    """What a method asks for stands behind it: a URL, a path, or host:port for CONNECT."""
    following = table.columns[number + 1] if number + 1 < len(table.columns) else None
    if following is None or share(following.present, CHECKS["url"]) < MOST or not following.present:
        return {}
    return {"url": table.take(number + 1).name}


def _headers(table: Table, *, web: bool) -> dict[str, str]:
    result: dict[str, str] = {}
    if web and (agent := table.find(lambda text: _AGENT.search(text) is not None, least=0.5)) is not None:
        result["user_agent"] = table.take(agent).name
    if (media := table.find(CHECKS["content_type"], least=0.6)) is not None:
        result["content_type"] = table.take(media).name
    if web and (referrer := table.find(lambda text: "://" in text, least=0.6)) is not None:
        result["referrer"] = table.take(referrer).name
    return result


def _peer(table: Table) -> dict[str, str]:
    """Squid and its kin: the way taken and the server, HIER_DIRECT/192.0.2.1."""
    number = table.find(lambda text: _PEER.fullmatch(text) is not None)
    return {"dst_ip": f"ip_of(split_part({table.take(number).name}, '/', 2))"} if number is not None else {}


def _number_after(table: Table, number: int, role: str) -> dict[str, str]:
    following = number + 1
    if following < len(table.columns) and share(table.columns[following].present, CHECKS["bytes_in"]) == 1:
        return {role: table.take(following).name}
    return {}
