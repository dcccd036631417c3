"""Times: the zone a record states, else the user's; years from the file's date; epochs in any unit."""
# ruff: noqa: DTZ001 - event times are UTC without a zone

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowscan.formats.library import FormatLibrary, load_library
from shadowscan.ingest.extract import Wanted
from shadowscan.ingest.lines import LineParser
from shadowscan.store.scratch import Scratch

LIBRARY = load_library()
SQUID, DNSMASQ, CSV = LIBRARY.get("squid"), LIBRARY.get("dnsmasq"), FormatLibrary([])
moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31)).map(lambda moment: moment.replace(microsecond=0))


def times(lines: list[str], library: FormatLibrary, *, zone: str = "UTC", reference: datetime) -> list[datetime | None]:
    numbers = pa.array(range(len(lines)), pa.int64())
    table = pa.table({"_n": numbers, "_off": numbers, "_line": pa.array(lines, pa.string())})
    with Scratch(timezone=zone) as scratch:
        parser = LineParser(library, scratch, lines, reference=reference)
        parsed = parser.parse(table, Wanted(("ts",))).sort_by("_n")
    found: list[datetime | None] = parsed["ts"].to_pylist()
    return found


def table_of(stamps: list[str]) -> list[str]:
    """A CSV export that no vendor format claims."""
    rows = [f"{stamp},10.1.2.{n},alice,api{n}.example.com,GET,/x/{n},200" for n, stamp in enumerate(stamps)]
    return ["timestamp,client_ip,username,host,method,url_path,status", *rows]


@given(st.lists(moments, min_size=3, max_size=6), st.sampled_from([0, 3, 6, 9]))
@settings(max_examples=6, deadline=None)
def test_epochs_in_seconds_to_nanoseconds_are_the_same_moment(found: list[datetime], power: int) -> None:
    stamps = [str(int(moment.replace(tzinfo=UTC).timestamp()) * 10**power) for moment in found]
    read = times(table_of(stamps), CSV, zone="Asia/Tokyo", reference=datetime(2036, 1, 1))
    assert read[1:] == found


@given(
    st.lists(moments, min_size=3, max_size=6),
    st.sampled_from(["UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata"]),
)
@settings(max_examples=6, deadline=None)
def test_a_time_without_zone_is_the_users(found: list[datetime], zone: str) -> None:
    read = times(
        table_of([f"{moment:%Y-%m-%d %H:%M:%S}" for moment in found]), CSV, zone=zone, reference=datetime(2036, 1, 1)
    )
    for moment, answer in zip(found, read[1:], strict=True):
        local = moment.replace(tzinfo=ZoneInfo(zone))
        if answer is None or local.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != moment:
            continue  # an hour that daylight saving leaves out
        both = {local.replace(fold=fold).astimezone(UTC).replace(tzinfo=None) for fold in (0, 1)}
        assert answer in both


@given(st.lists(moments, min_size=3, max_size=6), st.integers(-11, 12), st.sampled_from(["UTC", "Asia/Tokyo"]))
@settings(max_examples=6, deadline=None)
def test_a_stated_zone_wins(found: list[datetime], hours: int, zone: str) -> None:
    stamps = [f"{moment:%Y-%m-%dT%H:%M:%S}{'-' if hours < 0 else '+'}{abs(hours):02d}:00" for moment in found]
    read = times(table_of(stamps), CSV, zone=zone, reference=datetime(2036, 1, 1))
    assert read[1:] == [moment - timedelta(hours=hours) for moment in found]


@given(moments, st.integers(0, 300))
@settings(max_examples=10, deadline=None)
def test_a_missing_year_is_the_latest_that_is_not_after_the_file(moment: datetime, later: int) -> None:
    if (moment.month, moment.day) == (2, 29):
        return
    line = f"{moment:%b} {moment.day:2d} {moment:%H:%M:%S} gw dnsmasq[812]: query[A] api.openai.com from 10.1.2.3"
    read = times([line] * 3, FormatLibrary([DNSMASQ]), reference=moment + timedelta(days=later))
    assert read == [moment] * 3


def test_new_year_lies_between_two_lines_of_one_file() -> None:
    lines = [
        f"{stamp} gw dnsmasq[812]: query[A] api.openai.com from 10.1.2.3"
        for stamp in ("Dec 31 23:59:58", "Dec 31 23:59:59", "Jan  1 00:00:01")
    ]
    read = times(lines, FormatLibrary([DNSMASQ]), reference=datetime(2026, 1, 2))
    assert [moment.year for moment in read if moment] == [2025, 2025, 2026]


@pytest.mark.parametrize("stamp", ["0", "99999999999999999999999", "2026-13-45 99:99:99", "", "-", "yesterday"])
def test_a_time_that_is_none_is_none(stamp: str) -> None:
    good = [f"2026-11-09T10:00:{n:02d}Z" for n in range(9)]
    assert times(table_of([*good, stamp]), CSV, reference=datetime(2026, 11, 23))[-1] is None
