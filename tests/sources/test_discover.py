"""Which sources the arguments name, and what is said about the others."""

import gzip
import io
import os
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shadowscan.errors import Problem, SourceError
from shadowscan.sources import Source, discover, head
from shadowscan.sources.identity import identify
from shadowscan.sources.lines import read_text
from tests.sources.helpers import COMPRESSORS, flat, problems, sources
from tests.sources.test_damage import zipped


def write(folder: Path, **files: bytes) -> None:
    for name, data in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def names(found: list[Source], folder: Path) -> list[str]:
    return [source.name.removeprefix(f"{folder}/") for source in found]


def test_folders_are_read_in_order_without_hidden_files(tmp_path: Path) -> None:
    write(tmp_path, b=b"2\n", a=b"1\n", sub__c=b"3\n", sub__deep__d=b"", sub2__e=b"5\n")
    write(tmp_path / ".git", config=b"x")
    (tmp_path / ".DS_Store").write_bytes(b"x")
    found = sources(discover([str(tmp_path)]))
    assert names(found, tmp_path) == ["a", "b", "sub/c", "sub/deep/d", "sub2/e"]
    assert [source.size for source in found] == [2, 2, 2, 0, 2]


def test_a_hidden_file_named_outright_is_read(tmp_path: Path) -> None:
    (tmp_path / ".proxy.log").write_bytes(b"a\n")
    assert len(sources(discover([str(tmp_path / ".proxy.log")]))) == 1


def test_globs_are_expanded_and_files_come_once(tmp_path: Path) -> None:
    write(tmp_path, a1=b"1", a2=b"2", sub__a3=b"3", b=b"4")
    found = sources(discover([str(tmp_path / "a*"), str(tmp_path / "**/a*"), str(tmp_path / "a1"), str(tmp_path)]))
    assert names(found, tmp_path) == ["a1", "a2", "sub/a3", "b"]


def test_an_existing_name_with_pattern_characters_is_itself(tmp_path: Path) -> None:
    write(tmp_path, **{"log[1]": b"1", "log1": b"2"})
    assert names(sources(discover([str(tmp_path / "log[1]")])), tmp_path) == ["log[1]"]


def test_link_loops_end_and_linked_files_are_read(tmp_path: Path) -> None:
    write(tmp_path, sub__a=b"1")
    (tmp_path / "sub" / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    (tmp_path / "link").symlink_to(tmp_path / "sub" / "a")
    found = list(discover([str(tmp_path)]))
    assert [item.name for item in found if isinstance(item, Source)] == [str(tmp_path / "link")]
    assert [item.where for item in found if isinstance(item, Problem)] == [str(tmp_path / "self")]


def test_what_is_missing_is_said_and_the_rest_is_read(tmp_path: Path) -> None:
    write(tmp_path, a=b"1")
    (tmp_path / "empty").mkdir()
    arguments = [str(tmp_path / name) for name in ("gone", "*.none", "empty", "a", "a\0b")]
    found = list(discover(arguments))
    assert [isinstance(item, Source) for item in found] == [False, False, False, True, False]
    messages = [item.message for item in found if isinstance(item, Problem)]
    assert messages == ["can't be read", "no file matches", "the folder holds no files", "can't be read"]
    assert all(item.where for item in found if isinstance(item, Problem))


def test_special_files_are_problems(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        found = problems(discover([str(tmp_path)]))
    assert [problem.message for problem in found] == ["not a regular file"] * 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_forbidden_files_and_folders_are_problems(tmp_path: Path) -> None:
    write(tmp_path, a=b"1", sub__b=b"2", c=b"3")
    (tmp_path / "a").chmod(0)
    (tmp_path / "sub").chmod(0)
    found = list(discover([str(tmp_path)]))
    (tmp_path / "sub").chmod(0o700)
    assert sorted(item.where for item in found if isinstance(item, Problem)) == [
        str(tmp_path / "a"),
        str(tmp_path / "sub"),
    ]
    assert [item.path for item in found if isinstance(item, Source)] == [str(tmp_path / "c")]


def test_a_file_that_vanishes_is_a_source_error(tmp_path: Path) -> None:
    write(tmp_path, a=b"1\n")
    (source,) = sources(discover([str(tmp_path)]))
    (tmp_path / "a").unlink()
    with pytest.raises(SourceError) as caught:
        list(read_text(source))
    assert caught.value.problem.where == source.name


@pytest.mark.parametrize("compression", COMPRESSORS)
def test_magic_bytes_decide_not_the_name(tmp_path: Path, compression: str) -> None:
    path = tmp_path / "export.gz"
    path.write_bytes(COMPRESSORS[compression](b"a line of a log\n"))
    (source,) = sources(discover([str(path)]))
    assert source.compression == compression
    assert [line.text for line in flat(list(read_text(source)))] == ["a line of a log"]


@pytest.mark.parametrize("magic", [b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07\x01", b"\x04\x22\x4d\x18", b"\x1f\x9d"])
def test_archives_we_can_not_open_are_named(tmp_path: Path, magic: bytes) -> None:
    (tmp_path / "logs").write_bytes(magic + bytes(100))
    (problem,) = problems(discover([str(tmp_path)]))
    assert "archive" in problem.message
    assert "extract" in problem.hint


def test_time_and_undecodable_names(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9.log"
    Path(os.fsdecode(path)).write_bytes(b"a\n")
    os.utime(path, (0, 86_400))
    (source,) = sources(discover([str(tmp_path)]))
    assert source.modified == datetime(1970, 1, 2, tzinfo=UTC)
    assert source.name == f"{tmp_path}/caf\\xe9.log"
    assert len(list(read_text(source))) == 1


@pytest.mark.parametrize("compression", COMPRESSORS)
def test_standard_input_is_looked_at_and_then_read(compression: str) -> None:
    data = COMPRESSORS[compression](b"a\nb\n" * 10_000)
    (source,) = sources(discover(["-"], stdin=io.BytesIO(data)))
    assert (source.name, source.size, source.compression) == ("-", None, compression)
    assert head(source, 4) == b"a\nb\n"
    assert identify(source, [(0, 40_000)])[0] is not None
    assert len(flat(list(read_text(source)))) == 20_000


def test_standard_input_beyond_what_is_kept_reads_once() -> None:
    data = b"x" * 1023 + b"\n"
    (source,) = sources(discover(["-", "-"], stdin=io.BytesIO(data * (40 << 10))))
    assert head(source, 100) == b"x" * 100
    assert sum(len(chunk.lines) for chunk in read_text(source)) == 40 << 10
    with pytest.raises(SourceError, match="only once"):
        head(source)


def test_an_archive_on_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    found = sources(discover(["-"], stdin=io.BytesIO(zipped(gzip.compress(b"a\nb\n"), "day.log.gz"))))
    assert [source.name for source in found] == ["-!day.log.gz"]
    assert len(list(tmp_path.iterdir())) == 1
    assert [line.text for line in flat(list(read_text(found[0])))] == ["a", "b"]
    del found
    assert list(tmp_path.iterdir()) == []


def test_a_real_pipe_is_read() -> None:
    program = (
        "from shadowscan.sources import discover, head\n"
        "from shadowscan.sources.lines import read_text\n"
        "(source,) = discover(['-'])\n"
        "print(len(head(source)), sum(len(chunk.lines) for chunk in read_text(source)))"
    )
    data = gzip.compress(b"a line\n" * 300_000)
    done = subprocess.run([sys.executable, "-c", program], input=data, capture_output=True, check=True)
    assert done.stdout.split() == [b"65536", b"300000"]
