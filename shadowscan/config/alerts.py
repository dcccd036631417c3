"""The ``alerts`` section of the settings: rules that pick findings, and sinks that carry them."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from shadowscan.durations import Duration
from shadowscan.model.finding import Severity
from shadowscan.yamlfile import FileModel, PlacedPath

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$", description="lower case, also a folder's name")]
Port = Annotated[int, Field(ge=1, le=65535)]


class GroupBy(StrEnum):
    """What of the picked findings goes into one alert together."""

    FINDING = "finding"
    SERVICE = "service"
    KIND = "kind"
    RULE = "rule"


class AlertRule(FileModel):
    """Picks findings; all conditions that are stated must hold."""

    name: Name
    kinds: tuple[str, ...] = Field(default=(), description="kinds of findings; none: all")
    services: tuple[str, ...] = Field(default=(), description="ids of the catalogue; none: all")
    departments: tuple[str, ...] = Field(default=(), description="none: all")
    min_severity: Severity = Field(default=Severity.MEDIUM, description="at least this severe")
    min_people: int = Field(default=0, ge=0, description="at least so many people or devices")
    min_bytes_out: int = Field(default=0, ge=0, description="at least so many bytes sent")
    group_by: GroupBy = Field(default=GroupBy.FINDING, description="what goes into one alert together")
    cooldown: Duration = Field(
        default=timedelta(days=1), description="least time between two alerts of one group, unless it becomes graver"
    )
    digest: Duration | None = Field(default=None, description="collect, and send one alert that often")
    sinks: tuple[Name, ...] = Field(default=(), description="where to; none: every sink")


class PayloadFormat(StrEnum):
    """How an alert is written for machines."""

    JSON = "json"
    """Our own: docs/alerts.md."""
    OCSF = "ocsf"
    """OCSF 1.4 Detection Finding (2004), one event a finding."""


class _Sink(FileModel):
    name: Name
    format: PayloadFormat = PayloadFormat.JSON


class JsonlSettings(_Sink):
    """Appends to a file, a line a finding."""

    type: Literal["jsonl"]
    path: PlacedPath


class Transport(StrEnum):
    """How syslog messages travel."""

    UDP = "udp"
    """RFC 5426; may be lost on the way."""
    TCP = "tcp"
    """RFC 6587, octet counting."""
    TLS = "tls"
    """RFC 5425."""


class SyslogSettings(_Sink):
    """Sends RFC 5424 messages, one a finding."""

    type: Literal["syslog"]
    host: str
    port: Port = 514
    transport: Transport = Transport.UDP
    ca_file: PlacedPath | None = Field(default=None, description="certificates to trust with tls; none: the system's")
    facility: int = Field(default=13, ge=0, le=23, description="RFC 5424 table 1; 13 is log audit")


class WebhookSettings(_Sink):
    """Posts JSON, signed as Standard Webhooks prescribes when there is a secret."""

    type: Literal["webhook"]
    url: str = Field(pattern=r"^https?://[^\s]+$")
    secret_file: PlacedPath | None = Field(default=None, description="file with the signing secret, 24 to 64 bytes")
    headers: dict[str, str] = Field(default_factory=dict, description="further headers, such as Authorization")
    timeout: Duration = timedelta(seconds=10)


class Security(StrEnum):
    """How the mail server is spoken to."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class EmailSettings(_Sink):
    """Sends plain-text mail by SMTP."""

    type: Literal["email"]
    host: str
    port: Port = 587
    security: Security = Security.STARTTLS
    username: str = ""
    password_file: PlacedPath | None = None
    sender: str
    to: tuple[str, ...] = Field(min_length=1)


class CommandSettings(_Sink):
    """Runs a program with the alert as JSON on its standard input; an exit code other than 0 is tried again."""

    type: Literal["command"]
    command: tuple[str, ...] = Field(min_length=1, description="program and arguments; no shell")
    timeout: Duration = timedelta(seconds=30)


SinkSettings = Annotated[
    JsonlSettings | SyslogSettings | WebhookSettings | EmailSettings | CommandSettings, Field(discriminator="type")
]


class AlertSettings(FileModel):
    """What is told, and where to."""

    rules: tuple[AlertRule, ...] = ()
    sinks: tuple[SinkSettings, ...] = ()

    @model_validator(mode="after")
    def _names_fit(self) -> "AlertSettings":
        known = [sink.name for sink in self.sinks]
        for kind, names in (("sink", known), ("rule", [rule.name for rule in self.rules])):
            if twice := sorted({name for name in names if names.count(name) > 1}):
                raise ValueError(f"two {kind}s are named {twice[0]}")
        for rule in self.rules:
            if strange := sorted(set(rule.sinks) - set(known)):
                raise ValueError(f"rule {rule.name} names sink {strange[0]}; there is {', '.join(known) or 'none'}")
        if self.rules and not self.sinks:
            raise ValueError("rules without a sink tell nobody: add sinks")
        return self

    def sinks_of(self, rule: AlertRule) -> tuple[str, ...]:
        """Return the names of the sinks that a rule's alerts go to."""
        return rule.sinks or tuple(sink.name for sink in self.sinks)
