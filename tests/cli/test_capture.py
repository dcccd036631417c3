"""A capture goes in like a log: scanned, reconciled by packets, led back to its packets, counted once."""

import json
import struct
from pathlib import Path

import pytest

from tests.commandline import shadowscan

CLIENT, SERVER = bytes([10, 0, 0, 5]), bytes([192, 0, 2, 80])
REQUEST = b"POST /v1/chat/completions HTTP/1.1\r\nHost: api.openai.com\r\nContent-Length: 2\r\n\r\n{}"


def _tcp(source: bytes, target: bytes, ports: tuple[int, int], sequence: int, flags: int, payload: bytes) -> bytes:
    segment = struct.pack("!HHIIBBHHH", *ports, sequence, 1, 5 << 4, flags, 65_535, 0, 0) + payload
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(segment), 1, 0, 64, 6, 0, source, target)
    return b"\x02" * 6 + b"\x04" * 6 + b"\x08\x00" + header + segment


def _capture(path: Path) -> Path:
    """One HTTP request, its handshake before it, and one frame that is no IP."""
    frames = [
        _tcp(CLIENT, SERVER, (40_000, 80), 100, 0x02, b""),
        _tcp(SERVER, CLIENT, (80, 40_000), 500, 0x12, b""),
        _tcp(CLIENT, SERVER, (40_000, 80), 101, 0x18, REQUEST),
        b"\xff" * 12 + b"\x08\x06" + b"\0" * 28,
    ]
    body = b"".join(struct.pack("<IIII", 1_793_600_000 + i, 0, len(f), len(f)) + f for i, f in enumerate(frames))
    path.write_bytes(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, 1) + body)
    return path


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    return _capture(tmp_path / "office.pcap")


def test_a_capture_is_scanned_and_reconciled_by_packets(capture: Path, tmp_path: Path) -> None:
    database = str(tmp_path / "db.duckdb")
    report = shadowscan("scan", str(capture), "--db", database, "-o", "json").json()
    source = report["sources"][0]
    assert (source["kind"], source["lines"], source["used"], source["skipped"], source["rejected"]) == (
        "capture",
        4,
        3,
        1,
        0,
    )
    assert [(tool["service"], tool["requests"], tool["prompts"]) for tool in report["tools"]] == [("openai-api", 1, 1)]
    assert [person["who"] for person in report["people"]] == ["10.0.0.5"]


def test_a_capture_scanned_again_or_elsewhere_adds_nothing(capture: Path, tmp_path: Path) -> None:
    database = str(tmp_path / "db.duckdb")
    first = shadowscan("scan", str(capture), "--db", database, "-o", "json").json()["totals"]
    copy = _capture(tmp_path / "copy.pcap")
    again = shadowscan("scan", str(capture), str(copy), "--db", database, "-o", "json").json()["totals"]
    assert again == first


def test_parse_prints_the_events_of_packets(capture: Path) -> None:
    events = [json.loads(line) for line in shadowscan("parse", str(capture)).out.splitlines()]
    http = next(event for event in events if event["kind"] == "http")
    assert (http["host"], http["url_path"], http["method"], http["line"], http["format"]) == (
        "api.openai.com",
        "/v1/chat/completions",
        "POST",
        3,
        "capture",
    )
    assert any(event["kind"] == "flow" and event["src_ip"] == "10.0.0.5" for event in events)
