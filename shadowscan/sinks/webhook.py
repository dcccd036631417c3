"""A URL of the user's that alerts are posted to, signed.

Headers and signature: Standard Webhooks 1.0, https://github.com/standard-webhooks/standard-webhooks.
"""

import base64
import binascii
import hashlib
import hmac
import json
import time
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from shadowscan import __version__
from shadowscan.config.alerts import WebhookSettings
from shadowscan.errors import UsageError
from shadowscan.model.alert import Alert
from shadowscan.sinks.payload import whole
from shadowscan.sinks.secrets import read_secret
from shadowscan.sinks.sink import DeliveryError

_TRY_AGAIN = frozenset({408, 409, 425, 429})
"""Client errors that are no verdict on the message itself; so are 401 and 403, which a mended secret ends."""
_ACCESS = frozenset({401, 403, 404, 405})
"""The settings, not the alert, are wrong: kept until someone mends them."""
_SECRET_PREFIX = "whsec_"  # noqa: S105 - the standard's prefix of secrets, not one


class WebhookSink:
    """Posts each alert; redirects are not followed, since a signed message has one receiver."""

    def __init__(self, settings: WebhookSettings) -> None:
        self._settings = settings
        self._key = _key(settings.secret_file) if settings.secret_file else None
        self._opener = build_opener(_NoRedirects)

    def deliver(self, alert: Alert) -> None:
        """Post; any answer of 2xx means that it was taken."""
        body = json.dumps(whole(alert, self._settings.format), separators=(",", ":")).encode()
        request = Request(  # noqa: S310 - the settings allow http and https only
            self._settings.url, data=body, headers={**self._settings.headers, **self._headers(alert.id, body)}
        )
        try:
            with self._opener.open(request, timeout=self._settings.timeout.total_seconds()):
                pass
        except HTTPError as error:
            error.close()
            permanent = 400 <= error.code < 500 and error.code not in _TRY_AGAIN | _ACCESS
            raise DeliveryError(f"answered {error.code} {error.reason}", permanent=permanent) from error
        except URLError as error:
            raise DeliveryError(f"not reached: {error.reason}") from error
        except (OSError, HTTPException) as error:
            raise DeliveryError(f"broken off: {error or type(error).__name__}") from error

    def _headers(self, identifier: str, body: bytes) -> dict[str, str]:
        stamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"shadowscan/{__version__}",
            "webhook-id": identifier,
            "webhook-timestamp": stamp,
        }
        if self._key:
            signed = b".".join((identifier.encode(), stamp.encode(), body))
            digest = hmac.new(self._key, signed, hashlib.sha256).digest()
            headers["webhook-signature"] = f"v1,{base64.b64encode(digest).decode()}"
        return headers


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _key(path: Path) -> bytes:
    """Return the key: base64 behind the standard's prefix, else the text itself."""
    secret = read_secret(path)
    if not secret.startswith(_SECRET_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_SECRET_PREFIX), validate=True)
    except binascii.Error as error:
        raise UsageError(f"not base64 after {_SECRET_PREFIX}", where=str(path)) from error
