"""Names and addresses -> people, accounts, servers, devices: the files' word first, then what the logs show."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from shadowscan.model.actors import Actor, ActorKind
from shadowscan.people import Directory, NetworkUse, PersonEntry
from shadowscan.people.accounts import is_service_account
from shadowscan.store.database import Session

ROUND_THE_CLOCK = 20
"""Hours of the day in which somebody is active who does not sleep ..."""
DAYS = 3
"""... on at least this many days."""


def load_names(session: Session, directory: Directory) -> None:
    """Make the tables that the SQL of people reads: ``directory`` (name, person) and ``leases``."""
    names = directory.names()
    known = {"name": pa.array(list(names), pa.string()), "person": pa.array(list(names.values()), pa.string())}
    session.execute("CREATE OR REPLACE TEMP TABLE directory AS FROM found", found=pa.table(known))
    columns = {
        "address": pa.array([lease.address for lease in directory.leases], pa.string()),
        "user": pa.array([lease.user for lease in directory.leases], pa.string()),
        "device": pa.array([lease.device for lease in directory.leases], pa.string()),
        "since": pa.array([lease.since for lease in directory.leases], pa.timestamp("us")),
        "until": pa.array([lease.until for lease in directory.leases], pa.timestamp("us")),
    }
    session.execute("CREATE OR REPLACE TEMP TABLE leases AS FROM found", found=pa.table(columns))


def make_actors(session: Session, seen: Sequence[Mapping[str, Any]], directory: Directory) -> None:
    """Make the table ``actors`` out of what the logs show (``sql/actors.sql``): a row for everybody who uses AI."""
    actors = [_actor(row, directory) for row in seen]
    columns = {
        "who": pa.array([actor.who for actor in actors], pa.string()),
        "named": pa.array([row["named"] for row in seen], pa.bool_()),
        "kind": pa.array([actor.kind.value for actor in actors], pa.string()),
        "department": pa.array([actor.department for actor in actors], pa.string()),
        "role": pa.array([actor.role for actor in actors], pa.string()),
        "site": pa.array([actor.site for actor in actors], pa.string()),
    }
    session.execute("CREATE OR REPLACE TEMP TABLE actors AS FROM found", found=pa.table(columns))


def _actor(seen: Mapping[str, Any], directory: Directory) -> Actor:
    tireless = seen["hours"] >= ROUND_THE_CLOCK and seen["days"] >= DAYS and not seen["browser"]
    return actor_of(directory, str(seen["who"]), seen["address"], named=seen["named"], tireless=tireless)


def actor_of(directory: Directory, who: str, address: str | None, *, named: bool, tireless: bool = False) -> Actor:
    """Return what the files and the form of a name tell; ``named``: ``who`` is a user name, not a device.

    ``tireless``: active round the clock, and never in a browser.
    """
    person = directory.person(who)
    network = directory.network(address) if address else None
    use = network.use if network else None
    return Actor(
        who,
        _kind_of_name(who, person, tireless=tireless) if named else _kind_of_device(use, tireless=tireless),
        department=person.department if person else None,
        role=person.role if person else None,
        site=network.site if network else None,
    )


def _kind_of_name(who: str, person: PersonEntry | None, *, tireless: bool) -> ActorKind:
    if person and person.kind:
        return person.kind
    return ActorKind.SERVICE_ACCOUNT if tireless or is_service_account(who) else ActorKind.PERSON


def _kind_of_device(use: NetworkUse | None, *, tireless: bool) -> ActorKind:
    server = tireless if use is None else use is NetworkUse.SERVERS
    return ActorKind.SERVER if server else ActorKind.DEVICE
