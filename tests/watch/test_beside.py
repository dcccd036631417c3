"""What runs beside the reading: alerts and the listener."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from shadowscan.config.alerts import AlertSettings
from shadowscan.config.listen import ListenSettings
from shadowscan.errors import DatabaseError, UsageError
from shadowscan.model.finding import Finding
from shadowscan.store.database import Database
from shadowscan.watch.alerting import Alerting
from shadowscan.watch.journal import Journal
from shadowscan.watch.sidework import Plan, SideWork
from shadowscan.watch.status import read_status
from shadowscan.watch.visits import Batch
from tests.commandline import COMMAND, shadowscan
from tests.sinks.factory import NOW, finding
from tests.watch.bench import ToyClock

SQUID = (
    "1763400000.123 120 192.0.2.7 TCP_MISS/200 5120 POST https://{host}/backend-api/conversation"
    " ada HIER_DIRECT/203.0.113.9 text/html\n"
)


class Scene:
    """Alerting over findings that the test sets."""

    def __init__(self, folder: Path) -> None:
        self.clock, self.said = ToyClock(seconds=0.0, wall=NOW), list[str]()
        self.findings: list[Finding] = []
        self.looks: list[float] = []
        self.takes = 0.0
        self.error: DatabaseError | None = None
        settings = AlertSettings.model_validate(
            {"rules": [{"name": "all"}], "sinks": [{"name": "file", "type": "jsonl", "path": folder / "told.jsonl"}]}
        )
        self.alerting = Alerting(settings, folder, self.find, Journal(self.said.append, self.clock), self.clock)

    def find(self) -> list[Finding]:
        self.looks.append(self.clock.seconds)
        self.clock.move(self.takes)
        if self.error:
            raise self.error
        return self.findings

    def run(self, seconds: float) -> list[float]:
        """Let time pass in steps of half a second; when were the findings looked at?"""
        self.looks = []
        end = self.clock.seconds + seconds
        while self.clock.seconds < end:
            self.alerting.look()
            self.clock.move(0.5)
        return self.looks


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_findings_are_looked_at_soon_after_lines_came_and_seldom_otherwise(scene: Scene) -> None:
    assert scene.run(200) == [0]
    scene.alerting.note(Batch(lines=1, written=NOW))
    assert scene.run(10) == [200]
    assert scene.run(400) == [500]


def test_looks_that_take_long_leave_the_time_to_reading(scene: Scene) -> None:
    scene.takes = 3.0
    looks = []
    for _ in range(120):
        scene.alerting.note(Batch(lines=1))
        looks += scene.run(0.5)
    assert {later - earlier for earlier, later in pairwise(looks)} <= {15.0, 15.5}


def test_an_alert_knows_when_its_line_was_written_and_a_database_that_is_held_delays_it(scene: Scene) -> None:
    scene.run(10)
    scene.findings = [finding(1)]
    scene.alerting.note(Batch(lines=1, written=NOW))
    scene.error = DatabaseError("held")
    assert len(scene.run(31)) == 2
    scene.error = None
    scene.run(31)
    assert [line.split(" ", 1)[1] for line in scene.said] == ["alerts-failed: problem held"] * 2 + ["alerted: alerts 1"]
    with scene.alerting:
        pass
    [status] = scene.alerting.status()
    assert (status.delivered, status.waiting) == (1, 0)
    assert status.latency_p50 is not None


def test_a_plan_that_does_not_work_leaves_the_former_one_in_force(tmp_path: Path) -> None:
    listen = ListenSettings.model_validate({"spool": tmp_path / "spool", "tcp": ["127.0.0.1:0"]})
    wrong = ListenSettings.model_validate({"spool": tmp_path, "tls": ["127.0.0.1:0"], "cert_file": tmp_path / "none"})
    clock = ToyClock()
    beside = SideWork(
        Plan(AlertSettings(), list, listen), Database(tmp_path / "db"), Journal(lambda _: None, clock), clock
    )
    with beside:
        with pytest.raises(UsageError, match="certificate"):
            beside.reload(Plan(AlertSettings(), list, wrong))
        status = beside.listener()
        assert status is not None
        host, port = status.endpoints[0].split(":")
        with socket.create_connection((host, int(port))):
            pass


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def test_the_watcher_tells_what_its_files_and_its_listener_gave(tmp_path: Path) -> None:
    """From a line in a file, and a message by syslog, to alerts; the whole daemon."""
    (tmp_path / "logs").mkdir()
    told, database, config = tmp_path / "told.jsonl", tmp_path / "db.duckdb", tmp_path / "shadowscan.yaml"
    config.write_text(
        """
watch:
  directories: [{path: logs}]
  listen: {tcp: ["127.0.0.1:0"], spool: spool}
alerts:
  sinks: [{name: file, type: jsonl, path: told.jsonl}]
  rules: [{name: all}]
"""
    )
    command = [*COMMAND, "--config", str(config), "watch", "--db", str(database)]

    def services() -> list[str]:
        return [json.loads(line)["service"] for line in told.read_text().splitlines()] if told.exists() else []

    with subprocess.Popen(command, stderr=subprocess.PIPE, env=dict(os.environ)) as watcher:
        try:
            until(lambda: (tmp_path / "spool").exists() and database.exists())
            (tmp_path / "logs" / "access.log").write_text(SQUID.format(host="chatgpt.com"))
            until(lambda: services() == ["openai-chatgpt"])
            listener = read_status(database).listener
            assert listener is not None
            with socket.create_connection(("127.0.0.1", int(listener.endpoints[0].split(":")[1]))) as sender:
                sender.sendall(("<134>Nov 20 10:15:00 proxy squid[1]: " + SQUID.format(host="claude.ai")).encode())
            until(lambda: services() == ["openai-chatgpt", "anthropic-claude"])
        finally:
            watcher.send_signal(signal.SIGTERM)
            assert watcher.wait(30) == 0
    [sink] = read_status(database).sinks
    assert (sink.delivered, sink.waiting) == (2, 0)
    shown = shadowscan("watch", "--status", "--db", database).out
    assert "file: 2 delivered, 0 waiting" in shown
    assert "1 messages, 1 spooled" in shown
