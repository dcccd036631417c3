"""What a watcher makes of single happenings to its files, and what it says of them."""

import gzip
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shadowscan.config import DirectorySettings, WatchSettings
from shadowscan.errors import SourceError
from shadowscan.formats.library import FormatLibrary, load_library
from shadowscan.listen.spool import Spool
from shadowscan.sources.pipes import FileBytes
from tests.ingest.squidlog import expected, text, write
from tests.watch.bench import Watched


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def holds(watched: Watched, numbers: range | list[int]) -> None:
    counted = watched.counted()
    assert (counted.events, counted.rejected, counted.services) == (len(numbers), 0, expected(numbers))


def test_a_line_without_its_end_waits_and_counts_once_when_it_is_quiet(watched: Watched) -> None:
    log = write(watched.folder / "access.log", text([1, 4, 5])[:-4])
    watched.step()
    holds(watched, [1, 4])
    watched.step(59)
    holds(watched, [1, 4])
    watched.step(2)
    assert watched.counted().events == 3
    write(log, text([1, 4, 5, 8]))
    watched.step()
    holds(watched, [1, 4, 5, 8])


def test_a_packed_file_is_read_when_nobody_writes_to_it_any_more(watched: Watched) -> None:
    packed = gzip.compress(text(range(50)))
    target = watched.folder / "access.log.1.gz"
    target.write_bytes(packed[:100])
    watched.step()
    watched.step(4)
    target.write_bytes(packed)
    watched.step(4)
    watched.step(4)
    assert watched.counted().events == 0
    watched.step(2)
    holds(watched, range(50))
    assert "damaged" not in watched.events_said()


def test_a_damaged_file_is_told_once_and_read_again_when_it_is_whole(watched: Watched) -> None:
    packed = gzip.compress(text(range(50)))
    target = watched.folder / "access.log.1.gz"
    target.write_bytes(packed[:-30])
    for _ in range(5):
        watched.step(60)
    assert watched.events_said().count("damaged") == 1
    target.write_bytes(packed)
    watched.drain()
    holds(watched, range(50))


def test_a_new_file_behind_a_reused_inode_is_new(watched: Watched) -> None:
    log = write(watched.folder / "access.log", text(range(10)))
    watched.step()
    log.write_bytes(text(range(100, 120)))
    os.utime(log, ns=(1, 1))
    watched.step()
    holds(watched, [*range(10), *range(100, 120)])


def test_tiny_files_that_begin_alike_are_told_apart(watched: Watched) -> None:
    one, other = watched.folder / "one.log", watched.folder / "other.log"
    write(one, text([1]))
    write(other, text([1]))
    watched.step()
    write(one, text([1, 4]))
    write(other, text([1, 5]))
    watched.step()
    write(one, text([1, 4, 8]))
    write(other, text([1, 5, 9]))
    watched.step()
    holds(watched, [1, 4, 5, 8, 9])


def test_links_in_a_circle_and_hidden_files(watched: Watched) -> None:
    write(watched.folder / "a" / "access.log", text(range(5)))
    write(watched.folder / "a" / ".access.log.swp", text(range(100, 105)))
    (watched.folder / "a" / "again").symlink_to(watched.folder)
    watched.step()
    holds(watched, range(5))


