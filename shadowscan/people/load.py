"""Reading the files of people, networks and leases; every error names file, line, value and what is allowed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from shadowscan.errors import UsageError
from shadowscan.people.model import Lease, NetworksFile, PeopleFile, PersonEntry
from shadowscan.people.tables import read_rows
from shadowscan.yamlfile import line_of, read_model, reason_of

_LEASE = ("address", "user", "device", "from", "to")


def load_people(path: Path) -> tuple[PersonEntry, ...]:
    """Read a people file: YAML by its name, else CSV (aliases separated by semicolons or blanks)."""
    if path.suffix in (".yaml", ".yml"):
        people = read_model(path, "people", PeopleFile).people
        placed = [(line_of(path, ("people", number)), person) for number, person in enumerate(people)]
    else:
        placed = list(_people_of_table(path))
    _check_names(path, placed)
    return tuple(person for _, person in placed)


def _people_of_table(path: Path) -> Iterator[tuple[int, PersonEntry]]:
    for line, row in read_rows(path, tuple(PersonEntry.model_fields), ("user",)):
        values = {**row, "aliases": row.get("aliases", "").replace(";", " ").split()}
        try:
            yield line, PersonEntry.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            name = str(first["loc"][0])
            found = row.get(name)
            raise UsageError(
                f"wrong person: {name}",
                reason=reason_of(first) if found else "it is empty",
                where=f"{path}:{line}",
            ) from error


def _check_names(path: Path, placed: list[tuple[int, PersonEntry]]) -> None:
    """One name is one person's."""
    met: dict[str, tuple[int, str]] = {}
    for line, person in placed:
        for name in (person.user, *person.aliases):
            before, user = met.setdefault(name.casefold(), (line, person.user))
            if user != person.user or (before != line and name == person.user):
                raise UsageError(
                    f"{name!r} is named twice",
                    reason=f"line {before} gives it to {user}",
                    where=f"{path}:{line}",
                    hint="one name is one person's",
                )


def load_networks(path: Path) -> NetworksFile:
    """Read a networks file."""
    networks = read_model(path, "networks", NetworksFile)
    met: set[str] = set()
    for number, entry in enumerate(networks.networks):
        if str(entry.range) in met:
            where = f"{path}:{line_of(path, ('networks', number))}"
            raise UsageError(f"{entry.range} is named twice", where=where, hint="one range, one entry")
        met.add(str(entry.range))
    return networks


def load_leases(path: Path, timezone: str) -> Iterator[Lease]:
    """Yield the leases of a CSV file; times without a zone are of ``timezone`` (IANA name)."""
    zone = ZoneInfo(timezone)
    for line, row in read_rows(path, _LEASE, ("address", "from")):
        where = f"{path}:{line}"
        since, until = _time(row, "from", zone, where), _time(row, "to", zone, where)
        if since is None:
            raise UsageError("a lease without its start", where=where, hint="fill the column from")
        if until and until <= since:
            raise UsageError("a lease that ends before it begins", reason=f"from {since} to {until}", where=where)
        user, device = row.get("user"), row.get("device")
        if not user and not device:
            raise UsageError("a lease of nobody", where=where, hint="fill the column user or device")
        yield Lease(_address(row.get("address", ""), where), user, device, since, until)


def _address(text: str, where: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError as error:
        raise UsageError(f"not an address: {text!r}", where=where, hint="write 10.20.3.4 or 2001:db8::1") from error


def _time(row: dict[str, str], name: str, zone: ZoneInfo, where: str) -> datetime | None:
    text = row.get(name)
    if text is None:
        return None
    try:
        value = datetime.fromtimestamp(int(text), UTC) if text.isdigit() else datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError) as error:
        hint = "write 2026-11-02T08:00, 2026-11-02T08:00+01:00 or seconds since 1970"
        raise UsageError(f"{name}: not a time: {text!r}", where=where, hint=hint) from error
    stated = value if value.tzinfo else value.replace(tzinfo=zone)
    return stated.astimezone(UTC).replace(tzinfo=None)
