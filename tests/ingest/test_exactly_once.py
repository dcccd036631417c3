"""Every complete line counts once: after a repeated scan, growth, renaming, compression, overlap."""

import zipfile
from pathlib import Path

import pytest

from shadowscan.ingest.inputs import Status
from tests.commandline import good, in_process
from tests.ingest.bench import Bench
from tests.ingest.squidlog import expected, line, text, write

COUNT = 40


def assert_counted(bench: Bench, numbers: range | list[int]) -> None:
    """The database holds each of these lines once, all of them understood."""
    figures = bench.figures()
    assert (figures.events, figures.rejected, figures.skipped) == (len(numbers), 0, 0)
    assert figures.services == expected(numbers)


def test_scanning_twice_adds_nothing(tmp_path: Path, bench: Bench) -> None:
    log = write(tmp_path / "access.log", text(range(COUNT)))
    bench.scan(log)
    once = bench.figures()
    assert [result.status for result in bench.scan(log)] == [Status.UNCHANGED]
    assert bench.figures() == once
    assert_counted(bench, range(COUNT))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("shift", [-40, -2, -1, 0, 1, 40])
def test_a_grown_file_adds_only_what_is_new(tmp_path: Path, bench: Bench, end: str, shift: int) -> None:
    """Cut around the end of a line: within it, before and within its line end, behind it, in the next line."""
    whole = text(range(COUNT), end)
    cut = len(text(range(20), end)) + shift
    log = write(tmp_path / "access.log", whole[:cut])
    bench.scan(log)
    bench.scan(write(log, whole))
    assert_counted(bench, range(COUNT))
    assert bench.figures().lines == COUNT


def test_growth_goes_on_scan_after_scan(tmp_path: Path, bench: Bench) -> None:
    whole = text(range(COUNT))
    log = tmp_path / "access.log"
    for cut in range(100, len(whole) + 400, 400):
        bench.scan(write(log, whole[:cut]))
    assert_counted(bench, range(COUNT))


def test_an_unterminated_last_line_counts_as_it_ends_up(tmp_path: Path, bench: Bench) -> None:
    """The torn line is a sound record already: the final line replaces it, it doesn't come on top."""
    whole = text([1, 4, 5])
    log = write(tmp_path / "access.log", whole[:-4])
    bench.scan(log)
    assert bench.figures().events == 3
    bench.scan(write(log, whole + text([8])))
    assert_counted(bench, [1, 4, 5, 8])
    assert bench.figures().lines == 4


def test_an_unterminated_last_line_that_stays_counts_once(tmp_path: Path, bench: Bench) -> None:
    log = write(tmp_path / "access.log", text(range(COUNT))[:-1])
    bench.scan(log)
    bench.scan(log)
    assert_counted(bench, range(COUNT))


def test_a_torn_line_that_grows_leaves_no_reject_behind(tmp_path: Path, bench: Bench) -> None:
    whole = text(range(COUNT))
    log = write(tmp_path / "access.log", whole[:-80])
    bench.scan(log)
    assert bench.figures().rejected == 1
    bench.scan(write(log, whole))
    assert_counted(bench, range(COUNT))


@pytest.mark.parametrize("copy", ["access.log.1", "access.log.1.gz", "old/access.log"])
def test_a_copy_under_another_name_adds_nothing(tmp_path: Path, bench: Bench, copy: str) -> None:
    whole = text(range(COUNT))
    bench.scan(write(tmp_path / "access.log", whole))
    assert [result.status for result in bench.scan(write(tmp_path / copy, whole))] == [Status.UNCHANGED]
    assert_counted(bench, range(COUNT))


