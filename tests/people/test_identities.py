"""Who it was: names joined by the people file, devices by leases and time, accounts and servers told apart."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shadowscan.analysis.queries import Bounds, prepare
from shadowscan.model.actors import ActorKind
from shadowscan.people import Directory, Lease, NetworkEntry, NetworkUse, PersonEntry
from shadowscan.store.database import Session
from tests.analysis.test_counting import dns
from tests.cli.logs import DAY, log, squid
from tests.ingest.bench import Bench

HOUR = 3600
AT = datetime(2026, 11, 2, 6, 13, 20)  # noqa: DTZ001 - UTC
"""Second 0 of the logs."""


def clock(text: str, day: int = 0) -> int:
    """The second of the logs at which it is so late: the rollup, and so the answer, is by half hour."""
    hours, minutes = text.split(":")
    return int(hours) * HOUR + int(minutes) * 60 - 6 * HOUR - 800 + day * DAY


def lease(
    start: int, end: int | None, user: str | None = None, device: str | None = None, address: str = "10.0.0.1"
) -> Lease:
    until = None if end is None else AT + timedelta(seconds=end)
    return Lease(address, user, device, AT + timedelta(seconds=start), until)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "db.duckdb")


def lookups(
    bench: Bench, tmp_path: Path, seconds: list[int], directory: Directory, proxy: Sequence[str] = ()
) -> dict[str, int]:
    """Lookups of an AI service from 10.0.0.1 at these times, by whom they were."""
    logs = [log(tmp_path / "dns.log", [dns(second) for second in seconds])]
    logs += [log(tmp_path / "proxy.log", proxy)] if proxy else []
    bench.scan(*logs)
    with bench.database.read() as session:
        prepare(session, Bounds(), directory)
        sql = "SELECT who, sum(requests)::INT FROM placed JOIN shapes USING (shape) WHERE class = 'lookup' GROUP BY who"
        return dict(session.rows(sql))


def other(second: int, user: str) -> str:
    """A request of a user to an AI service that isn't the one looked up, from the same address."""
    return squid(second, "claude.ai:443", user=user)


def test_a_lease_says_whose_the_address_was(bench: Bench, tmp_path: Path) -> None:
    seven = clock("7:00")
    directory = Directory(leases=(lease(clock("6:00"), seven, "ada"), lease(seven, None, r"EXAMPLE\Bob")))
    times = [clock("5:50"), clock("6:05"), clock("6:50"), clock("7:05"), clock("7:05", day=1)]
    found = lookups(bench, tmp_path, times, directory)
    assert found == {"10.0.0.1": 1, "ada": 2, "bob": 2}


def test_the_user_seen_within_a_lease_of_a_device_has_it_for_the_whole_lease(bench: Bench, tmp_path: Path) -> None:
    directory = Directory(leases=(lease(0, 4 * HOUR, device="LT-1"), lease(4 * HOUR, 8 * HOUR, device="LT-2")))
    proxy = [other(2 * HOUR, "ada"), other(6 * HOUR, "bob")]
    found = lookups(bench, tmp_path, [60, 3 * HOUR, 5 * HOUR, 7 * HOUR, 9 * HOUR], directory, proxy)
    assert found == {"ada": 2, "bob": 2, "10.0.0.1": 1}


def test_a_leased_device_with_nobody_keeps_its_name_over_addresses(bench: Bench, tmp_path: Path) -> None:
    directory = Directory(leases=(lease(0, HOUR, device="LT-1"), lease(0, HOUR, device="LT-1", address="10.0.0.2")))
    bench.scan(log(tmp_path / "dns.log", [dns(60), dns(90, client="10.0.0.2")]))
    report = bench.report(directory=directory)
    assert [(row.who, row.named) for row in report.people] == [("lt-1", False)]
    assert report.totals.people == 1


def test_a_device_of_the_people_file_is_its_owners(bench: Bench, tmp_path: Path) -> None:
    people = (PersonEntry(user="Ada", aliases=("LT-1",)),)
    found = lookups(bench, tmp_path, [60], Directory(people, leases=(lease(0, HOUR, device="lt-1"),)))
    assert found == {"ada": 1}


def test_a_shared_device_is_the_ones_seen_within_a_quarter_of_an_hour(bench: Bench, tmp_path: Path) -> None:
    seen = {"6:20": "ada", "8:20": "bob", "10:20": "ada", "10:40": "bob"}
    proxy = [other(clock(time), user) for time, user in seen.items()]
    times = ["5:50", "6:10", "6:31", "7:20", "8:10", "8:31", "10:10", "10:31"]
    found = lookups(bench, tmp_path, [clock(time) for time in times], Directory(), proxy)
    assert found == {"10.0.0.1": 2, "ada": 3, "bob": 3}


