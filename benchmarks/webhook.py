"""Alerts while their receiver is down: ``python -m benchmarks.webhook [SECONDS]``.

A watcher reads a busy proxy's log. Its webhook refuses connections for a third of the time, fails (500) for a third,
hangs for a third, then answers. Says whether lines were read at speed meanwhile, and whether every alert arrived, in
order, compared with the file that a second sink writes.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice, pairwise
from pathlib import Path

from benchmarks.generate import generate
from benchmarks.watch import squid_lines
from shadowscan.errors import DatabaseError
from shadowscan.store.database import Database
from shadowscan.watch.status import read_status

PORT = 18_931
LINES_A_SECOND = 2_000
PATIENCE = 400.0
"""Seconds that the courier may take after the end of the outage: it tries every five minutes at the least."""
SETTINGS = """
alerts:
  rules:
    - name: everything
      min_severity: info
      cooldown: 1s
  sinks:
    - {{name: file, type: jsonl, path: {place}/alerts.jsonl}}
    - {{name: hook, type: webhook, url: "http://127.0.0.1:{port}/"}}
"""


class Receiver(ThreadingHTTPServer):
    """A webhook's receiver; ``down`` is what ails it."""

    down = "fails"

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", PORT), _Handler)
        self.taken: list[str] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.down == "hangs":
            time.sleep(60)
            return
        if not self.server.down:
            self.server.taken.append(json.loads(body)["id"])
        self.send_response(500 if self.server.down else 204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
        pass


def log_for(path: Path, seconds: float, memory: list[int], pid: int) -> int:
    """Write lines at an even pace; note the watcher's memory."""
    lines, count, until = squid_lines(1_000_000), 0, time.monotonic() + seconds
    while time.monotonic() < until:
        with path.open("ab") as file:
            file.writelines(islice(lines, LINES_A_SECOND))
        count += LINES_A_SECOND
        memory.append(_resident(pid))
        time.sleep(1)
    return count


def _resident(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20


def measure(outage: float) -> dict[str, object]:
    """Play the outage."""
    place = Path(tempfile.mkdtemp())
    folder, database, settings = place / "logs", place / "watch.duckdb", place / "shadowscan.yaml"
    folder.mkdir()
    settings.write_text(SETTINGS.format(place=place, port=PORT), encoding="utf-8")
    generate("squid", 1_000_000)
    command = [sys.executable, "-c", "from shadowscan.cli.app import main; main()", "--config", str(settings)]
    command += ["watch", str(folder), "--db", str(database)]
    memory: list[int] = []
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            while _lines(database) is None:
                time.sleep(0.1)
            log, part = folder / "access.log", outage / 3
            count = log_for(log, part, memory, process.pid)
            receiver = Receiver()
            count += log_for(log, part, memory, process.pid)
            receiver.down = "hangs"
            count += log_for(log, part, memory, process.pid)
            receiver.down, ended = "", time.monotonic()
            behind = count - (_lines(database) or 0)
            while time.monotonic() < ended + PATIENCE and not _all_there(place, receiver.taken):
                time.sleep(0.5)
        finally:
            process.send_signal(signal.SIGTERM)
    sent = _sent(place)
    with Database(database).read() as session:
        lines = session.rows("SELECT sum(lines)::BIGINT FROM ledger")[0][0]
    first = list(dict.fromkeys(receiver.taken))
    return {
        "outage_s": outage,
        "lines": count,
        "exact": lines == count,
        "lines_behind_at_the_end": behind,
        "alerts": len(sent),
        "delivered": len(first),
        "missing": len(set(sent) - set(first)),
        "out_of_order": sum(sent.index(one) > sent.index(after) for one, after in pairwise(first)),
        "delivered_after_s": round(time.monotonic() - ended, 1),
        "memory_mb": [memory[len(memory) // 3], memory[-1]],
    }


def _all_there(place: Path, taken: Sequence[str]) -> bool:
    return bool(sent := _sent(place)) and set(sent) <= set(taken)


def _sent(place: Path) -> list[str]:
    """Ids of all alerts, in their order."""
    path = place / "alerts.jsonl"
    rows = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return list(dict.fromkeys(json.loads(row)["alert"] for row in rows))


def _lines(database: Path) -> int | None:
    try:
        return read_status(database).lines
    except DatabaseError:
        return None


if __name__ == "__main__":
    print(json.dumps(measure(float(sys.argv[1]) if len(sys.argv) > 1 else 200.0)))
