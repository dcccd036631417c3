"""Damaged and hostile compressed data: everything before the damage is read, then one clear error."""

import contextlib
import gzip
import io
import random
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowscan.errors import ExitCode, SourceError
from shadowscan.sources import Limits, Source, discover, head
from shadowscan.sources.identity import identify
from shadowscan.sources.lines import read_text
from tests.sources.helpers import COMPRESSORS, flat, only_source, problems, sources, stored

COMPRESSED = sorted(set(COMPRESSORS) - {"none"})
NUMBERS = random.Random(7)
RAW = b"".join(b"%d host%d.example.com\n" % (number, NUMBERS.getrandbits(60)) for number in range(20_000))


def read_until_error(source: Source, chunk_bytes: int = 1 << 16) -> tuple[list[str], SourceError | None]:
    lines: list[str] = []
    try:
        for chunk in read_text(source, chunk_bytes=chunk_bytes):
            lines += [line.text for line in flat([chunk])]
    except SourceError as error:
        return lines, error
    return lines, None


@pytest.mark.parametrize("compression", COMPRESSED)
@pytest.mark.parametrize("share", [0.3, 0.9, 0.999])
def test_truncation_keeps_what_came_before(compression: str, share: float) -> None:
    data = COMPRESSORS[compression](RAW)
    with stored(data[: int(len(data) * share)]) as source:
        lines, error = read_until_error(source)
    assert error is not None
    assert "end early" in error.problem.message
    assert error.problem.where == source.name
    assert error.exit_code == ExitCode.INCOMPLETE
    assert lines == RAW.decode().splitlines()[: len(lines)]
    assert len(lines) > (5000 if compression == "gzip" and share > 0.5 else -1)


def test_truncated_gzip_gives_every_line_that_zlib_can() -> None:
    data = gzip.compress(RAW)[:-3000]
    possible = zlib.decompressobj(31).decompress(data)
    with stored(data) as source:
        lines, error = read_until_error(source)
    assert error is not None
    assert len(lines) == possible.count(b"\n")


@pytest.mark.parametrize("chunk_bytes", [1000, 8 << 20])
def test_bad_checksum_comes_after_every_line(chunk_bytes: int) -> None:
    data = bytearray(gzip.compress(RAW))
    data[-6] ^= 0xFF
    with stored(bytes(data)) as source:
        lines, error = read_until_error(source, chunk_bytes)
    assert lines == RAW.decode().splitlines()
    assert error is not None
    assert "damaged" in error.problem.message


@pytest.mark.parametrize("compression", COMPRESSED)
@settings(max_examples=25, deadline=None)
@given(at=st.floats(0.05, 0.98), value=st.integers(1, 255))
def test_flipped_bytes_never_crash_or_invent_much(compression: str, at: float, value: int) -> None:
    data = bytearray(COMPRESSORS[compression](RAW[:100_000]))
    data[int(len(data) * at)] ^= value
    with stored(bytes(data)) as source:
        lines, error = read_until_error(source)
    if error is not None:
        assert error.problem.where == source.name
    elif compression != "zstd":  # whose frames carry no checksum by default
        assert lines == RAW[:100_000].decode().splitlines()


def test_flip_in_the_middle_keeps_all_that_zlib_decoded() -> None:
    data = bytearray(gzip.compress(RAW))
    middle = len(data) // 2
    data[middle : middle + 40] = bytes(40)
    decoder, out = zlib.decompressobj(31), bytearray()
    with contextlib.suppress(zlib.error):
        for byte in data:
            out += decoder.decompress(bytes([byte]))
    with stored(bytes(data)) as source:
        lines, error = read_until_error(source)
    assert error is not None
    assert len(lines) == out.count(b"\n") > 1000


def test_damage_inside_an_endless_line_leaves_that_line_out() -> None:
    data = gzip.compress(b"first\n" + b"x" * 500_000)[:-4]
    with stored(data) as source:
        chunks = read_text(source, chunk_bytes=1000, limits=Limits(max_line_bytes=100))
        assert next(chunks).lines.to_pylist() == ["first"]
        with pytest.raises(SourceError, match="end early"):
            next(chunks)


@pytest.mark.parametrize("compression", COMPRESSED)
def test_several_members_are_one_stream(compression: str) -> None:
    pack = COMPRESSORS[compression]
    data = pack(RAW[:50_000]) + pack(b"") + pack(RAW[50_000:50_100]) + pack(RAW[50_100:])
    with stored(data) as source, source.open() as stream:
        assert stream.read() == RAW


