"""A catalogue that changes: stored labels follow it, and past use comes to light, as if it had been in force then."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shadowscan.catalog import Catalog, load_catalog
from shadowscan.ingest.inputs import IngestOptions, Input
from shadowscan.ingest.label import Labeller
from shadowscan.ingest.relabel import labelled, relabel
from shadowscan.ingest.run import Ingest
from shadowscan.sources import Source, discover
from shadowscan.store.database import Database
from tests.cli.logs import DAY, log, squid
from tests.ingest.bench import squid_only

HOSTS = (
    "chat.quill.example",
    "api.quill.example",
    "brush.example",
    "eu.brush.example",
    "llm.mail.example",
    "shop.example",
)
PATHS = ("/", "/v1/ask", "/v1/chat/completions")
SERVICE = """
id: {id}
revision: {revision}
name: {id}
category: chat-assistant
status: provisional
hosts: {hosts}
endpoints: {endpoints}
sources: [local]
tests: {{}}
"""
USE = """
SELECT service, host, kind, day, "user", device, action, sum(requests), sum(bytes_out), sum(bytes_in) FROM (
    SELECT service, host, kind, CAST(ts AS DATE) AS day, "user", coalesce(src_ip, src_host) AS device, action,
           1 AS requests, bytes_out, bytes_in
    FROM events WHERE verdict = 'service'
    UNION ALL BY NAME
    SELECT service, host, kind, CAST(slot AS DATE) AS day, "user", device, action, requests, bytes_out, bytes_in
    FROM ai_usage WHERE revealed
) GROUP BY ALL ORDER BY ALL
"""
LABELS = "SELECT host, verdict, service, signature, basis FROM hosts ORDER BY host"
JUDGED = """SELECT line, verdict, service, activity, signature, why, client_kind, client_why
FROM events WHERE verdict = 'service' ORDER BY line"""

Catalogue = Callable[..., Catalog]


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    """Make a catalogue out of service texts."""

    def make(*services: str) -> Catalog:
        folder = tmp_path / f"signatures-{abs(hash(services))}" / "chat-assistant"
        folder.mkdir(parents=True, exist_ok=True)
        for number, text in enumerate(services):
            (folder / f"{number}.yaml").write_text(text)
        return load_catalog([folder.parent], builtin=False)

    return make


def service(name: str, *hosts: str, path: str = "", revision: int = 1) -> str:
    """One service on hosts, with an endpoint if there is a path."""
    rules = [{"suffix": host} for host in hosts]
    endpoints = [{"activity": "prompt", "path": path, "host": list(hosts)}] if path else []
    return SERVICE.format(id=name, revision=revision, hosts=rules, endpoints=endpoints)


def scan(database: Database, catalog: Catalog, *paths: Path) -> None:
    with Ingest(database, catalog, squid_only(), IngestOptions(), command="test", version="0") as ingest:
        for source in discover([str(path) for path in paths]):
            assert isinstance(source, Source)
            list(ingest.read([Input(source)]))
        ingest.finish()


def rows(database: Database, catalog: Catalog, sql: str) -> list[tuple[Any, ...]]:
    [answer] = answers(database, catalog, sql)
    return answer


def answers(database: Database, catalog: Catalog, *questions: str) -> list[list[tuple[Any, ...]]]:
    with labelled(database, catalog) as session:
        return [session.rows(sql) for sql in questions]


def visit(second: int, host: str, path: str = "/", user: str = "ada") -> str:
    return squid(second, f"https://{host}{path}", user=user, method="POST", result="TCP_MISS/200")


POOL: Sequence[str] = (
    service("quill", "quill.example"),
    service("quill", "chat.quill.example", path="/v1/ask"),
    service("brush", "brush.example", "api.quill.example"),
    service("brush", "api.quill.example", path="/v1/**", revision=2),
    service("mail", "llm.mail.example"),
    service("easel", "eu.brush.example"),
)


@st.composite
def _growths(draw: st.DrawFn) -> tuple[list[str], list[str], list[str]]:
    """A catalogue, a later one, and lines of a log."""
    chosen = [draw(st.lists(st.sampled_from(POOL), unique_by=lambda text: text.split()[1], max_size=4)) for _ in "ab"]
    visits = draw(
        st.lists(
            st.tuples(st.integers(0, 3 * DAY), st.sampled_from(HOSTS), st.sampled_from(PATHS), st.sampled_from("ab")),
            min_size=1,
            max_size=25,
        )
    )
    return chosen[0], chosen[1], [visit(second, host, path, user) for second, host, path, user in sorted(visits)]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(growth=_growths())
def test_a_changed_catalogue_gives_what_it_would_have_given_from_the_start(
    growth: tuple[list[str], list[str], list[str]], catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("growth")
    before, after = catalogue(*growth[0]), catalogue(*growth[1])
    log(folder / "access.log", growth[2])
    grown, fresh = Database(folder / "grown"), Database(folder / "fresh")
    scan(grown, before, folder / "access.log")
    scan(fresh, after, folder / "access.log")
    services = "SELECT sum(ai_events) FROM ledger"
    questions = (USE, LABELS, services, JUDGED, "FROM hosts WHERE verdict = 'candidate'")
    *stored, judged, _ = answers(grown, after, *questions)
    *wanted, judged_at_once, candidates = answers(fresh, after, *questions)
    assert stored[:2] == wanted[:2]
    assert set(judged) <= set(judged_at_once)
    if not candidates:
        assert stored[2] == wanted[2]


def test_back_to_the_older_catalogue_everything_is_as_before(catalogue: Catalogue, tmp_path: Path) -> None:
    database = Database(tmp_path / "db")
    before = catalogue(service("quill", "quill.example", path="/v1/ask"))
    after = catalogue(service("brush", "brush.example"), service("quill", "chat.quill.example"))
    lines = [visit(n * 977, host, path) for n, (host, path) in enumerate((h, p) for h in HOSTS for p in PATHS)]
    scan(database, before, log(tmp_path / "access.log", lines))
    first = answers(database, before, USE, LABELS, JUDGED)
    assert rows(database, after, USE) != first[0]
    assert answers(database, before, USE, LABELS, JUDGED) == first


def test_a_scan_with_a_newer_catalogue_relabels_first_and_counts_nothing_twice(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    before, after = catalogue(service("brush", "brush.example")), catalogue(service("quill", "quill.example"))
    lines = [visit(n * 3600, "chat.quill.example") for n in range(40)]
    grown, fresh = Database(tmp_path / "grown"), Database(tmp_path / "fresh")
    access = log(tmp_path / "access.log", lines[:25], end="\n")
    scan(grown, before, access)
    log(access, lines)
    scan(grown, after, access)
    scan(fresh, after, access)
    assert rows(grown, after, USE) == rows(fresh, after, USE)
    assert rows(grown, after, "SELECT sum(requests) FROM ai_usage WHERE revealed") == [(25,)]


def test_a_last_line_that_grows_takes_its_revealed_use_along(catalogue: Catalogue, tmp_path: Path) -> None:
    before, after = catalogue(), catalogue(service("quill", "quill.example"))
    database = Database(tmp_path / "db")
    access = log(tmp_path / "access.log", [visit(0, "quill.example"), visit(9, "quill.example")])
    access.write_bytes(access.read_bytes()[:-1])
    scan(database, before, access)
    assert rows(database, after, "SELECT sum(requests) FROM ai_usage WHERE revealed") == [(2,)]
    log(access, [visit(0, "quill.example"), visit(9, "quill.example") + " grown", visit(12, "quill.example")])
    scan(database, after, access)
    assert rows(database, after, "SELECT sum(requests) FROM ai_usage WHERE revealed") == [(1,)]
    assert sum(row[7] for row in rows(database, after, USE)) == 3


def test_a_chunk_committed_by_an_older_catalogue_in_between_is_relabelled(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shadowscan.ingest.writer.LEASE", 0)
    before, after = catalogue(service("brush", "brush.example")), catalogue(service("quill", "quill.example"))
    database = Database(tmp_path / "db")
    one = log(tmp_path / "one.log", [visit(n, "quill.example") for n in range(3)])
    two = log(tmp_path / "two.log", [visit(n, "brush.example") for n in range(4)])
    with Ingest(database, before, squid_only(), IngestOptions(), command="test", version="0") as ingest:
        for path in (one, two):
            source = next(iter(discover([str(path)])))
            assert isinstance(source, Source)
            list(ingest.read([Input(source)]))
            assert {row[0] for row in rows(database, after, USE)} == {"quill"}
    assert {row[0] for row in rows(database, before, USE)} == {"brush"}


def test_a_relabelling_that_fails_changes_nothing(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = catalogue(service("brush", "brush.example")), catalogue(service("quill", "quill.example"))
    database = Database(tmp_path / "db")
    scan(database, before, log(tmp_path / "access.log", [visit(0, "quill.example"), visit(1, "brush.example")]))
    stored = rows(database, before, USE)
    with monkeypatch.context() as patch:
        patch.setattr("shadowscan.store.labels.note_catalog", lambda session, **_: session.rows("SELECT error('full')"))
        with pytest.raises(Exception, match="full"):
            rows(database, after, USE)
    with database.read() as session:
        assert session.rows(LABELS)[0][:3] == ("brush.example", "service", "brush")
    assert rows(database, before, USE) == stored


def test_only_what_changed_is_judged_again(catalogue: Catalogue, tmp_path: Path) -> None:
    quill = service("quill", "quill.example")
    before = catalogue(quill, service("brush", "brush.example"))
    after = catalogue(quill, service("brush", "brush.example", revision=2))
    database = Database(tmp_path / "db")
    lines = [visit(n, host) for n, host in enumerate(["quill.example", "brush.example"] * 5)]
    scan(database, before, log(tmp_path / "access.log", lines))
    judged = []

    class Watched(Labeller):
        def judge(self, request: tuple[Any, ...]) -> Any:
            judged.append(request[0])
            return super().judge(request)

    with database.write() as session:
        assert relabel(session, Watched(after))
        assert not relabel(session, Watched(after))
    assert set(judged) == {"brush.example"}
    assert {row[4] for row in rows(database, after, JUDGED)} == {"quill@1", "brush@2"}


def test_a_request_told_by_its_query_keeps_its_judgement_and_only_the_catalogues_word(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    text = service("quill", "quill.example").replace("hosts: [{'suffix': 'quill.example'}]", "hosts: []").replace(
        "endpoints: []", "endpoints: [{activity: prompt, path: /search, host: quill.example, query: q}]"
    )  # fmt: skip
    database = Database(tmp_path / "db")
    line = visit(0, "quill.example", "/search?lang=en&q=my+secret")
    scan(database, catalogue(text), log(tmp_path / "access.log", [line]))
    after = catalogue(text.replace("revision: 1", "revision: 2"))
    assert rows(database, after, "SELECT url_query, signature, activity FROM events") == [("q", "quill@2", "prompt")]


def test_only_what_is_said_anew_is_written(tmp_path: Path, catalogue: Catalogue) -> None:
    """Years of events stay as they are where a catalogue says the same of them as the one before."""
    asked = [squid(n, f"http://chat.quill.example{path}", method="POST") for n in range(4) for path in PATHS[:2]]
    database = Database(tmp_path / "db.duckdb")
    before = catalogue(service("quill", "chat.quill.example"))
    after = catalogue(service("quill", "chat.quill.example", path="/v1/ask"), service("brush", "brush.example"))
    scan(database, before, log(tmp_path / "a.log", asked))
    written = "SELECT DISTINCT url_path, activity, catalog FROM events ORDER BY url_path"
    [page, request] = rows(database, before, written)
    assert (page[2], request[2]) == (before.version, before.version)
    assert rows(database, after, written) == [page, ("/v1/ask", "prompt", after.version)]
    rolled = rows(database, after, "SELECT activity, sum(requests) FROM ai_usage GROUP BY ALL ORDER BY ALL")
    assert rolled == [(page[1], 4), ("prompt", 4)]
