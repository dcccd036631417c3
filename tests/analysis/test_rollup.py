"""The half-hourly rollup that reports read: it says what the events say, however they came in."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowscan.analysis.queries import Bounds, prepare
from shadowscan.simulate import simulate
from shadowscan.simulate.views import Visibility
from shadowscan.simulate.write import write_company
from shadowscan.store import schema
from shadowscan.store.database import Database, Session
from shadowscan.store.rollup import roll_up_again
from tests.ingest.bench import Bench

START = datetime(2026, 3, 2, 7)  # noqa: DTZ001 - UTC
MOMENTS = st.none() | st.integers(0, 3 * 24 * 3600).map(lambda seconds: START + timedelta(seconds=seconds))


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("company")
    write_company(simulate(12, 3, 21), folder, Visibility.PROXY_FULL)
    bench = Bench(folder / "db.duckdb")
    bench.scan(folder / "logs" / "proxysg.log")
    return bench


def rollup(session: Session) -> list[tuple[Any, ...]]:
    return session.rows("SELECT * EXCLUDE (ledger_id, why) FROM ai_usage ORDER BY ALL")


@settings(max_examples=25, deadline=None)
@given(since=MOMENTS, until=MOMENTS)
def test_bounds_between_half_hours_cut_exactly(scanned: Bench, since: datetime | None, until: datetime | None) -> None:
    bounds = Bounds(since=since, until=until)
    with scanned.database.read() as session:
        prepare(session, bounds)
        counted = session.rows("SELECT sum(requests), sum(bytes_out), min(first), max(last) FROM visits")
        told = session.rows(
            """SELECT nullif(count(*), 0), sum(bytes_out), min(ts), max(ts) FROM events
            WHERE verdict = 'service' AND ($1 IS NULL OR ts >= $1) AND ($2 IS NULL OR ts < $2)""",
            [since, until],
        )
    assert counted == told


def test_labelled_again_it_stays_the_same(scanned: Bench) -> None:
    with scanned.database.write() as session:
        before = rollup(session)
        roll_up_again(session)
        assert rollup(session) == before
    assert len(before) > 100


def test_an_older_database_is_filled_from_its_events(
    scanned: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scanned.database.read() as session:
        expected = rollup(session)
    older = schema.migrations()[: schema.ROLLUP - 1]
    with monkeypatch.context() as patch:
        patch.setattr(schema, "migrations", lambda: older)
        with Database(tmp_path / "older.duckdb").write() as session:
            session.execute(f"ATTACH '{scanned.path}' AS newer (READ_ONLY)")
            session.execute("INSERT INTO ledger FROM newer.ledger")
            session.execute("INSERT INTO events FROM newer.events")
    with Database(tmp_path / "older.duckdb").write() as session:
        assert rollup(session) == expected


def test_a_log_that_grows_line_by_line_gives_the_same_exposure(tmp_path: Path) -> None:
    """Entries cut sequences of requests; what they say of growth is put together again."""
    write_company(simulate(8, 2, 5), tmp_path, Visibility.PROXY_FULL)
    text = (tmp_path / "logs" / "proxysg.log").read_text().splitlines(keepends=True)
    once, often = Bench(tmp_path / "once.duckdb"), Bench(tmp_path / "often.duckdb")
    once.scan(tmp_path / "logs" / "proxysg.log")
    growing = tmp_path / "growing.log"
    for number in range(1, 7):
        growing.write_text("".join(text[: len(text) * number // 6]))
        often.scan(growing)
    whole, pieces = once.report(), often.report()
    timeless = {"days_to_report": None}
    assert pieces.totals.model_copy(update=timeless) == whole.totals.model_copy(update=timeless)
    assert whole.exposure is not None
    assert pieces.exposure is not None
    assert whole.exposure.total.volume is not None
    assert pieces.exposure.total.volume is not None
    assert pieces.exposure.total.volume.likely == pytest.approx(whole.exposure.total.volume.likely, rel=0.05)
    assert pieces.exposure.total.prompts == whole.exposure.total.prompts
