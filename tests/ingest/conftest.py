"""One database a test."""

from pathlib import Path

import pytest

from tests.ingest.bench import Bench, squid_only


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "test.duckdb", squid_only())
