"""The event columns, stated once: every reader produces them, every later part consumes them.

Names follow the field's usage (compare OCSF Network/HTTP/DNS Activity and ECS ``source.*``, ``url.*``);
``docs/formats.md`` maps them to both. A column that an input can't fill is NULL, never a guess.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

SqlType = Literal["TIMESTAMP", "VARCHAR", "BIGINT", "INTEGER", "DOUBLE"]


class Kind(StrEnum):
    """What one event is a record of."""

    HTTP = "http"
    """A web request whose host (and mostly path) is known: proxy, gateway, web filter, plaintext HTTP."""
    PROXY = "proxy"
    """A tunnel asked of a proxy: CONNECT or SOCKS target, no path."""
    TLS = "tls"
    """A TLS ClientHello or a firewall's record of one."""
    QUIC = "quic"
    """A QUIC Initial's ClientHello."""
    DNS = "dns"
    """A name looked up."""
    FLOW = "flow"
    """A connection with its volumes, named or not."""


class Action(StrEnum):
    """What the device did with the request."""

    ALLOWED = "allowed"
    BLOCKED = "blocked"


class HostBasis(StrEnum):
    """What the value of ``host`` rests on, strongest first."""

    URL = "url"
    SNI = "sni"
    SNI_OUTER = "sni-outer"
    """The name outside an Encrypted ClientHello extension (or GREASE, which looks the same)."""
    DNS = "dns"
    """The question of a DNS lookup itself."""
    DNS_ANSWER = "dns-answer"
    """The address was handed to the same client in a DNS answer before."""
    SERVER = "server"
    """Other connections to the same server address carried this name."""


@dataclass(frozen=True, slots=True)
class Column:
    """One event column."""

    name: str
    sql_type: SqlType
    meaning: str


EVENT_COLUMNS: tuple[Column, ...] = (
    Column("ts", "TIMESTAMP", "time of the request or of the first packet, UTC"),
    Column("kind", "VARCHAR", "http, proxy, tls, quic, dns or flow"),
    Column("src_ip", "VARCHAR", "address of the client side"),
    Column("src_port", "INTEGER", "port of the client side"),
    Column("src_host", "VARCHAR", "device name of the client"),
    Column("user", "VARCHAR", "person or account, as the record gives it"),
    Column("dst_ip", "VARCHAR", "address of the server side"),
    Column("dst_port", "INTEGER", "port of the server side"),
    Column("proto", "VARCHAR", "transport: tcp, udp, icmp ..."),
    Column("host", "VARCHAR", "URL host, SNI or DNS question: lower case, no trailing dot"),
    Column("host_basis", "VARCHAR", "what host rests on: url, sni, sni-outer, dns, dns-answer, server"),
    Column("url_path", "VARCHAR", "path of the URL, without the query"),
    Column("url_query", "VARCHAR", "query of the URL; stored only on request"),
    Column("method", "VARCHAR", "HTTP method, upper case; DNS query type is in detail"),
    Column("status", "INTEGER", "HTTP status code"),
    Column("user_agent", "VARCHAR", "User-Agent header"),
    Column("content_type", "VARCHAR", "media type of the response, or of the upload where only that is known"),
    Column("referrer", "VARCHAR", "Referer header"),
    Column("file_name", "VARCHAR", "name of an uploaded or downloaded file"),
    Column("bytes_out", "BIGINT", "client to server, bytes"),
    Column("bytes_in", "BIGINT", "server to client, bytes"),
    Column("packets_out", "BIGINT", "client to server, packets"),
    Column("packets_in", "BIGINT", "server to client, packets"),
    Column("duration_s", "DOUBLE", "seconds"),
    Column("action", "VARCHAR", "allowed or blocked"),
    Column("vendor_app", "VARCHAR", "the vendor's own application label"),
    Column("answers", "VARCHAR", "addresses of a DNS answer, separated by commas"),
    Column("flow_id", "BIGINT", "ties packet events of one capture to their flow"),
    Column("detail", "VARCHAR", "JSON object: facts of one kind only (ja4, alpn, ech, qtype, bursts ...)"),
)
"""All columns, in the order of every output."""

EVENT_COLUMN_NAMES: tuple[str, ...] = tuple(column.name for column in EVENT_COLUMNS)
