import re

import duckdb
import pytest

from shadowscan.catalog.matcher import Matcher

LINES = [
    ("/v1/chat/completions", "", True),
    ("/proxy/v1/messages", "", True),
    ("/openai/v1/embeddings/", "", True),
    ("/mcp", "", True),
    ("/index.html", "", False),
    ("/v1/chat/completionsx", "", False),
    ("/", "claude-cli/2.0.1 (external, cli)", True),
    ("/", "Mozilla/5.0 (Windows NT 10.0) Chrome/140", False),
    ("/", "notclaude-clix", False),
]


@pytest.mark.parametrize(("path", "agent", "found"), LINES)
def test_the_database_finds_what_the_matcher_would(matcher: Matcher, path: str, agent: str, found: bool) -> None:
    pre = matcher.prefilter()
    row = duckdb.execute(
        "SELECT regexp_full_match(?, ?) OR regexp_matches(?, ?)",
        [path, pre.path_regex, agent, pre.user_agent_regex],
    ).fetchone()
    assert row == (found,)
    assert any(piece in path for piece in pre.path_pieces) or not re.fullmatch(pre.path_regex, path)
    answer = matcher.match(host="unknown.example", method="POST", path=path, user_agent=agent)
    assert (answer.verdict == "candidate") is found


def test_strong_ports_are_few(matcher: Matcher) -> None:
    assert 11434 in matcher.prefilter().ports
    assert not matcher.prefilter().ports & {80, 443, 8000, 8080, 3000}
