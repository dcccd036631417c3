"""The benchmark's logs are what they claim, and its table never passes a failed run off as a fast one."""

import csv
import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from benchmarks import run as bench
from benchmarks.contestants import Contestant, contestants
from benchmarks.formats import WRITERS
from benchmarks.measure import Run, floor_bytes, run
from benchmarks.plain_loop import READERS
from benchmarks.results import Measured, document
from benchmarks.traffic import AI_REQUESTS, AI_SHARE, BLOCK, Row, rows

COUNT = 20_000


@pytest.fixture(scope="module")
def traffic() -> list[Row]:
    return list(rows(COUNT))


def test_the_traffic_is_the_same_every_time(traffic: list[Row]) -> None:
    assert list(rows(COUNT)) == traffic
    assert len(traffic) == COUNT


def test_time_runs_forward_over_fourteen_days() -> None:
    moments = [row.moment for row in rows(BLOCK + 1_000)]
    assert moments == sorted(moments)
    assert 13.9 < (moments[-1] - moments[0]) / 86_400 <= 14


def test_the_share_of_ai_and_the_breadth_of_hosts(traffic: list[Row]) -> None:
    names = {host for _, host, _ in AI_REQUESTS}
    share = sum(row.host in names for row in traffic) / COUNT
    assert abs(share - AI_SHARE) < 0.01
    assert len({row.host for row in traffic}) > 3_000
    assert 1_900 < len({row.user for row in traffic}) <= 2_000


@pytest.mark.parametrize("name", WRITERS)
def test_the_plain_loop_reads_every_line(name: str, traffic: list[Row]) -> None:
    write = WRITERS[name][1]
    facts = list(READERS[name](write(row) for row in traffic))
    assert len(facts) == COUNT
    named = [(fact[0], row.host) for fact, row in zip(facts, traffic, strict=True) if fact[0]]
    assert len(named) >= COUNT // 2
    assert all(host == truth for host, truth in named)


def test_lines_are_of_their_formats(traffic: list[Row]) -> None:
    for row in traffic[:500]:
        assert len(WRITERS["squid"][1](row).split()) == 10
        assert json.loads(WRITERS["eve"][1](row))["src_ip"] == row.client
        assert len(next(csv.reader([WRITERS["zscaler"][1](row)]))) == 34
        assert WRITERS["fortigate"][1](row).count("\n") == 1


def test_memory_and_exit_code_are_the_childs() -> None:
    size = floor_bytes() + 300_000_000
    big = run([sys.executable, "-c", f"x = b'x' * {size}"])
    assert size < big.peak_bytes < size + 300_000_000
    failed = run([sys.executable, "-c", "import sys; print('why', file=sys.stderr); sys.exit(3)"])
    assert (failed.exit_code, failed.last_words) == (3, "why")


def measured(contestant: str, wall: float, exit_code: int = 0) -> Measured:
    return Measured("squid", 1_000, 50_000, contestant, "reads", Run(wall, wall / 2, 0.0, 10**7, exit_code, ""))


def test_ratios_are_to_shadowscan() -> None:
    table = document([measured("shadowscan scan", 2.0), measured("GoAccess", 9.0)], [], 3)
    assert "| GoAccess | reads | 9.00 | 4.50 | 111 | 0 | 10 | 4.50 |" in table


def test_a_failed_run_gives_no_number_and_no_ratio() -> None:
    table = document([measured("shadowscan scan", 0.02, exit_code=1), measured("GoAccess", 9.0)], [], 3)
    assert "| shadowscan scan | failed: exit code 1 | | | | | | |" in table
    assert "| GoAccess | reads | 9.00 | 4.50 | 111 | 0 | 10 |  |" in table


@pytest.mark.parametrize(("program", "code"), [("true", bench.NOTHING_DONE), ("touch", 0)])
def test_a_run_that_left_nothing_behind_has_failed(program: str, code: int, tmp_path: Path) -> None:
    def command(_name: str, _log: Path, scratch: Path) -> list[str]:
        return [program, str(scratch / "scan.db")]

    log = tmp_path / "access.log"
    log.write_text("x\n")
    one = Contestant("one", "", shutil.which(program) or "", command, leaves="scan.db")
    (row,) = bench.compare("squid", log, 1, [one], 1)
    assert row.run.exit_code == code


def test_the_document_names_no_host_or_path() -> None:
    text = document([measured("wc -l", 1.0)], contestants(), 1)
    assert os.uname().nodename not in text
    assert str(Path.home()) not in text.replace("/ ", "")
    assert str(Path(__file__).parents[2]) not in text
