"""A full disk and an unwritable database: the watcher pauses, says so, and goes on where it was."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ingest.squidlog import expected, text, write
from tests.watch.bench import Watched

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", place], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


@needs_root
@pytest.mark.soak
def test_a_full_disk_is_waited_out(small_disk: Path, tmp_path: Path) -> None:
    watched = Watched(tmp_path, database=small_disk / "watch.duckdb")
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(3 << 20))
    for number in range(8):
        write(watched.folder / f"{number}.log", text(range(number * 4000, number * 4000 + 4000)))
        watched.step(31)
    assert "disk-full" in watched.events_said()
    assert watched.watcher.problem
    ballast.unlink()
    subprocess.run(["mount", "-o", "remount,size=60m", small_disk], check=True)
    watched.drain()
    counted = watched.counted()
    assert (counted.events, counted.rejected, counted.services) == (32_000, 0, expected(range(32_000)))
    assert watched.events_said()[-1] == "read"
    assert "database-back" in watched.events_said()


@needs_root
def test_a_database_on_a_disk_that_turns_read_only_is_waited_for(small_disk: Path, tmp_path: Path) -> None:
    watched = Watched(tmp_path, database=small_disk / "watch.duckdb")
    write(watched.folder / "access.log", text(range(50)))
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    watched.step()
    watched.step(31)
    assert watched.events_said() == ["database-failed"]
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    watched.step(61)
    assert watched.events_said()[1:] == ["database-back", "read"]
    assert watched.counted().services == expected(range(50))


def test_a_database_that_is_held_is_waited_for(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    log = write(watched.folder / "access.log", text(range(50)))
    with watched.held_elsewhere():
        for _ in range(4):
            watched.step(31)
    assert watched.events_said() == ["database-held"]
    write(log, text(range(80)))
    watched.step(31)
    assert watched.events_said() == ["database-held", "database-back", "read"]
    counted = watched.counted()
    assert (counted.events, counted.services) == (80, expected(range(80)))


def test_a_database_whose_file_went_bad_is_told_and_tried_again(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    sound = watched.database.path.read_bytes()
    watched.database.path.write_bytes(b"no database" * 1000)
    write(watched.folder / "access.log", text(range(50)))
    watched.step()
    watched.step(31)
    assert watched.events_said() == ["database-failed"]
    watched.database.path.write_bytes(sound)
    watched.step(61)
    assert watched.counted().events == 50
