"""Lines, numbers, offsets and hashes against a plain model, whatever the encoding, compression and chunk size."""

import codecs
import hashlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowscan.errors import SourceError
from shadowscan.sources import Limits, Source
from shadowscan.sources.lines import Chunk, Oversize, Position, read_text
from tests.sources.helpers import COMPRESSORS, PREFIX, Line, flat, model_of_bytes, model_of_text, stored

CHUNKS = st.sampled_from([1, 7, 64, 101, 1000, 1 << 20])
BOMS = {"utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
LINE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\r"), max_size=30)
DIRTY = st.lists(st.sampled_from([b"a", b"\xe9", b"\xc3\xa9", b"\x81", b"\0", b"\r", b"\n", b"\xff\xfe", b"\xe6\x97"]))


def check(source: Source, raw: bytes, expected: list[Line], chunk_bytes: int) -> list[Chunk]:
    """Read, compare with the model, and read again from each chunk's end."""
    chunks = list(read_text(source, chunk_bytes=chunk_bytes))
    assert flat(chunks) == expected
    assert [chunk.start for chunk in chunks[1:]] == [chunk.end for chunk in chunks[:-1]]
    assert not any(chunk.unterminated for chunk in chunks[:-1])
    for chunk in chunks:
        chunk.lines.validate(full=True)
        assert chunk.sha256 == hashlib.sha256(raw[chunk.start.offset : chunk.end.offset]).hexdigest()
    for index, chunk in enumerate(chunks[:20]):
        again = list(read_text(source, start=chunk.end, chunk_bytes=chunk_bytes))
        assert flat(again) == flat(chunks[index + 1 :])
    return chunks


@pytest.mark.parametrize("compression", COMPRESSORS)
@pytest.mark.parametrize("encoding", BOMS)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@settings(max_examples=12, deadline=None)
@given(lines=st.lists(LINE, max_size=12), bom=st.booleans(), final=st.booleans(), chunk_bytes=CHUNKS)
def test_every_encoding_compression_and_line_end(
    compression: str, encoding: str, newline: str, lines: list[str], bom: bool, final: bool, chunk_bytes: int
) -> None:
    mark = BOMS[encoding] if bom else b""
    lines = [PREFIX, *lines]
    text = newline.join(lines) + (newline if final else "")
    raw = mark + text.encode(encoding)
    expected = model_of_text(lines if final or lines[-1] else lines[:-1], encoding, newline, mark)
    with stored(COMPRESSORS[compression](raw)) as source:
        assert source.compression == compression
        chunks = check(source, raw, expected, chunk_bytes)
    assert {chunk.encoding for chunk in chunks} == {encoding}
    assert chunks[-1].end.offset == len(raw)


@settings(max_examples=200, deadline=None)
@given(parts=DIRTY, bom=st.booleans(), chunk_bytes=CHUNKS)
def test_bad_bytes_change_only_their_line(parts: list[bytes], bom: bool, chunk_bytes: int) -> None:
    raw = (codecs.BOM_UTF8 if bom else b"") + PREFIX.encode() + b"\n" + b"".join(parts)
    with stored(raw) as source:
        chunks = check(source, raw, model_of_bytes(raw), chunk_bytes)
    terminated = raw.endswith(b"\n")
    assert chunks[-1].unterminated is not terminated
    assert all(chunk.line_count == 1 for chunk in chunks if chunk.unterminated)


@settings(max_examples=100, deadline=None)
@given(tail=st.binary(max_size=60), encoding=st.sampled_from(["utf-16-le", "utf-16-be"]), chunk_bytes=CHUNKS)
def test_broken_utf16_never_crashes(tail: bytes, encoding: str, chunk_bytes: int) -> None:
    start = BOMS[encoding] + f"{PREFIX}\n".encode(encoding)
    raw = start + tail
    with stored(raw) as source:
        chunks = list(read_text(source, chunk_bytes=chunk_bytes))
    step = 1 if encoding == "utf-16-le" else -1
    units = [int.from_bytes(tail[at : at + 2][::step], "little") for at in range(0, len(tail) - 1, 2)]
    unterminated = len(tail) % 2 or (units and units[-1] != 10)
    assert len(flat(chunks)) == 1 + units.count(10) + bool(unterminated)
    assert b"".join(raw[chunk.start.offset : chunk.end.offset] for chunk in chunks) == raw
    starts = [len(start) + 2 * (at + 1) for at, unit in enumerate(units) if unit == 10]
    assert [line.offset for line in flat(chunks)][2:] == [at for at in starts if at < len(raw)]


def test_lone_surrogate_before_a_line_end_keeps_the_line_end() -> None:
    raw = BOMS["utf-16-le"] + f"{PREFIX}\n".encode("utf-16-le") + b"\x00\xd8\n\x00b\x00\n\x00"
    with stored(raw) as source:
        assert [line.text for line in flat(list(read_text(source)))] == [PREFIX, "\ufffd", "b"]


def test_a_latin1_line_stays_alone() -> None:
    raw = "café\n".encode() + b"caf\xe9 \x80 \x81\n" + "thé\n".encode()
    with stored(raw) as source:
        (chunk,) = read_text(source)
    assert chunk.lines.to_pylist() == ["café", "café € \x81", "thé"]
    assert (chunk.encoding, chunk.repaired) == ("utf-8+cp1252", 1)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_mark_is_recognised(encoding: str) -> None:
    with stored("host=chat.example.com\nuser=jörg\n".encode(encoding)) as source:
        (chunk,) = read_text(source)
    assert chunk.lines.to_pylist() == ["host=chat.example.com", "user=jörg"]
    assert chunk.encoding == encoding


def test_blank_lines_are_kept_and_numbered() -> None:
    with stored(b"a\n\n\r\nb") as source:
        assert flat(list(read_text(source))) == [Line("a", 1, 0), Line("", 2, 2), Line("", 3, 3), Line("b", 4, 5)]


@pytest.mark.parametrize("raw", [b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE])
def test_nothing_in_nothing_out(raw: bytes) -> None:
    with stored(raw) as source:
        assert list(read_text(source)) == []


@settings(max_examples=100, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 400) | st.sampled_from([49, 50, 51, 99, 100, 101]), min_size=1, max_size=8),
    final=st.booleans(),
    chunk_bytes=st.sampled_from([7, 8, 100, 101, 333]),
    encoding=st.sampled_from(sorted(BOMS)),
)
def test_oversize_lines_are_named_and_left_out(sizes: list[int], final: bool, chunk_bytes: int, encoding: str) -> None:
    lines = [PREFIX[:40], *("x" * size for size in sizes)]
    if not final and not lines[-1]:
        return
    raw = "\n".join(lines).encode(encoding) + ("\n".encode(encoding) if final else b"")
    limits = Limits(max_line_bytes=100)
    expected = model_of_text(lines, encoding, "\n", b"")
    long = {line.number: len(line.text.encode(encoding)) for line in expected}
    with stored(raw) as source:
        chunks = list(read_text(source, chunk_bytes=chunk_bytes, limits=limits))
    assert flat(chunks) == [line for line in expected if long[line.number] <= 100]
    named = [line for chunk in chunks for line in chunk.oversize]
    assert named == [
        Oversize(line.number, line.offset, long[line.number]) for line in expected if long[line.number] > 100
    ]
    assert chunks[-1].unterminated is not final
    assert chunks[-1].end == Position(len(raw), len(lines) + 1)
    for chunk in chunks:
        assert chunk.sha256 == hashlib.sha256(raw[chunk.start.offset : chunk.end.offset]).hexdigest()


