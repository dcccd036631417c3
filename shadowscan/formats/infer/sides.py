"""Whose end a field tells of, where the name alone can't say: "remote" and "sent" depend on who wrote the log."""

from collections.abc import Mapping, Sequence

from shadowscan.formats.dictionary import normalised
from shadowscan.formats.infer.fields import Field

Candidates = Mapping[str, Sequence[Field]]
_ASKED = ("request", "req")


def settled(candidates: Candidates) -> dict[str, list[Field]]:
    """Return the candidates of each column with such fields given to their end."""
    found = {column: list(fields) for column, fields in candidates.items()}
    _settle_remote(found)
    _settle_sent(found)
    return found


def last(field: Field) -> str:
    """Innermost part of a field's title, without case and separators."""
    return normalised(field.title.split(".")[-1])


def _settle_remote(found: dict[str, list[Field]]) -> None:
    """Beside a local end the remote one is the server; in a web server's log it is the client."""
    clients = found.get("src_ip", [])
    if any(last(field).startswith("local") for field in clients):
        _move(found, [field for field in clients if _is_remote(field)], "src_ip", "dst_ip")
        return
    remote = [field for field in found.get("dst_ip", ()) if _is_remote(field)]
    same = [field for field in remote if any(_agree(field, client) for client in clients if not _is_remote(client))]
    served = remote if not clients and {"method", "request_line"} & found.keys() else []
    if remote and (same or served) == remote:
        _move(found, remote, "dst_ip", "src_ip")
        ports = [field for field in found.get("dst_port", ()) if _is_remote(field)]
        _move(found, ports, "dst_port", "src_port")


def _settle_sent(found: dict[str, list[Field]]) -> None:
    """Beside the size of the request, what a server says it sent is the response (nginx, Envoy, Traefik)."""
    out = found.get("bytes_out", [])
    asked = [field for field in out if any(word in last(field) for word in _ASKED)]
    sent = [field for field in out if "sent" in last(field) and field not in asked]
    if asked and sent and not found.get("bytes_in"):
        _move(found, sent, "bytes_out", "bytes_in")


def _is_remote(field: Field) -> bool:
    return last(field).startswith("remote") or normalised(field.title).endswith(("remoteip", "remoteport"))


def _agree(field: Field, other: Field) -> bool:
    both = [(a, b) for a, b in zip(field.values, other.values, strict=True) if a is not None and b is not None]
    return bool(both) and all(a == b for a, b in both)


def _move(found: dict[str, list[Field]], fields: Sequence[Field], source: str, target: str) -> None:
    if not fields:
        return
    found[source] = [field for field in found[source] if field not in fields]
    if not found[source]:
        del found[source]
    found[target] = [*found.get(target, ()), *(field for field in fields if field not in found.get(target, ()))]
