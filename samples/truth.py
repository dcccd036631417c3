"""What a scan of the company's folder must find, from the generator's own knowledge."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from samples.devices.record import Record
from samples.files import LogFile
from samples.fortnight import DAYS, FIRST_DAY
from samples.services import APPROVED, PROHIBITED, TOLERATED
from samples.world import Person, Visit, people


@dataclass(slots=True)
class Tally:
    """Sums over requests or records; byte sums stay None where no record states them."""

    events: int = 0
    blocked: int = 0
    bytes_out: int | None = None
    bytes_in: int | None = None

    def add(self, *, blocked: bool, bytes_out: int | None, bytes_in: int | None) -> None:
        """Count one."""
        self.events += 1
        self.blocked += blocked
        self.bytes_out = _sum(self.bytes_out, bytes_out)
        self.bytes_in = _sum(self.bytes_in, bytes_in)


@dataclass(slots=True)
class ServiceTally(Tally):
    """A service's sums, in all and by person (login, or device where nobody is logged in)."""

    people: dict[str, Tally] = field(default_factory=dict)


def truth(visits: list[Visit], company: list[LogFile], formats: list[LogFile]) -> dict[str, Any]:
    """Return the whole truth as JSON data."""
    return {
        "period": {"first_day": f"{FIRST_DAY:%Y-%m-%d}", "days": DAYS},
        "policy": {"approved": list(APPROVED), "tolerated": list(TOLERATED), "prohibited": list(PROHIBITED)},
        "people": [_person(person, visits) for person in people()],
        "happened": _services(_visit_rows(visits)),
        "company": {file.path: _file(file) | {"services": _services(_record_rows(file.records))} for file in company},
        "formats": {file.path: _file(file) for file in formats},
    }


def name_of(person: Person) -> str:
    """Return the login, or the device where nobody is logged in."""
    return person.login or person.device


def _person(person: Person, visits: list[Visit]) -> dict[str, Any]:
    used = {one.site.service for one in visits if one.person.login == person.login and one.site.service}
    return {
        "login": person.login, "department": person.department, "office": person.office, "ip": person.ip,
        "device": person.device, "services": sorted(used),
    }  # fmt: skip


def _file(file: LogFile) -> dict[str, Any]:
    events = sum(record.fields is not None for record in file.records)
    return {"format": file.format, "lines": len(file.records), "events": events, "broken": list(file.broken)}


Row = tuple[str, str, bool, int | None, int | None]
"""Service, person, blocked, bytes out, bytes in."""


def _visit_rows(visits: list[Visit]) -> Iterable[Row]:
    for visit in visits:
        if visit.site.service:
            yield visit.site.service, name_of(visit.person), visit.blocked, visit.sent, visit.received


def _record_rows(records: list[Record]) -> Iterable[Row]:
    for record in records:
        if record.fields is None or not _names_service(record):
            continue
        visit, fields = record.visits[0], record.fields
        blocked = fields.get("action") == "blocked"
        yield visit.site.service or "", name_of(visit.person), blocked, fields.get("bytes_out"), fields.get("bytes_in")


def _names_service(record: Record) -> bool:
    """Return whether the line tells the service: a lookup of an internal host's name doesn't, its port and path do."""
    if not record.visits or record.fields is None or not record.visits[0].site.service:
        return False
    return record.fields["kind"] != "dns" or not record.visits[0].site.server_ip


def _services(rows: Iterable[Row]) -> dict[str, Any]:
    tallies: dict[str, ServiceTally] = {}
    for service, person, blocked, bytes_out, bytes_in in rows:
        tally = tallies.setdefault(service, ServiceTally())
        for one in (tally, tally.people.setdefault(person, Tally())):
            one.add(blocked=blocked, bytes_out=bytes_out, bytes_in=bytes_in)
    return {service: asdict(tallies[service]) for service in sorted(tallies)}


def _sum(total: int | None, value: int | None) -> int | None:
    return total if value is None else (total or 0) + value
