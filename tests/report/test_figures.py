"""Numbers and times as shown."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowscan.report.figures import count, days, minute, plural, resample, share, size


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (None, "\u2013"),
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.00 kB"),
        (9_994, "9.99 kB"),
        (9_995, "10.0 kB"),
        (99_949, "99.9 kB"),
        (99_950, "100 kB"),
        (999_499, "999 kB"),
        (999_500, "1.00 MB"),
        (812_000_000, "812 MB"),
        (1_234_567_890_123, "1.23 TB"),
    ],
)
def test_size(number: int | None, text: str) -> None:
    assert size(number) == text


@given(st.integers(1000, 10**20))
def test_size_has_three_significant_digits(number: int) -> None:
    digits = size(number).split()[0].replace(".", "").replace(",", "")
    assert len(digits) == 3


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (None, 4, "\u2013"),
        (0, 0, "\u2013"),
        (0, 4, "0 %"),
        (4, 4, "100 %"),
        (1, 3, "33 %"),
        (1, 1_000, "0.10 %"),
        (1, 1_000_000, "<0.01 %"),
        (999_999, 1_000_000, ">99 %"),
    ],
)
def test_share(part: int | None, whole: int, text: str) -> None:
    assert share(part, whole) == text


def test_counts() -> None:
    assert [count(None), count(0), count(1_234_567)] == ["\u2013", "0", "1,234,567"]
    assert [plural(1, "tool"), plural(1_200, "tool"), plural(2, "person", "people")] == [
        "1 tool",
        "1,200 tools",
        "2 people",
    ]


def at(month: int, day: int, year: int = 2026) -> datetime:
    return datetime(year, month, day, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (at(11, 2), at(11, 15), "2\u201315 Nov 2026"),
        (at(10, 28), at(11, 3), "28 Oct \u2013 3 Nov 2026"),
        (at(12, 28, 2025), at(1, 3), "28 Dec 2025 \u2013 3 Jan 2026"),
        (at(11, 2), at(11, 2), "2 Nov 2026"),
        (None, at(11, 2), "2 Nov 2026"),
        (None, None, "\u2013"),
    ],
)
def test_days(first: datetime | None, last: datetime | None, text: str) -> None:
    assert days(first, last, year=True) == text


def test_times_are_utc_with_or_without_a_zone() -> None:
    east = datetime(2026, 11, 2, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    assert minute(east) == "2026-11-01 23:30"
    assert minute(datetime(2026, 11, 2, 1, 30)) == "2026-11-02 01:30"  # noqa: DTZ001
    assert days(east, east, year=False) == "1 Nov"


@given(st.lists(st.integers(0, 10**9), max_size=400), st.integers(1, 60))
def test_resample_stays_within_the_values(values: list[int], width: int) -> None:
    points = resample(values, width)
    assert len(points) == min(len(values), width)
    assert all(min(values) <= point <= max(values) for point in points)
    assert any(points) == any(values)