def test_zero_padding_and_skippable_frames() -> None:
    skippable = b"\x5a\x2a\x4d\x18\x03\x00\x00\x00abc"
    framed = skippable + COMPRESSORS["zstd"](RAW[:700]) + skippable + COMPRESSORS["zstd"](RAW[700:]) + skippable
    for data in (gzip.compress(RAW) + bytes(1000), framed):
        with stored(data) as source, source.open() as stream:
            assert stream.read() == RAW


def test_bytes_behind_the_compressed_data_are_named() -> None:
    with stored(gzip.compress(b"a\nb\n") + b"plain text behind it") as source:
        lines, error = read_until_error(source)
    assert lines == ["a", "b"]
    assert error is not None
    assert "other data follow" in error.problem.message


@pytest.mark.parametrize("compression", COMPRESSED)
def test_bombs_are_stopped_by_their_ratio(compression: str) -> None:
    limits = Limits(max_ratio=50, ratio_after=1 << 20)
    with stored(COMPRESSORS[compression](bytes(4 << 20))) as source, replace(source, limits=limits).open() as stream:
        first = stream.read(100_000)
        with pytest.raises(SourceError, match="bomb") as caught:
            stream.skip(4 << 20)
        assert len(first) == 100_000
        assert stream.tell() <= 2 << 20
        assert "max_ratio" in caught.value.problem.hint


def test_absolute_size_is_limited() -> None:
    with stored(gzip.compress(RAW)) as source:
        lines, error = read_until_error(replace(source, limits=Limits(max_member_bytes=100_000)))
    assert lines == RAW.decode().splitlines()[: len(lines)]
    assert error is not None
    assert "max_member_bytes" in error.problem.hint


def test_ordinary_logs_are_far_below_the_default_ratio() -> None:
    with stored(gzip.compress(b"GET / 200\n" * 100_000)) as source:
        lines, error = read_until_error(replace(source, limits=Limits(ratio_after=0)))
    assert (len(lines), error) == (100_000, None)


def zipped(data: bytes, name: str = "day.log", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        file.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_zip_member_with_wrong_checksum(tmp_path: Path, method: int) -> None:
    with zipfile.ZipFile(io.BytesIO(zipped(RAW))) as file:
        crc = file.infolist()[0].CRC.to_bytes(4, "little")
    data = zipped(RAW, method=method).replace(crc, b"\1\2\3\4")
    (tmp_path / "a.zip").write_bytes(data)
    (source,) = sources(discover([str(tmp_path / "a.zip")]))
    lines, error = read_until_error(source)
    assert lines == RAW.decode().splitlines()
    assert error is not None
    assert error.problem.where.endswith("a.zip!day.log")


def test_truncated_zip_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped(RAW)[:-40])
    (problem,) = problems(discover([str(tmp_path / "a.zip")]))
    assert "zip archive can't be read" in problem.message


def test_zip_bomb_of_nested_gzip(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped(gzip.compress(bytes(8 << 20)), "zeros.gz"))
    (source,) = sources(discover([str(tmp_path / "a.zip")], limits=Limits(ratio_after=1 << 20, max_ratio=500)))
    lines, error = read_until_error(source)
    assert lines == []
    assert error is not None
    assert "bomb" in error.problem.message


def test_looking_at_damaged_files_is_tolerated(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(RAW)[:-3000])
    source = only_source(path)
    assert head(source, 50) == RAW[:50]
    assert 100_000 < len(head(source, 10 << 20)) < len(RAW)
    first, whole = identify(source, [(0, 1000), (0, len(RAW))])
    assert first is not None
    assert whole is None


@settings(max_examples=60, deadline=None)
@given(
    data=st.binary(max_size=300),
    magic=st.sampled_from([b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"\xfd7zXZ\0"]),
)
def test_garbage_behind_a_magic_never_crashes(data: bytes, magic: bytes) -> None:
    with stored_raw(magic + data) as path:
        for item in discover([str(path)]):
            if isinstance(item, Source):
                read_until_error(item)


class stored_raw:  # noqa: N801 - reads as a function
    """A file of any bytes, not yet looked at."""

    def __init__(self, data: bytes) -> None:
        import tempfile

        self._folder = tempfile.TemporaryDirectory()
        self.path = Path(self._folder.name) / "x"
        self.path.write_bytes(data)

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()