def test_a_copy_in_an_archive_adds_nothing(tmp_path: Path, bench: Bench) -> None:
    bench.scan(write(tmp_path / "access.log", text(range(COUNT))))
    with zipfile.ZipFile(tmp_path / "logs.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("squid/access.log", text(range(COUNT)))
    assert [result.status for result in bench.scan(tmp_path / "logs.zip")] == [Status.UNCHANGED]
    assert_counted(bench, range(COUNT))


def test_rotation_goes_on_in_the_renamed_file(tmp_path: Path, bench: Bench) -> None:
    log = write(tmp_path / "access.log", text(range(COUNT))[:1000])
    bench.scan(log)
    log.rename(tmp_path / "access.log.1")
    write(tmp_path / "access.log.1", text(range(COUNT)))
    write(log, text(range(COUNT, 2 * COUNT)))
    bench.scan(log, tmp_path / "access.log.1")
    assert_counted(bench, range(2 * COUNT))


def test_a_compressed_copy_of_a_file_that_has_grown_adds_what_is_new(tmp_path: Path, bench: Bench) -> None:
    bench.scan(write(tmp_path / "access.log", text(range(COUNT))[:1500]))
    bench.scan(write(tmp_path / "access.log.1.gz", text(range(COUNT))))
    assert_counted(bench, range(COUNT))


def test_overlapping_exports_count_the_maximum(tmp_path: Path, bench: Bench) -> None:
    """Days 1 and 2 in one export, 2 and 3 in the other."""
    bench.scan(write(tmp_path / "first.log", text(range(30))), write(tmp_path / "second.log", text(range(20, 50))))
    assert_counted(bench, range(50))
    assert (bench.figures().lines, bench.figures().duplicates) == (60, 10)


def test_an_export_inside_another_adds_nothing(tmp_path: Path, bench: Bench) -> None:
    bench.scan(write(tmp_path / "month.log", text(range(COUNT))), write(tmp_path / "day.log", text(range(10, 20))))
    assert_counted(bench, range(COUNT))


def test_equal_lines_within_one_file_are_all_real(tmp_path: Path, bench: Bench) -> None:
    bench.scan(write(tmp_path / "access.log", text([4, 4, 4, 5])))
    assert_counted(bench, [4, 4, 4, 5])


def test_equal_lines_in_two_files_count_the_maximum(tmp_path: Path, bench: Bench) -> None:
    bench.scan(write(tmp_path / "a.log", text([4, 4, 5])), write(tmp_path / "b.log", text([4, 4, 4, 8])))
    assert_counted(bench, [4, 4, 4, 5, 8])
    assert bench.figures().duplicates == 2


def test_a_file_that_was_replaced_is_new(tmp_path: Path, bench: Bench) -> None:
    log = write(tmp_path / "access.log", text(range(COUNT)))
    bench.scan(log)
    bench.scan(write(log, text(range(100, 110))))
    assert_counted(bench, [*range(COUNT), *range(100, 110)])


def test_another_line_of_the_same_beginning_is_another_file(tmp_path: Path, bench: Bench) -> None:
    """Two files that start alike and then differ are two files, however short."""
    bench.scan(write(tmp_path / "a.log", text([1, 2])), write(tmp_path / "b.log", text([1, 3])))
    assert_counted(bench, [1, 2, 3])


def test_standard_input_counts_what_no_file_gave(tmp_path: Path, bench: Bench) -> None:
    bench.scan(write(tmp_path / "access.log", text(range(10))))
    good(in_process("scan", "-", "--db", bench.path, stdin=text(range(5, 15))))
    assert_counted(bench, range(15))


def test_labels_that_were_forgotten_for_memorys_sake_are_given_again(
    tmp_path: Path, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shadowscan.ingest.label.MOST_HOSTS", 3)
    monkeypatch.setattr("shadowscan.ingest.label.MOST_REQUESTS", 1)
    logs = [write(tmp_path / f"{part}.log", text(range(part * 20, part * 20 + 20))) for part in range(4)]
    bench.scan(*logs)
    assert_counted(bench, range(80))
    with bench.database.read() as session:
        assert session.rows("SELECT count(*), count(DISTINCT host) FROM hosts") == [(4, 4)]


def test_a_line_of_another_host_is_another_line(tmp_path: Path, bench: Bench) -> None:
    """Equal but for one field: not a duplicate."""
    bench.scan(write(tmp_path / "a.log", text([4])), write(tmp_path / "b.log", f"{line(4, 'claude.ai')}\n".encode()))
    assert bench.figures().services == {"openai-chatgpt": 1, "anthropic-claude": 1}
