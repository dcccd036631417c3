"""Pseudonyms: a keyed hash stands for a name, always the same; only who has the key can tell whose it is.

HMAC-SHA-256 (RFC 2104), the first 64 bits. A user name loses its domain prefix and keeps the form of a mail address
(``u-…@d-…``), so that spellings are still joined; a program's account is still seen to be one (``svc-…``).
"""

import hashlib
import hmac
import os
import secrets
import stat
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from shadowscan.errors import UsageError
from shadowscan.people.accounts import is_service_account

_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Tokens:
    """Makes pseudonyms with one key."""

    key: bytes
    addresses: bool = False
    """Addresses of clients are hidden too."""

    @property
    def mode(self) -> str:
        """By what a database knows that it was written with this key: nothing of the key can be told from it."""
        return f"{'addresses' if self.addresses else 'names'}:{self._digest('mode', 'shadowscan')}"

    def user(self, name: str) -> str:
        """The pseudonym of a user name, whatever its domain prefix and upper case."""
        bare = name.replace("/", "\\").rpartition("\\")[2].lower()
        local, at, domain = bare.partition("@")
        kind = "svc" if is_service_account(local) else "u"
        return f"{kind}-{self._digest('user', local)}" + (f"@d-{self._digest('domain', domain)}" if at else "")

    def device(self, name: str) -> str:
        """The pseudonym of a device's name; an address stays, unless addresses are hidden."""
        if _is_address(name):
            return f"a-{self._digest('address', name)}" if self.addresses else name
        return f"h-{self._digest('device', name.lower())}"

    def _digest(self, kind: str, text: str) -> str:
        return hmac.new(self.key, f"{kind}\0{text}".encode(), hashlib.sha256).hexdigest()[:_DIGITS]


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def make_key(path: Path) -> None:
    """Write a new key that only its owner can read; UsageError if the file is there already."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        hint = "a key that is lost or replaced makes its pseudonyms strangers for ever"
        raise UsageError("is there already", where=str(path), hint=hint) from error
    except OSError as error:
        raise UsageError("can't be written", reason=error.strerror or "", where=str(path)) from error
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")


def load_tokens(path: Path, *, addresses: bool = False) -> Tokens:
    """Read a key; UsageError if it is missing, too short, or readable by others than its owner."""
    try:
        mode, text = path.stat().st_mode, path.read_text(encoding="ascii").strip()
        key = bytes.fromhex(text)
    except FileNotFoundError as error:
        raise UsageError(
            "no such key file", where=str(path), hint=f"`shadowscan people key {path}` makes one"
        ) from error
    except (OSError, ValueError) as error:
        raise UsageError("not a key", reason=str(error), where=str(path), hint="64 hexadecimal digits") from error
    if len(key) < 32:
        raise UsageError("not a key", reason=f"{len(key)} bytes, 32 are needed", where=str(path))
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise UsageError("others can read the key", where=str(path), hint=f"chmod 600 {path}")
    return Tokens(key, addresses)
