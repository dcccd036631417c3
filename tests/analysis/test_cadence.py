"""Who calls an API, told by when it calls: logs without user agents."""

from pathlib import Path

import pytest

from tests.cli.logs import DAY, log, squid
from tests.commandline import good, shadowscan

HOUR = 3600


def kinds(folder: Path, seconds: list[int], url: str = "api.openai.com:443") -> dict[str | None, str | None]:
    """Scan tunnels without user agents at these times; kind of client and why, as the evidence tells."""
    log(folder / "access.log", [squid(second, url, user="-", client="10.0.0.9") for second in seconds])
    good(shadowscan("scan", folder / "access.log", "--db", folder / "db", "-o", "json"))
    rows = good(shadowscan("evidence", "--db", folder / "db", "-o", "ndjson", "--limit", "5000")).ndjson()
    return {row["client_kind"]: row["client_why"] for row in rows}


def test_calls_at_all_hours_are_a_workload(tmp_path: Path) -> None:
    seconds = [day * DAY + hour * HOUR + (hour * 977 + day) % 1800 for day in range(3) for hour in range(24)]
    seconds += [second + 60 for second in seconds if second % 7 < 3]
    (found,) = kinds(tmp_path, sorted(seconds)).items()
    assert found == ("server", "calls in at least 24 of 24 hours, on 2 days: a workload")


def test_calls_at_one_pace_are_a_script(tmp_path: Path) -> None:
    found = kinds(tmp_path, [n * 6 * HOUR for n in range(30)])
    assert found == {"script": "calls at the same pace, 29 times 360 minutes apart: a script"}


@pytest.mark.parametrize(
    "seconds",
    [
        [day * DAY + slot * 1800 for day in range(10) for slot in range(16)],
        [n * 6 * HOUR for n in range(20)],
        [day * DAY + (n * n * 211) % (9 * HOUR) for day in range(8) for n in range(20)],
    ],
    ids=["an app left open by day", "too few to tell", "a person at work"],
)
def test_what_people_and_their_apps_do_is_neither(tmp_path: Path, seconds: list[int]) -> None:
    assert kinds(tmp_path, sorted(seconds)) == {None: None}


def test_a_web_application_polled_all_day_is_no_workload(tmp_path: Path) -> None:
    assert kinds(tmp_path, [n * HOUR for n in range(72)], "chatgpt.com:443") == {None: None}
