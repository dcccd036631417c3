"""Host names and request lines as strangers write them: made canonical, never trusted, never raising."""

import re
from typing import NamedTuple

CANONICAL = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?")
"""A host in the form the catalogue is keyed by: lower case, no trailing dot, no port, punycode."""

_METHOD = re.compile(r"([A-Za-z]{2,20})[ \t]+(?=\S)")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,20}://")
_AUTHORITY_END = re.compile(r"[/?#\\]")
_IPV6 = re.compile(r"[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*(?:%.*)?")
_PORT = re.compile(r":([0-9]{0,5})$")
_UNICODE_DOTS = re.compile("[\u3002\uff0e\uff61]")
_SLASHES = re.compile("//+")
_MAX_NAME = 253


class RequestLine(NamedTuple):
    """The parts of a ``[METHOD ]URL-or-host`` line; what the line doesn't hold is None."""

    method: str | None
    host: str | None
    path: str | None
    query: str | None
    port: int | None


def normalise_host(text: str) -> str:
    """Return the canonical form of a host, or an empty string where there is none.

    Drops a port, brackets and trailing dots, lowers the case and turns an international name into punycode, as a
    browser would; whatever is not a host name after that (control characters, slashes, user info) is refused.
    """
    host = text.strip().lower().rstrip(".")
    if not CANONICAL.fullmatch(host):
        host = _repair(host)
    return host if len(host) <= _MAX_NAME and ".." not in host else ""


def _repair(host: str) -> str:
    address = host[1:].partition("]")[0] if host.startswith("[") else host
    if _IPV6.fullmatch(address):
        return address.partition("%")[0]
    host = _PORT.sub("", host).rstrip(".")
    if not host.isascii():
        host = _punycode(host)
    return host if CANONICAL.fullmatch(host) else ""


def _punycode(host: str) -> str:
    try:
        return _UNICODE_DOTS.sub(".", host).rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""


def clean_path(path: str) -> str:
    """Return a path in the form path patterns are written for: one slash between segments, no query."""
    cut = min((at for at in (path.find("?"), path.find("#")) if at >= 0), default=-1)
    if cut >= 0:
        path = path[:cut]
    return _SLASHES.sub("/", path) if "//" in path else path


def parse_input(text: str) -> RequestLine:
    """Cut a ``[METHOD ]URL-or-host`` line; never raises, whatever the line holds.

    The host is canonical; the path is None where the line names only a host. As in a browser, user info before ``@``
    is no host, and a backslash ends the authority like a slash.
    """
    rest = text.strip()
    method = None
    if (found := _METHOD.match(rest)) and not _SCHEME.match(rest):
        method, rest = found[1].upper(), rest[found.end() :].strip()
    scheme = _SCHEME.match(rest)
    if scheme:
        rest = rest[scheme.end() :]
    end = _AUTHORITY_END.search(rest)
    authority, tail = (rest[: end.start()], rest[end.start() :]) if end else (rest, "")
    authority = authority.rpartition("@")[2]
    path, query = _split_tail(tail)
    if path is None and (scheme or query is not None):
        path = "/"
    return RequestLine(method, normalise_host(authority) or None, path, query, _port_of(authority))


def _split_tail(tail: str) -> tuple[str | None, str | None]:
    tail = tail.partition("#")[0].replace("\\", "/")
    path, mark, query = tail.partition("?")
    return clean_path(path) or None, query if mark else None


def _port_of(authority: str) -> int | None:
    outside = authority.rpartition("]")[2]
    if outside.count(":") != 1 or not (found := _PORT.search(outside)) or not found[1]:
        return None
    port = int(found[1])
    return port if port <= 65535 else None


def is_address(host: str) -> bool:
    """Say whether a canonical host is an IPv4 or IPv6 literal rather than a name."""
    return ":" in host or host.replace(".", "").isdigit()
