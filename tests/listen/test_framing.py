"""Messages out of streams, however the network cuts them."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowscan.listen.framing import Framer

LIMIT = 64
messages = st.lists(st.from_regex(rb"<[0-9]{1,3}>[ -~\n]{0,40}[!-~]", fullmatch=True), max_size=6)


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    bounds = sorted({0, len(stream), *(place % (len(stream) + 1) for place in places)})
    return [stream[start:end] for start, end in itertools.pairwise(bounds)]


def received(parts: list[bytes], limit: int = LIMIT) -> tuple[list[bytes], int]:
    framer = Framer(limit)
    found = [message for part in parts for message in framer.feed(part)]
    return found + framer.rest(), framer.truncated


@given(messages, st.lists(st.integers(0), max_size=8))
def test_counted_messages_come_out_whole_however_they_are_cut(sent: list[bytes], places: list[int]) -> None:
    stream = b"".join(b"%d %s" % (len(message), message) for message in sent)
    assert received(cut(stream, places)) == (sent, 0)


@given(messages, st.lists(st.integers(0), max_size=8), st.sampled_from([b"\n", b"\r\n", b"\x00"]))
def test_delimited_messages_come_out_whole_however_they_are_cut(
    sent: list[bytes], places: list[int], end: bytes
) -> None:
    lines = [message.replace(b"\n", b" ") for message in sent]
    stream = b"".join(line + end for line in lines)
    assert received(cut(stream, places)) == (lines, 0)


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 200)), max_size=6), st.lists(st.integers(0), max_size=8))
def test_long_messages_are_cut_off_and_counted_and_the_next_is_whole(
    shape: list[tuple[bool, int]], places: list[int]
) -> None:
    sent = [(counted, b"<13>" + b"x" * length) for counted, length in shape]
    stream = b"".join(b"%d %s" % (len(text), text) if counted else text + b"\n" for counted, text in sent)
    found, truncated = received(cut(stream, places))
    assert found == [text[:LIMIT] for _, text in sent]
    assert truncated == sum(len(text) > LIMIT for _, text in sent)


@given(st.binary(max_size=300), st.lists(st.integers(0), max_size=8))
def test_any_bytes_are_taken_and_memory_stays_bounded(stream: bytes, places: list[int]) -> None:
    framer = Framer(LIMIT)
    for part in cut(stream, places):
        assert all(len(message) <= LIMIT for message in framer.feed(part))
        assert len(framer._buffer) <= LIMIT + len(part) + 11
    assert all(len(message) <= LIMIT + 11 for message in framer.rest())


@pytest.mark.parametrize("ending", [b"", b"\n"])
def test_a_last_message_without_its_end_counts(ending: bytes) -> None:
    assert received([b"<13>one\n<13>two" + ending])[0] == [b"<13>one", b"<13>two"]
