"""The walk in lanes finds what the plain walk finds, on tidy and on treacherous files."""

import io
import random
import struct

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowscan.capture.chain import RecordShape, chain
from shadowscan.capture.feed import Feed
from tests.capture.build import BEGIN, record


def plain(data: bytes, order: str) -> list[int]:
    at, found = 0, []
    while at + 16 <= len(data):
        (size,) = struct.unpack_from(order + "I", data, at + 8)
        if size > 262_144 or at + 16 + size > len(data):
            break
        found.append(at)
        at += 16 + size
    return found


def walked(data: bytes, order: str) -> list[int]:
    feed = Feed(io.BytesIO(data), len(data))
    feed.advance(feed.end)
    return [int(at) - feed.begin for at in chain(feed, feed.begin, RecordShape(order, 16, 262_144))[0]]


def capture(seed: int, largest: int, order: str) -> bytes:
    rng, parts, size, ts = random.Random(seed), list[bytes](), 0, BEGIN
    while size < 3 << 20:
        frame = rng.randbytes(rng.randrange(largest))
        if rng.random() < 0.2:  # a packet that itself holds records of a capture
            frame = record(bytes(rng.randrange(40)), ts, order=order) * rng.randrange(1, 30)
        ts += rng.randrange(1000)
        parts.append(record(frame, ts, order=order))
        size += len(parts[-1])
    return b"".join(parts)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1 << 32), st.sampled_from([80, 1500, 9000, 65_536]), st.sampled_from("<>"))
def test_lanes_agree_with_the_plain_walk(seed: int, largest: int, order: str) -> None:
    data = capture(seed, largest, order)
    assert walked(data, order) == plain(data, order)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 1 << 32), st.floats(0.1, 0.9))
def test_a_bad_record_ends_both_walks_at_the_same_place(seed: int, place: float) -> None:
    data = bytearray(capture(seed, 1500, "<"))
    offsets = plain(bytes(data), "<")
    at = offsets[int(len(offsets) * place)]
    data[at + 8 : at + 12] = b"\xff\xff\xff\x7f"
    assert walked(bytes(data), "<") == plain(bytes(data), "<")


def test_lanes_are_used() -> None:
    feed = Feed(io.BytesIO(capture(1, 1500, "<")), 8 << 20)
    feed.advance(feed.end)
    from shadowscan.capture import chain as module

    parts, end = module._wide(feed, feed.begin, RecordShape("<", 16, 262_144))
    assert end - feed.begin > (feed.end - feed.begin) * 0.9
    assert len(np.concatenate(parts)) > 3000
