"""HTTP/1.x requests and responses: their heads, and what a body's beginning tells without keeping content.

RFC 9110 and 9112; multipart/form-data: RFC 7578; MCP over HTTP is JSON-RPC 2.0 (modelcontextprotocol.io); model servers
name the model in the JSON body (Ollama's and OpenAI's API reference).
"""

import re
from dataclasses import dataclass

METHODS = (
    *("GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE", "QUERY", "PURGE"),
    *("PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "REPORT", "SEARCH", "MERGE", "CHECKOUT"),
    *("MKACTIVITY", "BCOPY", "BDELETE", "BMOVE", "BPROPFIND", "NOTIFY", "SUBSCRIBE", "UNSUBSCRIBE", "POLL"),
    *("RPC_IN_DATA", "RPC_OUT_DATA", "LINK", "UNLINK", "ACL", "BIND", "REBIND", "UNBIND", "MKCALENDAR"),
)
"""Methods of the IANA registry and of Microsoft's RPC and WebDAV; a request line with another one is no HTTP."""

_METHOD_SET = frozenset(METHODS)
_REQUEST = re.compile(rb"([A-Z_-]{3,20}) +([^\s]+)[^\r\n]* HTTP/1\.[01] *\r?\n")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_STATUS = re.compile(rb"HTTP/1\.[01] +(\d{3})")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,15}://([^/?#]*)")
_FILE_NAME = re.compile(rb'[Cc]ontent-[Dd]isposition:[^\r\n]*?filename="?([^"\r\n;]{1,255})')
_PART_TYPE = re.compile(rb'filename="?[^\r\n]*\r?\n[Cc]ontent-[Tt]ype: *([^\r\n;]{1,100})')
_JSON_MODEL = re.compile(rb'"model"\s*:\s*"([^"\\\x00-\x1f]{1,128})"')
_JSON_METHOD = re.compile(rb'"method"\s*:\s*"([A-Za-z0-9_$/.-]{1,64})"')
_BEGINNINGS = frozenset(name[:size] for name in METHODS for size in range(1, len(name) + 1))
_LONGEST_METHOD = 20

_LONGEST_CHUNK_HEAD = 1024


class NotHttpError(Exception):
    """The bytes are no HTTP/1 message."""


@dataclass(frozen=True, slots=True)
class Request:
    """The head of a request."""

    method: str
    host: str | None
    """Lower case, without port and final dot."""
    port: int | None
    path: str
    query: str | None
    headers: dict[str, str]
    length: int
    """Content-Length, 0 where there is none."""
    chunked: bool
    proxied: bool
    """Asked of a proxy: CONNECT, or the absolute form."""

    def media_type(self) -> str | None:
        """Return the Content-Type without parameters, lower case."""
        return media_type(self.headers)


@dataclass(frozen=True, slots=True)
class Response:
    """The head of a response."""

    status: int
    content_type: str | None
    file_name: str | None


def may_be_request(data: bytes | bytearray) -> bool:
    """Whether these first bytes can begin a request."""
    method, space, _ = bytes(data[: _LONGEST_METHOD + 1]).partition(b" ")
    return method.decode("latin-1") in (_METHOD_SET if space else _BEGINNINGS)


def head_end(data: bytes | bytearray, scanned: int) -> int | None:
    """Where the head ends, its empty line included; bytes before ``scanned`` were searched before."""
    found = _HEAD_END.search(data, max(0, scanned - 3))
    return found.end() if found else None


def parse_request(head: bytes) -> Request:
    """Read the head of a request, also one that was cut off after its first line. Raises NotHttpError."""
    line = _REQUEST.match(head)
    if line is None or line[1].decode("latin-1") not in _METHOD_SET:
        raise NotHttpError
    method, target = line[1].decode("latin-1"), line[2].decode("utf-8", "replace")
    headers = _headers(head[line.end() :])
    authority, path, query = _split_target(method, target)
    host, port = split_authority(authority or headers.get("host", ""))
    if host and _CONTROL.search(host):  # a server must refuse it (RFC 9112, 3.2)
        raise NotHttpError
    return Request(
        method=method,
        host=host,
        port=port,
        path=path,
        query=query,
        headers=headers,
        length=_number(headers.get("content-length", "")),
        chunked="chunked" in headers.get("transfer-encoding", "").lower(),
        proxied=bool(authority),
    )


