"""Alerts as plain-text mail."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from shadowscan.config.alerts import EmailSettings, Security
from shadowscan.model.alert import Alert
from shadowscan.report.escape import safe_text
from shadowscan.sinks.secrets import read_secret
from shadowscan.sinks.sink import DeliveryError

_TIMEOUT = 30.0


class EmailSink:
    """Sends one mail an alert; its id is in the Message-ID, by which mail systems drop what comes twice."""

    def __init__(self, settings: EmailSettings) -> None:
        self._settings = settings
        self._password = read_secret(settings.password_file) if settings.password_file else ""

    def deliver(self, alert: Alert) -> None:
        """Hand the mail to the server; a refusal of the message itself (5xx) is for good."""
        settings = self._settings
        try:
            with self._connected() as server:
                if settings.security is Security.STARTTLS:
                    server.starttls(context=ssl.create_default_context())
                if settings.username:
                    server.login(settings.username, self._password)
                server.send_message(self._message(alert))
        except smtplib.SMTPDataError as error:
            raise DeliveryError(f"refused: {error.smtp_code}", permanent=error.smtp_code >= 500) from error
        except (smtplib.SMTPException, OSError) as error:
            raise DeliveryError(f"{settings.host}:{settings.port}: {error}") from error

    def _connected(self) -> smtplib.SMTP:
        host, port = self._settings.host, self._settings.port
        if self._settings.security is Security.TLS:
            return smtplib.SMTP_SSL(host, port, timeout=_TIMEOUT, context=ssl.create_default_context())
        return smtplib.SMTP(host, port, timeout=_TIMEOUT)

    def _message(self, alert: Alert) -> EmailMessage:
        message = EmailMessage()
        message["Subject"] = f"[shadowscan] {alert.severity.upper()}: {safe_text(alert.title)}"[:200]
        message["From"] = self._settings.sender
        message["To"] = ", ".join(self._settings.to)
        message["Date"] = format_datetime(alert.created)
        message["Message-ID"] = make_msgid(idstring=alert.id, domain="shadowscan.invalid")
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies
        message.set_content("\n".join(_lines(alert)))
        return message


def _lines(alert: Alert) -> list[str]:
    lines = []
    for finding in alert.findings:
        lines.append(f"{finding.severity.upper()}  {safe_text(finding.title)}")
        lines += [f"  {safe_text(text)}" for text in (*finding.basis, finding.next_step, finding.evidence) if text]
        lines.append("")
    return [*lines, f"Alert {alert.id} by rule {alert.rule}, {alert.created:%Y-%m-%d %H:%M} UTC"]
