"""Who acts: a person, an account of a program, a server, or a device nobody is named for."""

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """What stands behind a user name or an address."""

    PERSON = "person"
    SERVICE_ACCOUNT = "service-account"
    """A user name that a program logs in with."""
    SERVER = "server"
    DEVICE = "device"
    """An address or device name; the logs name no user for it."""


@dataclass(frozen=True, slots=True)
class Actor:
    """One row of the actors: what is known of who uses AI. None: not known."""

    who: str
    """Key of the person, else of the device."""
    kind: ActorKind
    department: str | None = None
    role: str | None = None
    site: str | None = None