def test_includes_and_excludes(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    directory = DirectorySettings(path=tmp_path / "logs", include=("*.log", "*.log.*"), exclude=("old/*",))
    watched = Watched(tmp_path, WatchSettings(), directory)
    for name in ("a.log", "a.log.1", "notes.txt", "old/b.log"):
        write(watched.folder / name, text(range(5 * len(name), 5 * len(name) + 5)))
    watched.step()
    holds(watched, [*range(25, 30), *range(35, 40)])


def test_a_folder_that_is_away_for_a_while_is_not_forgotten(watched: Watched, tmp_path: Path) -> None:
    write(watched.folder / "access.log", text(range(5)))
    watched.step()
    watched.folder.rename(tmp_path / "away")
    watched.step()
    watched.step()
    (tmp_path / "away").rename(watched.folder)
    write(watched.folder / "access.log", text(range(9)))
    watched.step()
    holds(watched, range(9))
    assert [word for word in watched.events_said() if "folder" in word] == ["folder-lost", "folder-back"]


def test_lines_that_vanished_unread_are_an_alarm(watched: Watched) -> None:
    log = watched.folder / "access.log.gz"
    log.write_bytes(gzip.compress(text(range(5))))
    watched.step()
    log.unlink()
    watched.step()
    assert "level=alarm event=vanished" in watched.said[-1]


def test_a_read_file_goes_only_when_it_is_durable_and_quiet(tmp_path: Path) -> None:
    logs, done = tmp_path / "logs", tmp_path / "done"
    logs.mkdir()
    directory = DirectorySettings(path=logs, after="move", move_to=done, after_quiet=timedelta(minutes=5))
    watched = Watched(tmp_path, WatchSettings(), directory)
    whole = write(logs / "sub" / "whole.log", text(range(5)))
    torn = write(logs / "torn.log", text(range(10, 15))[:-3])
    watched.step()
    assert whole.exists()
    watched.step(301)
    watched.step(1)
    assert (done / "sub" / "whole.log").read_bytes() == text(range(5))
    assert not whole.exists()
    write(logs / "sub" / "whole.log", text(range(20, 25)))
    watched.step(1)
    watched.step(301)
    assert sorted(path.name for path in (done / "sub").iterdir()) == ["whole.log", "whole.log.1"]
    assert not torn.exists(), "quiet for five minutes, its last line counts"
    assert watched.counted().events == 15


def test_the_newest_file_of_a_spool_stays_while_more_may_be_written_to_it(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    directory = DirectorySettings(path=logs, after="delete", after_quiet=timedelta(minutes=5))
    spool = Spool(logs, rotate_bytes=1 << 20, rotate_after=timedelta(hours=1))
    spool.write(text(range(5)).splitlines())
    watched = Watched(tmp_path, WatchSettings(), directory)
    for _ in range(3):
        watched.step(301)
    spool.write(text(range(5, 9)).splitlines())
    spool.close()
    for _ in range(3):
        watched.step(301)
    assert list(logs.iterdir()) == []
    assert watched.counted().events == 9


def test_a_source_that_falls_silent_is_told_and_when_it_is_heard_again(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    directory = DirectorySettings(path=tmp_path / "logs", silent_after=timedelta(hours=1))
    watched = Watched(tmp_path, WatchSettings(), directory)
    log = write(watched.folder / "access.log", text(range(5)))
    watched.step()
    watched.step(3601)
    watched.step(3601)
    write(log, text(range(9)))
    watched.step()
    assert [word for word in watched.events_said() if word in {"silent", "heard-again"}] == ["silent", "heard-again"]


def test_a_jump_in_rejected_lines_is_told(watched: Watched) -> None:
    log = write(watched.folder / "access.log", text(range(300)))
    watched.step()
    with log.open("ab") as file:
        file.write(b"1793600000.1 a new firmware writes this\n" * 300)
    watched.step()
    with log.open("ab") as file:
        file.write(text(range(1000, 1300)))
    watched.step()
    drift = [word for word in watched.events_said() if word.startswith("format-drift")]
    assert drift == ["format-drift", "format-drift-over"]


def test_names_of_strangers_take_no_effect_in_messages(watched: Watched) -> None:
    write(watched.folder / "evil\n\x1b[2J.log.gz", b"").write_bytes(b"\x1f\x8b\x08 broken")
    watched.step(1)
    watched.step(10)
    assert len(watched.said) == 1
    assert "\x1b" not in watched.said[0]
    assert "\n" not in watched.said[0]


@pytest.mark.parametrize("call", ["__init__", "readinto"], ids=["in opening", "in the middle of reading"])
def test_a_file_that_can_not_be_read_for_a_while_counts_once(
    watched: Watched, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """Permissions taken away and given back; a network mount that loses its handle."""
    log = write(watched.folder / "access.log", text(range(3000)))
    watched.step()
    write(log, text(range(6000)))
    sound = getattr(FileBytes, call)

    def failing(pipe: FileBytes, *arguments: str) -> int:
        if call == "__init__" or pipe.consumed > 200_000:
            raise SourceError("can't be read", reason="Stale file handle", where=str(log))
        found: int = sound(pipe, *arguments)
        return found

    with monkeypatch.context() as patch:
        patch.setattr(FileBytes, call, failing)
        for _ in range(3):
            watched.step(1)
    assert [word for word in watched.events_said() if word != "read"] == [
        "unreadable" if call == "__init__" else "damaged"
    ]
    watched.step(10)
    holds(watched, range(6000))


def test_a_log_without_years_is_followed_over_new_year(tmp_path: Path) -> None:
    watched = Watched(tmp_path, library=FormatLibrary([load_library().get("dnsmasq")]))
    log = watched.folder / "dns.log"
    for stamp, day in (
        ("Dec 31 23:59:59", datetime(2025, 12, 31, tzinfo=UTC)),
        ("Jan  1 00:00:01", datetime(2026, 1, 1, 1, tzinfo=UTC)),
    ):
        with log.open("a") as file:
            file.write(f"{stamp} gw dnsmasq[812]: query[A] chatgpt.com from 10.1.2.3\n" * 3)
        os.utime(log, (day.timestamp(), day.timestamp()))
        watched.step(1)
    with watched.database.read() as session:
        years = session.rows("SELECT year(ts), count(*) FROM events GROUP BY ALL ORDER BY ALL")
    assert years == [(2025, 3), (2026, 3)]


def test_a_restart_reads_nothing_twice(watched: Watched) -> None:
    write(watched.folder / "access.log", text(range(30)))
    watched.step()
    shutil.copy(watched.folder / "access.log", watched.folder / "copy.log")
    watched.restart()
    assert watched.step().lines == 0
    holds(watched, range(30))