def test_users_who_overlap_have_no_device(bench: Bench, tmp_path: Path) -> None:
    proxy = [other(second, "ada" if second % 20 else "bob") for second in range(0, 600, 10)]
    assert lookups(bench, tmp_path, [-60, 300, 660], Directory(), proxy) == {"10.0.0.1": 3}


def test_names_of_the_people_file_are_one_person(bench: Bench, tmp_path: Path) -> None:
    people = (
        PersonEntry(user="ada.lovelace@example.com", department="Sales", aliases=("al017", r"OLD\ada")),
        PersonEntry(user="bob", department="Legal"),
    )
    names = ["al017", r"OLD\ada", "ada.lovelace", "Ada.Lovelace@example.com", "bob", "eve"]
    bench.scan(log(tmp_path / "a.log", [squid(n, user=name, client=f"10.0.0.{n}") for n, name in enumerate(names, 1)]))
    report = bench.report(directory=Directory(people))
    assert {row.who: row.requests for row in report.people} == {"ada.lovelace@example.com": 4, "bob": 1, "eve": 1}


def test_accounts_and_servers_are_told_apart(bench: Bench, tmp_path: Path) -> None:
    users = ["ada", "svc-backup", "backup_svc", "HOST01$", "jenkins", "robotham", "ops"]
    lines = [squid(n, user=name, client=f"10.0.1.{n}") for n, name in enumerate(users)]
    lines += [squid(n * HOUR, user="-", client="10.0.2.1") for n in range(96)]
    lines += [squid(n * HOUR, user="night.shift", client="10.0.2.2") for n in range(96)]
    lines += [squid(5, user="-", client="10.0.3.1"), squid(6, user="-", client="10.0.4.1")]
    bench.scan(log(tmp_path / "a.log", lines))
    networks = tuple(
        NetworkEntry.model_validate({"range": text, "site": site, "use": use})
        for text, site, use in (
            ("10.0.0.0/16", "Berlin", NetworkUse.CLIENTS),
            ("10.0.3.0/24", "Bonn", NetworkUse.SERVERS),
            ("10.0.2.0/24", None, None),
        )
    )
    people = (
        PersonEntry(user="ops", kind=ActorKind.SERVICE_ACCOUNT),
        PersonEntry(user="night.shift", kind=ActorKind.PERSON),
    )
    with bench.database.read() as session:
        prepare(session, Bounds(), Directory(people, networks))
        kinds = dict(session.rows("SELECT who, kind FROM actors"))
        sites = dict(session.rows("SELECT who, site FROM actors"))
    assert kinds == {
        **dict.fromkeys(("ada", "robotham", "night.shift"), "person"),
        **dict.fromkeys(("svc-backup", "backup_svc", "host01$", "jenkins", "ops"), "service-account"),
        **dict.fromkeys(("10.0.2.1", "10.0.3.1"), "server"),
        "10.0.4.1": "device",
    }
    assert (sites["ada"], sites["10.0.3.1"], sites["10.0.2.1"]) == ("Berlin", "Bonn", None)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("identities")
    bench = Bench(folder / "db.duckdb")
    proxy = [other(n * 997 % (2 * DAY), ("ada", "bob", "eve")[n % 3]) for n in range(60)]
    bench.scan(log(folder / "d.log", [dns(n * 1009) for n in range(150)]), log(folder / "p.log", proxy))
    with bench.database.read() as session:
        yield session


TIMES = st.integers(-DAY, 3 * DAY)
NAMES = st.none() | st.sampled_from(["ada", "BOB", "x"])
LEASES = st.builds(
    lambda start, length, user, device: lease(start, length and start + length, user, device),
    TIMES,
    st.none() | st.integers(1, 3 * DAY),
    NAMES,
    st.sampled_from(["lt-1", "lt-2"]),
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(leases=st.lists(LEASES, max_size=6).map(tuple))
def test_whatever_the_leases_say_nothing_is_lost_or_doubled(session: Session, leases: tuple[Lease, ...]) -> None:
    prepare(session, Bounds(), Directory((PersonEntry(user="x", aliases=("lt-2",)),), leases=leases))
    counts = "SELECT count(*), sum(requests) FROM"
    assert session.rows(f"{counts} placed") == session.rows(f"{counts} ai_usage WHERE verdict = 'service'")
