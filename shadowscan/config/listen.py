"""The ``listen`` section of the settings."""

import re
from datetime import timedelta
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from shadowscan.durations import Duration
from shadowscan.yamlfile import FileModel, PlacedPath

_ADDRESS = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<host>[^:\s\[\]]+)):(?P<port>\d{1,5})")


class Endpoint(NamedTuple):
    """Where a socket listens."""

    host: str
    port: int

    def __str__(self) -> str:
        """``host:port``, an IPv6 address in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def endpoint(text: str) -> Endpoint:
    """Read ``host:port`` or ``[IPv6]:port``; ValueError if it is neither."""
    match = _ADDRESS.fullmatch(text)
    if match is None or int(match["port"]) > 65535:
        raise ValueError("write host:port or [IPv6 address]:port, such as 127.0.0.1:5514")
    return Endpoint(match["v6"] or match["host"], int(match["port"]))


def _validated(value: Any) -> Any:
    return endpoint(value) if isinstance(value, str) else value


EndpointField = Annotated[
    Endpoint, BeforeValidator(_validated), WithJsonSchema({"type": "string", "examples": ["127.0.0.1:5514"]})
]


class ListenSettings(FileModel):
    """Syslog listeners and their spool."""

    udp: tuple[EndpointField, ...] = Field(default=(), description="RFC 5426")
    tcp: tuple[EndpointField, ...] = Field(default=(), description="RFC 6587, both framings")
    tls: tuple[EndpointField, ...] = Field(default=(), description="RFC 5425")
    cert_file: PlacedPath | None = Field(default=None, description="certificate (chain) for tls, PEM")
    key_file: PlacedPath | None = Field(default=None, description="its key, PEM; none: in cert_file")
    client_ca_file: PlacedPath | None = Field(default=None, description="hear only clients with a certificate of these")
    spool: PlacedPath = Field(description="folder of the files that messages are written to")
    rotate_bytes: int = Field(default=64 << 20, ge=1 << 16, description="begin a new file before it grows beyond")
    rotate_after: Duration = Field(default=timedelta(hours=1), description="begin a new file that often")
    max_message: int = Field(default=64 << 10, ge=480, description="bytes; longer messages are cut off there")

    @model_validator(mode="after")
    def _complete(self) -> "ListenSettings":
        if not (self.udp or self.tcp or self.tls):
            raise ValueError("nothing to listen on: name udp, tcp or tls addresses")
        if self.tls and not self.cert_file:
            raise ValueError("tls needs cert_file")
        return self
