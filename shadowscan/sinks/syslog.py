"""Alerts as RFC 5424 syslog messages, one a finding."""

import json
import os
import re
import socket
import ssl

from shadowscan.config.alerts import SyslogSettings, Transport
from shadowscan.model.alert import Alert
from shadowscan.model.finding import Finding, Severity
from shadowscan.sinks.payload import per_finding
from shadowscan.sinks.sink import DeliveryError

_LEVELS = {Severity.INFO: 6, Severity.LOW: 5, Severity.MEDIUM: 4, Severity.HIGH: 2}
"""RFC 5424 table 2: informational, notice, warning, critical."""
_DATA_ID = "shadowscan@32473"
"""32473 is the enterprise number for documentation (RFC 5612): this project has none."""
_MOST_UDP = 65_000
_TIMEOUT = 10.0
_ESCAPED = re.compile(r'(["\\\]])')
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class SyslogSink:
    """Sends over a new connection each time; over UDP nobody knows what arrived."""

    def __init__(self, settings: SyslogSettings) -> None:
        self._settings = settings
        self._context = ssl.create_default_context(cafile=settings.ca_file) if settings.transport == "tls" else None

    def deliver(self, alert: Alert) -> None:
        """Send every finding's message."""
        documents = per_finding(alert, self._settings.format)
        messages = [self._message(alert, *pair) for pair in zip(alert.findings, documents, strict=True)]
        target = (self._settings.host, self._settings.port)
        try:
            if self._settings.transport is Transport.UDP:
                self._send_datagrams(messages)
            else:
                with socket.create_connection(target, timeout=_TIMEOUT) as plain:
                    self._send_stream(plain, messages)
        except OSError as error:
            raise DeliveryError(f"{target[0]}:{target[1]}: {error.strerror or error}") from error

    def _send_datagrams(self, messages: list[bytes]) -> None:
        if any(len(message) > _MOST_UDP for message in messages):
            raise DeliveryError("too long for a datagram; use tcp or tls", permanent=True)
        family, kind, protocol, _, address = socket.getaddrinfo(
            self._settings.host, self._settings.port, type=socket.SOCK_DGRAM
        )[0]
        with socket.socket(family, kind, protocol) as datagrams:
            for message in messages:
                datagrams.sendto(message, address)

    def _send_stream(self, plain: socket.socket, messages: list[bytes]) -> None:
        """Send with octet counting (RFC 6587, 3.4.1), which TLS requires (RFC 5425)."""
        content = b"".join(b"%d %s" % (len(message), message) for message in messages)
        if self._context is None:
            plain.sendall(content)
            return
        with self._context.wrap_socket(plain, server_hostname=self._settings.host) as secure:
            secure.sendall(content)

    def _message(self, alert: Alert, finding: Finding, document: dict[str, object]) -> bytes:
        priority = self._settings.facility * 8 + _LEVELS[finding.severity]
        fields = {
            "alert": alert.id,
            "finding": finding.id,
            "rule": alert.rule,
            "kind": finding.kind,
            "severity": finding.severity.value,
            "service": finding.service or "",
        }
        data = " ".join(f'{name}="{_value(value)}"' for name, value in fields.items())
        stamp = alert.created.isoformat(timespec="milliseconds") + "Z"
        head = (
            f"<{priority}>1 {stamp} {_name(socket.gethostname())} shadowscan {os.getpid()} alert [{_DATA_ID} {data}] "
        )
        return head.encode() + json.dumps(document, separators=(",", ":")).encode()


def _value(text: str) -> str:
    """Escape a parameter's value (RFC 5424, 6.3.3)."""
    return _ESCAPED.sub(r"\\\1", _CONTROL.sub(" ", text))


def _name(host: str) -> str:
    return re.sub(r"[^\x21-\x7e]", "", host)[:255] or "-"
