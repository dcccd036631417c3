"""Recognising files by content, and telling text from binary data."""

import gzip
import hashlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowscan.sources import head
from shadowscan.sources.identity import Fingerprint, fingerprint, identify, looks_binary, marker
from tests.sources.helpers import COMPRESSORS, stored

RAW = random.Random(3).randbytes(9000)


@pytest.mark.parametrize("compression", COMPRESSORS)
@settings(max_examples=20, deadline=None)
@given(checks=st.lists(st.tuples(st.integers(0, 9500), st.integers(0, 9500)).map(lambda c: (min(c), max(c)))))
def test_identify_hashes_every_range(compression: str, checks: list[tuple[int, int]]) -> None:
    with stored(COMPRESSORS[compression](RAW)) as source:
        found = identify(source, checks)
    assert found == [hashlib.sha256(RAW[a:b]).hexdigest() if b <= len(RAW) else None for a, b in checks]


def test_a_file_keeps_its_identity_when_compressed_and_grown() -> None:
    with stored(RAW) as plain, stored(gzip.compress(RAW + b"more")) as grown:
        assert fingerprint(plain, length=1000) == fingerprint(grown, length=1000)
        assert marker(plain, 9000) == marker(grown, 9000) == hashlib.sha256(RAW[-4096:]).hexdigest()
        assert marker(plain, 10) == hashlib.sha256(RAW[:10]).hexdigest()
        assert marker(plain, 9001) is None
        assert marker(grown, 9001) is not None


def test_a_short_file_says_how_much_was_hashed() -> None:
    with stored(b"short\n") as source:
        assert fingerprint(source, length=1000) == Fingerprint(hashlib.sha256(b"short\n").hexdigest(), 6)
        assert head(source) == b"short\n"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        "café straße 日本\n".encode() * 10,
        "café straße\n".encode("cp1252") * 10,
        "host=chat.example.com\n".encode("utf-16"),
        "host=chat.example.com\n".encode("utf-16-be"),
        bytes(4000) + b"a log after a hole of NULs\n",
        b"\x1b[31mcoloured\x1b[0m log\n" * 10,
        b"2026-11-03\x0110.0.0.1\x01chat.example.com\n" * 10,
    ],
)
def test_text_is_not_binary(data: bytes) -> None:
    assert not looks_binary(data)


@pytest.mark.parametrize("seed", range(5))
def test_random_bytes_are_binary(seed: int) -> None:
    assert looks_binary(random.Random(seed).randbytes(4096))
    assert looks_binary(b"\x7fELF\x02\x01\x01" + bytes(range(32)) * 20)