def _headers(data: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in data.split(b"\n")[:200]:
        name, colon, value = line.partition(b":")
        if colon:
            key = name.strip().decode("latin-1").lower()
            if key == "content-length" or key not in found:  # of several lengths the last one is what most servers use
                found[key] = value.strip().decode("utf-8", "replace")
    return found


def _split_target(method: str, target: str) -> tuple[str, str, str | None]:
    """Return authority, path and query of a request target in any of its four forms."""
    if method == "CONNECT":
        return target, "", None
    authority = ""
    absolute = _ABSOLUTE.match(target)
    if absolute:
        authority, target = absolute[1].rpartition("@")[2], target[absolute.end() :]
    path, mark, query = target.partition("#")[0].partition("?")
    return authority, path or "/", query if mark else None


def split_authority(authority: str) -> tuple[str | None, int | None]:
    """Split ``host:port``, also of a bracketed IPv6 address."""
    authority = authority.strip()
    if authority.startswith("["):
        host, _, rest = authority[1:].partition("]")
        port = rest.removeprefix(":")
    elif authority.count(":") == 1:
        host, _, port = authority.partition(":")
    else:
        host, port = authority, ""
    return host.lower().rstrip(".") or None, _number(port) or None


def _number(text: str) -> int:
    text = text.strip().lstrip("0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def media_type(headers: dict[str, str]) -> str | None:
    """Return the Content-Type without parameters, lower case."""
    return headers.get("content-type", "").partition(";")[0].strip().lower() or None


def parse_response(data: bytes) -> Response:
    """Read the beginning of a response, as much of it as one packet holds. Raises NotHttpError."""
    line = _STATUS.match(data)
    if line is None:
        raise NotHttpError
    end = head_end(data, 0)
    headers = _headers(data[:end])
    name = _FILE_NAME.search(data[:end])
    return Response(int(line[1]), media_type(headers), _text(name[1]) if name else None)


def body_wanted(request: Request) -> int:
    """Bytes of the body worth a look: the part heads of an upload, the beginning of a JSON document."""
    kind = request.media_type() or ""
    if kind == "multipart/form-data":
        return min(request.length, 32_768) if request.length else 0
    if kind.endswith("json"):
        return min(request.length, 4_096) if request.length else 0
    return 0


def body_facts(request: Request, body: bytes) -> dict[str, object]:
    """Names found in the body: of files (with their types), the model asked for, the JSON-RPC method."""
    kind = request.media_type() or ""
    facts: dict[str, object] = {}
    if kind == "multipart/form-data":
        facts["files"] = [_text(name) for name in _FILE_NAME.findall(body)[:32]]
        facts["file_types"] = [_text(name) for name in _PART_TYPE.findall(body)[:32]]
    elif kind.endswith("json"):
        model, method = _JSON_MODEL.search(body), _JSON_METHOD.search(body)
        if model:
            facts["model"] = _text(model[1])
        if method and b'"jsonrpc"' in body:
            facts["rpc_method"] = _text(method[1])
    return {name: value for name, value in facts.items() if value}


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").strip()


def chunk_head(data: bytes | bytearray) -> tuple[int, int] | None:
    """Read what begins a chunk of a body (RFC 9112, 7.1): its own size and that of what follows up to the next chunk.

    The trailer counts as the last chunk's own, and nothing follows it. None: incomplete. Raises NotHttpError.
    """
    end = data.find(b"\n", 0, _LONGEST_CHUNK_HEAD)
    if end < 0:
        if len(data) >= _LONGEST_CHUNK_HEAD:
            raise NotHttpError
        return None
    digits = bytes(data[:end]).partition(b";")[0].strip()
    if not digits or len(digits) > 16 or digits.strip(b"0123456789abcdefABCDEF"):
        raise NotHttpError
    if size := int(digits, 16):
        return end + 1, size + 2
    if data[end + 1 : end + 3] == b"\r\n":
        return end + 3, 0
    over = data.find(b"\r\n\r\n", end)
    return None if over < 0 else (over + 4, 0)
