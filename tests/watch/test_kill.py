"""``kill -9`` under load, again and again: nothing lost, nothing doubled."""

import json
import subprocess
import sys

import pytest

from tests.commandline import ROOT


def _killed(kills: int, seed: int) -> None:
    command = [sys.executable, "-m", "tests.watch.killing", str(kills), str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    result = json.loads(done.stdout)
    assert result["events"] == result["written"], result
    assert result["services_exact"], result
    assert (result["rejected"], result["wrong"]) == (0, []), result
    print(done.stdout.strip())
    assert result["runs_that_read"] > kills // 10, "most watchers died before they read anything"


def test_a_watcher_killed_a_few_times_loses_and_doubles_nothing() -> None:
    _killed(6, 20261124)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(6))
def test_a_watcher_killed_hundreds_of_times_loses_and_doubles_nothing(seed: int) -> None:
    _killed(90, seed)
