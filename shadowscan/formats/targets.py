"""How a mapped value becomes an event column: the same casts and derivations for every format.

Each entry takes the compiled format and returns SQL over the mapped columns ``m_<name>`` (text, or what the
format's own time macro gave).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from shadowscan.model.events import EVENT_COLUMNS

if TYPE_CHECKING:
    from shadowscan.formats.compile import CompiledFormat

DEVICE = "device"
"""Not an event column: the client's address, else its name; one value where the rollup needs no more."""

Target = Callable[["CompiledFormat"], str]

_DERIVED_FROM: Mapping[str, tuple[str, ...]] = {
    "host": ("host", "url"),
    "url_path": ("url_path", "url", "method"),
    "url_query": ("url_query", "url"),
    "dst_port": ("dst_port", "url"),
    "kind": ("kind", "method", "url_path", "url", "status"),
    "host_basis": ("host_basis", "kind", "method", "url_path", "url", "status", "host"),
}
_CASTS: Mapping[str, str] = {
    "BIGINT": "int_of({})",
    "INTEGER": "try_cast(int_of({}) AS INTEGER)",
    "DOUBLE": "try_cast({} AS DOUBLE)",
}


def dependencies(columns: Iterable[str]) -> list[str]:
    """Mapped columns needed for the given event columns."""
    return list(dict.fromkeys(name for column in columns for name in _DERIVED_FROM.get(column, (column,))))


def _text(name: str) -> Target:
    return lambda _: f"CAST(m_{name} AS VARCHAR)"


def _cast(name: str, template: str) -> Target:
    return lambda _: template.format(f"CAST(m_{name} AS VARCHAR)")


def _time(_: "CompiledFormat") -> str:
    # epoch_us is eight times cheaper than timezone('UTC', ...), which goes through ICU.
    # CASE and not coalesce(): of that, DuckDB computes what occurs twice within header_time() for every line.
    return "make_timestamp(epoch_us(CASE WHEN m_ts IS NULL THEN header_time(_line) ELSE CAST(m_ts AS TIMESTAMPTZ) END))"


def _device(_: "CompiledFormat") -> str:
    return "coalesce(ip_of(CAST(m_device AS VARCHAR)), CAST(m_device AS VARCHAR))"


def _host(compiled: "CompiledFormat") -> str:
    parts = [f"host_of(CAST(m_{name} AS VARCHAR))" for name in ("host", "url") if compiled.has(name)]
    return f"coalesce({', '.join(parts)})" if parts else "CAST(NULL AS VARCHAR)"


def _path(compiled: "CompiledFormat") -> str:
    parts = ["CAST(m_url_path AS VARCHAR)"] if compiled.has("url_path") else []
    parts += ["url_path(CAST(m_url AS VARCHAR))"] if compiled.has("url") else []
    if not parts:
        return "CAST(NULL AS VARCHAR)"
    return f"CASE WHEN upper(CAST(m_method AS VARCHAR)) = 'CONNECT' THEN NULL ELSE coalesce({', '.join(parts)}) END"


def _query(compiled: "CompiledFormat") -> str:
    parts = ["CAST(m_url_query AS VARCHAR)"] if compiled.has("url_query") else []
    parts += ["url_query(CAST(m_url AS VARCHAR))"] if compiled.has("url") else []
    return f"coalesce({', '.join(parts)})" if parts else "CAST(NULL AS VARCHAR)"


def _port(compiled: "CompiledFormat") -> str:
    parts = ["port_of(CAST(m_dst_port AS VARCHAR))"] if compiled.has("dst_port") else []
    parts += ["url_port(CAST(m_url AS VARCHAR))"] if compiled.has("url") else []
    return f"coalesce({', '.join(parts)})" if parts else "CAST(NULL AS INTEGER)"


def _kind(compiled: "CompiledFormat") -> str:
    stated = "CAST(m_kind AS VARCHAR)"
    web = " OR ".join(f"m_{name} IS NOT NULL" for name in ("method", "url_path", "url", "status") if compiled.has(name))
    tunnel = "upper(CAST(m_method AS VARCHAR)) = 'CONNECT'"
    derived = f"CASE WHEN {tunnel} THEN 'proxy' WHEN {web or 'FALSE'} THEN 'http' ELSE 'flow' END"
    return f"coalesce({stated}, {derived})" if compiled.has("kind") else derived


def _basis(compiled: "CompiledFormat") -> str:
    stated = "CAST(m_host_basis AS VARCHAR), " if compiled.has("host_basis") else ""
    derived = (
        f"CASE {_kind(compiled)} WHEN 'dns' THEN 'dns' WHEN 'tls' THEN 'sni' WHEN 'quic' THEN 'sni' ELSE 'url' END"
    )
    return f"CASE WHEN {_host(compiled)} IS NOT NULL THEN coalesce({stated}{derived}) END"


def _targets() -> dict[str, Target]:
    special: dict[str, Target] = {
        "ts": _time,
        "kind": _kind,
        DEVICE: _device,
        "host": _host,
        "host_basis": _basis,
        "url_path": _path,
        "url_query": _query,
        "dst_port": _port,
        "src_ip": _cast("src_ip", "ip_of({})"),
        "dst_ip": _cast("dst_ip", "ip_of({})"),
        "src_port": _cast("src_port", "port_of({})"),
        "method": _cast("method", "nullif(regexp_extract(upper({}), '^[A-Z_-]{{2,20}}$'), '')"),
        "action": _cast("action", "action_of({})"),
        "proto": _cast("proto", "proto_of({})"),
    }
    general = {
        column.name: _cast(column.name, _CASTS[column.sql_type]) if column.sql_type in _CASTS else _text(column.name)
        for column in EVENT_COLUMNS
        if column.name not in special
    }
    return special | general


TARGETS: Mapping[str, Target] = _targets()
"""Event column (and ``device``) -> SQL; of ``ts`` the year may still be unknown (``with_year``)."""