def test_an_endless_line_takes_bounded_memory() -> None:
    import tracemalloc

    size = 40 << 20
    with stored(b"first\n" + b"x" * size + b"\nlast\n") as source:
        tracemalloc.start()
        chunks = list(read_text(source, chunk_bytes=1 << 20))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert [line.text for line in flat(chunks)] == ["first", "last"]
    assert [long for chunk in chunks for long in chunk.oversize] == [Oversize(2, 6, size)]
    assert peak < 8 << 20


def test_nothing_but_line_ends_takes_bounded_memory() -> None:
    import tracemalloc

    with stored(b"\xef\xbb\xbf" + b"\n" * (8 << 20) + b"end") as source:
        tracemalloc.start()
        last, count = 0, 0
        for chunk in read_text(source):
            assert chunk.start.line == last + 1
            assert chunk.offsets[0] == max(3, chunk.start.offset)
            last, count = int(chunk.numbers[-1]), count + len(chunk.lines)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert last == count == (8 << 20) + 1
    assert chunk.lines.to_pylist() == ["end"]
    assert peak < 160 << 20


def test_position_beyond_the_end_is_an_error() -> None:
    with stored(b"a\nb\n") as source:
        assert list(read_text(source, start=Position(4, 3))) == []
        with pytest.raises(SourceError, match="shorter"):
            list(read_text(source, start=Position(5, 3)))


@pytest.mark.parametrize("compression", ["none", "gzip"])
def test_resuming_far_into_a_file(compression: str) -> None:
    raw = b"".join(b"%d host.example.com\n" % number for number in range(150_000))
    offset = raw.index(b"\n140000 ") + 1
    with stored(COMPRESSORS[compression](raw)) as source:
        lines = flat(list(read_text(source, start=Position(offset, 140_001))))
    assert lines[0] == Line("140000 host.example.com", 140_001, offset)
    assert lines[-1].number == 150_000


def test_progress_reaches_the_size_on_disk() -> None:
    raw = b"".join(b"%d host.example.com\n" % number for number in range(50_000))
    with stored(COMPRESSORS["gzip"](raw)) as source:
        consumed = [chunk.raw_consumed for chunk in read_text(source, chunk_bytes=10_000)]
    assert consumed == sorted(consumed)
    assert consumed[-1] == source.size


def test_chunk_size_is_checked() -> None:
    with stored(b"a\n") as source, pytest.raises(ValueError, match="chunk_bytes"):
        next(read_text(source, chunk_bytes=0))


def test_limits_come_from_the_source_unless_given() -> None:
    with stored(b"short\n" + b"x" * 50 + b"\n") as source:
        strict = replace(source, limits=Limits(max_line_bytes=10))
        assert [len(chunk.oversize) for chunk in read_text(strict)] == [1]
        assert [len(chunk.oversize) for chunk in read_text(strict, limits=Limits())] == [0]
