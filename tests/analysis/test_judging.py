"""The view ``judged``: whatever the policy asks for, each visit is judged as the policy judges its use alone."""

from collections.abc import Iterator
from datetime import date, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shadowscan.analysis.judging import judge_visits
from shadowscan.analysis.queries import Bounds, prepare
from shadowscan.model.actors import Actor, ActorKind
from shadowscan.model.report import Verdict
from shadowscan.policy import Policy, PolicyFile, Rule, Scope, Use
from shadowscan.store.database import Session
from tests.cli.logs import DAY, log, squid
from tests.ingest.bench import Bench, catalog

URLS = (
    "https://chatgpt.com/backend-api/conversation",
    "https://chatgpt.com/backend-api/files",
    "https://claude.ai/new",
    "www.deepl.com:443",
    "acme.openai.azure.com:443",
)
DAYS = [date(2026, 11, 2) + timedelta(days=number) for number in range(4)]
SERVICES = ("openai-chatgpt", "anthropic-claude", "deepl", "azure-openai")


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A week of five people in two departments at two sites."""
    folder = tmp_path_factory.mktemp("judging")
    lines = [
        squid(
            number % 4 * DAY + number,
            URLS[number % 5],
            user=("-", "ada", "bob", "eve", "kim")[number // 5 % 5],
            client=f"10.{number // 5 % 5 // 2}.0.{number // 5 % 5}",
            method="CONNECT" if ":" in URLS[number % 5][6:] else "POST",
        )
        for number in range(200)
    ]
    bench = Bench(folder / "db.duckdb")
    bench.scan(log(folder / "access.log", lines))
    with bench.database.read() as session:
        prepare(session, Bounds())
        session.execute("UPDATE actors SET department = CASE WHEN who IN ('ada', 'bob') THEN 'Sales' ELSE 'Legal' END")
        yield session


def some(*values: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=2).map(tuple)


SCOPES = st.builds(
    Scope,
    people=some("ada", "EVE", "nobody"),
    departments=some("sales", "Legal"),
    kinds=st.lists(st.sampled_from(ActorKind), max_size=2).map(tuple),
    networks=st.lists(st.sampled_from(["10.0.0.0/16", "10.1.0.2/32", "10.0.0.0/8"]).map(ip_network), max_size=2).map(
        tuple
    ),
    activities=some("prompt", "file_upload", "browse", "unknown"),
    hosts=some("*.openai.azure.com", "chatgpt.com", "CLAUDE.ai"),
)
RULES = st.builds(
    Rule,
    verdict=st.sampled_from(Verdict),
    services=st.lists(st.sampled_from(SERVICES), min_size=1, max_size=2).map(tuple),
    scope=SCOPES,
    expires=st.none() | st.sampled_from(DAYS),
) | st.builds(
    Rule,
    verdict=st.sampled_from(Verdict),
    services=st.lists(st.sampled_from(SERVICES), min_size=1, max_size=2).map(tuple),
    scope=SCOPES,
    review_by=st.none() | st.sampled_from(DAYS),
)
POLICIES = st.builds(PolicyFile, default=st.sampled_from(Verdict), rules=st.lists(RULES, max_size=4).map(tuple)).map(
    lambda content: Policy(content, "policy.yaml")
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(policy=POLICIES)
def test_every_visit_is_judged_as_its_use_alone(session: Session, policy: Policy) -> None:
    judge_visits(session, policy, catalog())
    rows = session.dicts("SELECT judged.*, kind, department FROM judged JOIN actors USING (who)")
    assert len(rows) == session.rows("SELECT count(*) FROM visits")[0][0] > 50
    for row in rows:
        use = Use(
            row["service"],
            catalog().service(row["service"]).category,
            Actor(row["who"], ActorKind(row["kind"]), row["department"]),
            row["src"],
            row["activity"],
            row["host"],
            row["day"],
        )
        judged = policy.judge(use)
        told = (row["verdict"], row["rule"], row["rule_why"], row["overdue"], row["lapsed"])
        assert told == (judged.verdict, judged.rule, judged.why, judged.overdue, judged.lapsed)


def test_a_tool_with_several_verdicts_shows_the_worst_and_each(tmp_path: Path) -> None:
    from tests.commandline import good, report, shadowscan

    upload, chat = URLS[1], URLS[0]
    lines = [squid(n, upload if n == 3 else chat, user="eve" if n < 4 else "ada", method="POST") for n in range(9)]
    path = tmp_path / "policy.yaml"
    path.write_text(
        "rules:\n  - {verdict: prohibited, scope: {activities: [file_upload]}}\n"
        "  - {verdict: approved, services: [openai-chatgpt], review_by: 2026-11-01}\n"
    )
    good(shadowscan("scan", log(tmp_path / "access.log", lines), "--db", tmp_path / "db"))
    document = report(tmp_path / "db", "--policy", str(path))
    (tool,) = document["tools"]
    assert (tool["verdict"], tool["severity"]) == ("prohibited", "high")
    told = [(one["verdict"], one["rule"], one["people"], one["requests"], one["overdue"]) for one in tool["verdicts"]]
    assert told == [("prohibited", 1, 1, 1, False), ("approved", 2, 2, 8, True)]
    totals = document["totals"]
    assert (totals["approved_requests"], totals["people_unapproved"]) == (8, 1)
    assert {row["who"]: row["unapproved"] for row in document["people"]} == {"eve": 1, "ada": 0}
    assert [(day["approved"], day["other"]) for day in document["days"]] == [(8, 1)]
