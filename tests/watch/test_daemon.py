"""The command as a process: signals, one watcher a database, status, metrics, service manager, readers beside it."""

import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shadowscan.cli.watch_status import in_a_line
from shadowscan.errors import ExitCode
from tests.commandline import COMMAND, good, in_process, report, shadowscan
from tests.ingest.squidlog import text, write

SETTINGS = """
watch:
  directories:
    - {path: logs, name: proxies, site: Paris, silent_after: 1h}
  rescan: 1s
  settle: 1s
  quiet: 2s
  metrics_file: metrics.prom
"""


@contextmanager
def watching(place: Path, *arguments: str, env: dict[str, str] | None = None) -> "Iterator[subprocess.Popen[bytes]]":
    command = [*COMMAND, "--config", "shadowscan.yaml", "watch", "--db", "w.duckdb", *arguments]
    with (
        (place / "messages").open("w") as messages,
        subprocess.Popen(command, cwd=place, stderr=messages, env={**os.environ, **(env or {})}) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "nothing came"
        time.sleep(0.1)


def status(place: Path) -> dict[str, object]:
    ran = shadowscan("watch", "--status", "--json", "--db", place / "w.duckdb")
    found: dict[str, object] = ran.json() if ran.code == 0 else {"lines": -1}
    return found


@pytest.fixture
def told(tmp_path: Path) -> Iterator[set[str]]:
    """What a service manager is told on its socket."""
    messages: set[str] = set()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(str(tmp_path / "notify"))

        def listen() -> None:
            while (message := channel.recv(200).decode()) != "end":
                messages.add(message)

        thread = threading.Thread(target=listen)
        thread.start()
        yield messages
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as last:
            last.sendto(b"end", str(tmp_path / "notify"))
        thread.join()


def test_a_life_of_a_watcher(tmp_path: Path, told: set[str]) -> None:
    (tmp_path / "shadowscan.yaml").write_text(SETTINGS)
    log = write(tmp_path / "logs" / "access.log", text(range(100)))
    with watching(tmp_path, "--log", "json", env={"NOTIFY_SOCKET": str(tmp_path / "notify")}) as process:
        until(lambda: status(tmp_path)["lines"] == 100)
        second = in_process("watch", tmp_path / "logs", "--db", tmp_path / "w.duckdb")
        assert second.code == ExitCode.DATABASE
        assert f"process {process.pid}" in second.err
        shown = report(tmp_path / "w.duckdb")
        assert (shown["totals"]["lines"], shown["sources"][0]["site"]) == (100, "Paris")
        log.rename(log.with_name("access.log.1"))
        write(log, text(range(100, 150)))
        until(lambda: status(tmp_path)["lines"] == 150)
        status_text = good(shadowscan("watch", "--status", "--db", tmp_path / "w.duckdb")).out
        assert f"process {process.pid}" in status_text
        assert "proxies: access.log (Paris)" in status_text
        assert in_a_line(tmp_path / "w.duckdb").startswith("watching: 150 lines, ")
        until(lambda: 'shadowscan_watch_lines_total{folder="proxies",log="access.log"} 150.0' in _metrics(tmp_path))
        (tmp_path / "shadowscan.yaml").write_text(SETTINGS.replace("proxies", "gateways"))
        process.send_signal(signal.SIGHUP)
        until(lambda: "reloaded" in _messages(tmp_path))
        (tmp_path / "shadowscan.yaml").write_text("watch: {rescan: soon}")
        process.send_signal(signal.SIGHUP)
        until(lambda: "reload-failed" in _messages(tmp_path))
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        assert _messages(tmp_path)[-1] == "stopped"
    assert in_a_line(tmp_path / "w.duckdb") == ""
    after = shadowscan("watch", "--status", "--db", tmp_path / "w.duckdb")
    assert (after.code, "not running" in after.out) == (ExitCode.INCOMPLETE, True)
    assert good(shadowscan("db", "verify", "--db", tmp_path / "w.duckdb")).out.startswith("sound")
    assert {"READY=1", "WATCHDOG=1", "STOPPING=1"} <= told


def _messages(place: Path) -> list[str]:
    """Words said so far; every message is a JSON object."""
    return [json.loads(line)["event"] for line in (place / "messages").read_text().splitlines()]


def _metrics(place: Path) -> str:
    path = place / "metrics.prom"
    return path.read_text() if path.exists() else ""


def test_nothing_to_watch_is_a_usage_error(tmp_path: Path) -> None:
    assert shadowscan("watch", "--db", tmp_path / "w.duckdb").code == ExitCode.USAGE
    log = write(tmp_path / "access.log", text([1]))
    ran = shadowscan("watch", log, "--db", tmp_path / "w.duckdb")
    assert (ran.code, "is a file" in ran.err) == (ExitCode.USAGE, True)


def test_the_status_of_a_database_nobody_watches(tmp_path: Path) -> None:
    ran = shadowscan("watch", "--status", "--db", tmp_path / "w.duckdb")
    assert ran.code == ExitCode.DATABASE
    assert "shadowscan watch DIR" in ran.err
