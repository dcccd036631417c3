"""Recall and precision over captures that others made, with the truth of another dissector (where they are at hand)."""

import importlib.util
import json
from argparse import Namespace
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from shadowscan.capture import read_capture

SHARED = Path(__file__).parents[3] / "shared"
CORPUS, SCORER = SHARED / "corpus" / "pcap", SHARED / "tools" / "score_pcaps.py"
RECALL = {"tls": 99, "quic": 99, "dns": 99, "http": 99, "connect": 99, "flow": 99, "flow_bytes": 98, "flow_client": 99}
PRECISION = 99.0
ARGUMENTS = Namespace(cmd="{file}", key="full", bytes="ip", tol=0.005, answers=True, timeout=60)

pytestmark = pytest.mark.skipif(not SCORER.exists(), reason="the corpus is not here")


def read(command: list[str], **_: object) -> SimpleNamespace:
    """Stand in for a process that prints the events of a capture."""
    lines = []
    with Path(command[0]).open("rb") as stream:
        for batch in read_capture(stream, command[0]):
            assert batch.packets == batch.dissected + batch.not_ip + batch.damaged
            lines += [json.dumps(row) for row in batch.events.drop_columns(["ts"]).to_pylist()]
    return SimpleNamespace(stdout="\n".join(lines).encode(), stderr=b"", returncode=0)


def scorer() -> Any:
    spec = importlib.util.spec_from_file_location("score_pcaps", SCORER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_recall_and_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    tool, found, missed, extra = scorer(), Counter[str](), Counter[str](), Counter[str]()
    process = SimpleNamespace(run=read, PIPE=None, TimeoutExpired=TimeoutError)
    monkeypatch.setattr(tool, "subprocess", process)
    for path, truth in tool.load(str(CORPUS), ""):
        for kind, counts in tool.score_one(ARGUMENTS, path, truth)["counts"].items():
            for total, count in zip((found, missed, extra), counts, strict=True):
                total[kind] += count
    for kind, wanted in RECALL.items():
        assert 100 * found[kind] / (found[kind] + missed[kind]) >= wanted, kind
        assert 100 * found[kind] / (found[kind] + extra[kind]) >= PRECISION, kind
