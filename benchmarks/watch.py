"""The watcher measured as a process of its own: ``python -m benchmarks.watch rotations|burst|files``.

``rotations``: 1 M Squid lines over 50 files, renamed one after the other, with readers beside it.
``burst``: 200 MB at once. ``files``: 10,000 small files at once.
Says how long, how much processor, how much memory, how long readers waited, and whether every line was counted.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from benchmarks.generate import generate
from shadowscan.errors import DatabaseError
from shadowscan.store.database import Database
from shadowscan.watch.status import read_status

ROTATIONS = 50
LINES = 1_000_000
BURST = 200 << 20
FILES = 10_000
LINES_A_FILE = 20


def squid_lines(count: int) -> Iterator[bytes]:
    """Lines of a busy proxy, made before anything is measured; beyond ``LINES`` from the first one on."""
    while count > 0:
        with generate("squid", LINES).open("rb") as file:
            yield from islice(file, count)
        count -= LINES


def rotations(folder: Path) -> int:
    """A proxy that writes in pieces and rotates by name."""
    log, lines = folder / "access.log", squid_lines(LINES)
    for number in range(ROTATIONS):
        with log.open("ab") as file:
            for _ in range(20):
                file.writelines(islice(lines, LINES // ROTATIONS // 20))
                file.flush()
        log.rename(folder / f"access.log.{number}")
    return LINES


def burst(folder: Path) -> int:
    """One file of 200 MB; some of its lines come twice, and count twice."""
    count = size = 0
    with (folder / "access.log").open("wb") as file:
        for line in squid_lines(2 * LINES):
            file.write(line)
            count, size = count + 1, size + len(line)
            if size >= BURST:
                break
    return count


def files(folder: Path) -> int:
    """Ten thousand files of twenty lines, put there at once."""
    lines = squid_lines(FILES * LINES_A_FILE)
    for number in range(FILES):
        (folder / f".{number}").write_bytes(b"".join(islice(lines, LINES_A_FILE)))
    for number in range(FILES):
        (folder / f".{number}").rename(folder / f"{number}.log")
    return FILES * LINES_A_FILE


SCENES: dict[str, Callable[[Path], int]] = {"rotations": rotations, "burst": burst, "files": files}


class Reader(threading.Thread):
    """Asks the database again and again, and notes how long it waited for it."""

    def __init__(self, database: Path) -> None:
        super().__init__(daemon=True)
        self.waits: list[float] = []
        self.stopped = threading.Event()
        self._database = Database(database)

    def run(self) -> None:
        """Ask every quarter of a second."""
        while not self.stopped.wait(0.25):
            started = time.monotonic()
            try:
                with self._database.read() as session:
                    self.waits.append(time.monotonic() - started)
                    session.rows("SELECT count(*) FROM ledger")
            except DatabaseError:
                self.waits.append(time.monotonic() - started)


def measure(scene: Callable[[Path], int]) -> dict[str, object]:
    """Let one scene play before a watcher."""
    place = Path(tempfile.mkdtemp())
    folder, database = place / "logs", place / "watch.duckdb"
    folder.mkdir()
    generate("squid", LINES)
    command = [
        sys.executable,
        "-c",
        "from shadowscan.cli.app import main; main()",
        "watch",
        str(folder),
        "--db",
        str(database),
    ]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        _until(lambda: _lines(database) is not None)
        reader = Reader(database)
        reader.start()
        started = time.monotonic()
        expected = scene(folder)
        written = time.monotonic() - started
        _until(lambda: (_lines(database) or 0) >= expected)
        seconds = time.monotonic() - started
        reader.stopped.set()
        reader.join()
        process.send_signal(signal.SIGTERM)
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
    with Database(database).read() as session:
        lines, events = session.rows("SELECT sum(lines)::BIGINT, sum(events)::BIGINT FROM ledger")[0]
    waits = sorted(reader.waits)
    processor = usage.ru_utime + usage.ru_stime
    return {
        "lines": expected,
        "exact": lines == expected and events == expected,
        "seconds_writing": round(written, 1),
        "seconds": round(seconds, 1),
        "lines_a_second": round(expected / seconds),
        "processor_seconds": round(processor, 1),
        "lines_a_processor_second": round(expected / processor),
        "memory_mb": usage.ru_maxrss // 1024,
        "reads": len(waits),
        "read_wait_p95": round(waits[int(0.95 * (len(waits) - 1))], 3),
        "read_wait_most": round(waits[-1], 3),
    }


def _lines(database: Path) -> int | None:
    try:
        return read_status(database).lines
    except DatabaseError:
        return None


def _until(condition: Callable[[], bool]) -> None:
    while not condition():
        time.sleep(0.1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scene", choices=SCENES)
    print(json.dumps(measure(SCENES[parser.parse_args().scene])))
