"""Zip and tar members: read in place, labelled, never unpacked; hostile archives end in a Problem."""

import gzip
import io
import pickle
import random
import tarfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shadowscan.errors import Problem, SourceError
from shadowscan.sources import Limits, Source, discover, head
from shadowscan.sources.identity import fingerprint
from shadowscan.sources.lines import read_text
from tests.sources.helpers import COMPRESSORS, flat, problems, sources

BIG = "".join(f"{number} {random.Random(number).getrandbits(80)}\n" for number in range(8_000)).encode()
FILES = {
    "day1.log": b"one\ntwo\n",
    "sub/day2.log.gz": gzip.compress(b"three\n"),
    "empty.log": b"",
    "../../etc/cron.d/evil": b"four\n",
    "big.log": BIG,
}
TEXT = {**FILES, "sub/day2.log.gz": b"three\n"}


def zip_of(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        file.writestr("folder/", b"")
        for name, data in files.items():
            file.writestr(zipfile.ZipInfo(name, (2026, 11, 3, 10, 20, 30)), data, compress_type=method)
    return buffer.getvalue()


def tar_of(files: dict[str, bytes], style: int = tarfile.PAX_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=style) as file:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1_700_000_000
            file.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


ARCHIVES = {
    "zip": zip_of(FILES),
    "stored.zip": zip_of(FILES, zipfile.ZIP_STORED),
    "bzip2.zip": zip_of(FILES, zipfile.ZIP_BZIP2),
    "gnu.tar": tar_of(FILES, tarfile.GNU_FORMAT),
    "v7.tar": tar_of(FILES, tarfile.USTAR_FORMAT),
    **{f"tar.{name}": pack(tar_of(FILES)) for name, pack in COMPRESSORS.items()},
}


def text(source: Source) -> str:
    return "".join(f"{line.text}\n" for line in flat(list(read_text(source))))


@pytest.fixture(params=ARCHIVES)
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "logs"
    path.write_bytes(ARCHIVES[request.param])
    return path


def test_every_regular_member_is_a_source(archive: Path) -> None:
    found = sources(discover([str(archive)]))
    assert {source.member: text(source) for source in found} == {name: data.decode() for name, data in TEXT.items()}
    assert [source.member for source in found] == list(FILES)
    assert found[0].name == f"{archive}!day1.log"
    assert [source.compression for source in found] == ["none", "gzip", "none", "none", "none"]
    assert list(archive.parent.iterdir()) == [archive]


def test_members_in_any_order_more_than_once_and_at_once(archive: Path) -> None:
    found = sources(discover([str(archive)]))
    for source in [*reversed(found), *found, *found]:
        assert head(source, 5) == TEXT[source.member or ""][:5]
        assert fingerprint(source, length=2 << 20).length == len(TEXT[source.member or ""])
        assert text(source) == TEXT[source.member or ""].decode()
    with found[4].open() as big, found[0].open() as first:
        assert big.read(6) == BIG[:6]
        assert first.read(3) == b"one"
        with found[3].open() as third:
            assert third.read() == b"four\n"
        assert big.read() == BIG[6:]
        assert first.read() == b"\ntwo\n"


def test_reading_while_discovering(archive: Path) -> None:
    items = [(item.member, text(item)) for item in discover([str(archive)]) if isinstance(item, Source)]
    assert dict(items) == {name: data.decode() for name, data in TEXT.items()}


def test_sources_travel_to_other_processes(archive: Path) -> None:
    for source in sources(discover([str(archive)])):
        copy = pickle.loads(pickle.dumps(source))
        assert copy == source
        assert text(copy) == TEXT[source.member or ""].decode()


def test_member_times(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(ARCHIVES["zip"])
    (tmp_path / "b").write_bytes(ARCHIVES["tar.gzip"])
    found = sources(discover([str(tmp_path)]))
    assert found[0].modified == datetime(2026, 11, 3, 10, 20, 30, tzinfo=UTC)
    assert found[-1].modified == datetime.fromtimestamp(1_700_000_000, UTC)


def found_in(tmp_path: Path, data: bytes, limits: Limits | None = None) -> list[Source | Problem]:
    path = tmp_path / "hostile"
    path.write_bytes(data)
    return list(discover([str(path)], limits=limits))


@pytest.mark.parametrize("make", [zip_of, tar_of])
def test_archives_in_archives_are_named(tmp_path: Path, make: object) -> None:
    inner = {"a.zip": zip_of({"x": b"1"}), "b.tar.gz": gzip.compress(tar_of({"x": b"1"})), "c.tar": tar_of({"x": b"1"})}
    found = problems(iter(found_in(tmp_path, make(inner))))  # type: ignore[operator]
    assert [problem.where.split("!")[1] for problem in found] == list(inner)
    assert {problem.message for problem in found} == {"an archive inside an archive is not opened"}


@pytest.mark.parametrize("make", [zip_of, tar_of])
def test_empty_and_hidden_only_archives_are_said(tmp_path: Path, make: object) -> None:
    (problem,) = found_in(tmp_path, make({"__MACOSX/._a": b"1", ".DS_Store": b"1"}))  # type: ignore[operator]
    assert isinstance(problem, Problem)
    assert problem.message == "the archive holds no files"


@pytest.mark.parametrize("make", [zip_of, tar_of])
def test_the_number_of_members_is_limited(tmp_path: Path, make: object) -> None:
    files = {f"{number}.log": b"a\n" for number in range(10)}
    found = found_in(tmp_path, make(files), Limits(max_members=4))  # type: ignore[operator]
    assert [isinstance(item, Source) for item in found] == [True] * 4 + [False]
    assert "max_members" in problems(iter(found))[0].hint


def test_encrypted_and_exotic_zip_members_are_problems(tmp_path: Path) -> None:
    data = bytearray(zip_of({"secret.log": b"1", "exotic.log": b"2", "fine.log": b"3\n"}))
    first = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    data[first + 8] |= 1
    second = data.index(b"PK\x01\x02", first + 4)
    data[second + 10] = 9
    found = found_in(tmp_path, bytes(data))
    assert [str(item).split("hostile!")[1] for item in found[:2]] == [
        "secret.log: the archive member is encrypted (extract it with its password, then scan the result)",
        "exotic.log: the archive member can't be unpacked: zip compression method 9 (extract it first)",
    ]
    assert isinstance(found[2], Source)


def test_overlapping_zip_members_are_a_bomb(tmp_path: Path) -> None:
    data = bytearray(zip_of({"a.log": b"1" * 1000, "b.log": b"2" * 1000}))
    last = data.rindex(b"PK\x01\x02")
    data[last + 42 : last + 46] = bytes(4)
    (problem,) = found_in(tmp_path, bytes(data))
    assert isinstance(problem, Problem)
    assert "bomb" in problem.message


@pytest.mark.parametrize("compression", ["none", "gzip"])
def test_truncated_tar_gives_what_is_there(tmp_path: Path, compression: str) -> None:
    whole = tar_of({"a.log": b"a\n" * 1000, "b.log": b"b\n" * 1000}, tarfile.USTAR_FORMAT)
    data = COMPRESSORS[compression](whole[: 512 + 2048 + 512 + 700])
    found = found_in(tmp_path, data)
    a, b = [item for item in found if isinstance(item, Source)]
    assert text(a) == "a\n" * 1000
    chunks = read_text(b)
    assert next(chunks).lines.to_pylist() == ["b"] * 350
    with pytest.raises(SourceError, match="ends inside"):
        next(chunks)
    assert len(problems(iter(found))) == 1


def test_broken_tar_header_is_said(tmp_path: Path) -> None:
    data = bytearray(tar_of({"a.log": b"a\n", "b.log": b"b\n"}, tarfile.USTAR_FORMAT))
    data[1024 + 150] ^= 0x55
    found = found_in(tmp_path, bytes(data))
    assert [isinstance(item, Source) for item in found] == [True, False]


def test_links_and_devices_in_tar(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as file:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo(f"kind{kind!r}")
            info.type, info.linkname = kind, "/etc/passwd"
            file.addfile(info)
    (problem,) = found_in(tmp_path, buffer.getvalue())
    assert isinstance(problem, Problem)
    assert problem.message == "not a regular file"


def test_endless_tar_headers_are_refused(tmp_path: Path) -> None:
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 1 << 33
    data = tar_of({"a.log": b"a\n"}, tarfile.GNU_FORMAT)[:1024] + info.tobuf(tarfile.GNU_FORMAT) + b"x" * 4096
    found = found_in(tmp_path, data)
    assert [isinstance(item, Source) for item in found] == [True, False]
    assert f"a header of {1 << 33} bytes" in problems(iter(found))[0].reason
    chain = tarfile.TarInfo("././@LongLink")
    chain.type, chain.size = tarfile.GNUTYPE_LONGNAME, 0
    assert problems(iter(found_in(tmp_path, chain.tobuf(tarfile.GNU_FORMAT) * 5000)))
