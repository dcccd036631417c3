"""`shadowscan listen` as a process: messages in, files out, read by `scan`."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from shadowscan.errors import ExitCode
from tests.commandline import shadowscan

MESSAGE = (
    b"<134>Nov 20 10:15:00 proxy squid[1]: 1795169700.123    120 192.0.2.7 TCP_MISS/200 5120 POST "
    b"https://chatgpt.com/backend-api/conversation ada HIER_DIRECT/203.0.113.9 application/json\n"
)


def test_what_was_heard_is_spooled_and_scanned(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "shadowscan", "listen", "--tcp", f"127.0.0.1:{port}", "--spool", str(spool)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=dict(os.environ)) as process:
        assert process.stderr is not None
        assert f"listening on 127.0.0.1:{port}" in process.stderr.readline().decode()
        with socket.create_connection(("127.0.0.1", port)) as sender:
            sender.sendall(MESSAGE * 3)
            sender.shutdown(socket.SHUT_WR)
            assert sender.recv(1) == b""  # it has read all and closed
        process.send_signal(signal.SIGTERM)
        assert "3 messages spooled" in process.stderr.read().decode()
    assert process.returncode == 0
    ran = shadowscan("scan", spool, "--db", tmp_path / "db.duckdb", "-q")
    assert ran.code == ExitCode.COMPLETE
    assert "3 lines = 3 events" in ran.out


def test_addresses_are_needed_and_checked(tmp_path: Path) -> None:
    ran = shadowscan("listen", "--spool", tmp_path)
    assert (ran.code, "nothing to listen on" in ran.err) == (ExitCode.USAGE, True)
    ran = shadowscan("listen", "--udp", "514", "--spool", tmp_path)
    assert (ran.code, "--udp: write host:port" in ran.err) == (ExitCode.USAGE, True)
