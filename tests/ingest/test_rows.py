"""Events written as Parquet or NDJSON and read again are the same events."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shadowscan.errors import SourceError
from shadowscan.formats.library import load_library
from shadowscan.ingest.events import EventReader
from shadowscan.sources import Source, discover, head
from shadowscan.sources.documents import read_input
from shadowscan.sources.lines import Position

SAMPLES = Path(__file__).parents[2] / "samples" / "formats"


def source_of(path: Path) -> Source:
    (source,) = discover([str(path)])
    assert isinstance(source, Source)
    return source


def events_of(path: Path, timezone: str = "UTC") -> pa.Table:
    reader = EventReader(load_library, timezone=timezone)
    return pa.concat_tables(list(reader.read(source_of(path))))


@pytest.mark.parametrize("name", ["squid", "fortinet-fortigate", "suricata-eve", "bind"])
def test_our_own_parquet_round_trips(tmp_path: Path, name: str) -> None:
    events = events_of(SAMPLES / name / "sample.log").drop_columns(["format", "line"])
    lines = pa.array(range(1, len(events) + 1), pa.int64())
    written = events.append_column("line", lines).append_column("format", pa.array([name] * len(events)))
    pq.write_table(written, tmp_path / "events.parquet")
    again = events_of(tmp_path / "events.parquet", timezone="Europe/Paris")
    assert set(again["format"].to_pylist()) == {"shadowscan-events"}
    assert again.drop_columns(["format"]).to_pylist() == written.drop_columns(["format"]).to_pylist()


def host_of(number: int) -> str:
    return ("api.openai.com", "claude.ai")[number % 2]


def ocsf(number: int) -> dict[str, Any]:
    """One row as Amazon Security Lake holds it (OCSF 1.1, HTTP Activity)."""
    return {
        "time": 1_762_700_000_000 + number,
        "class_uid": 4002,
        "class_name": "HTTP Activity",
        "src_endpoint": {"ip": "10.1.2.3", "port": 50_000 + number},
        "dst_endpoint": {"ip": "203.0.113.9", "port": 443},
        "http_request": {
            "http_method": "POST",
            "url": {"hostname": host_of(number), "path": "/v1/chat/completions"},
            "user_agent": "curl/8",
        },
        "http_response": {"code": 200},
        "traffic": {"bytes_out": 1000 + number, "bytes_in": 50},
        "actor": {"user": {"name": "alice"}},
    }


def ecs(number: int) -> dict[str, Any]:
    """One document as Elastic Common Schema 8 has it."""
    return {
        "@timestamp": f"2026-11-09T10:00:{number % 60:02d}.000Z",
        "event": {"category": ["web"], "action": "allowed"},
        "source": {"ip": "10.1.2.3", "port": 50_000 + number, "bytes": 1000 + number},
        "destination": {"ip": "203.0.113.9", "port": 443, "bytes": 50},
        "url": {"domain": host_of(number), "path": "/v1/chat/completions"},
        "http": {"request": {"method": "POST"}, "response": {"status_code": 200}},
        "user_agent": {"original": "curl/8"},
        "user": {"name": "alice"},
    }


@pytest.mark.parametrize("schema", [ocsf, ecs])
@pytest.mark.parametrize("form", ["parquet", "ndjson", "pretty"])
def test_ocsf_and_ecs_are_understood(tmp_path: Path, schema: Any, form: str) -> None:
    rows = [schema(number) for number in range(40)]
    path = tmp_path / "x"
    if form == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    elif form == "ndjson":
        path.write_text("\n".join(map(json.dumps, rows)))
    else:
        path.write_text(json.dumps(rows, indent=2))
    found = events_of(path).to_pylist()
    assert len(found) == len(rows)
    for number, event in enumerate(found):
        expected = {
            "src_ip": "10.1.2.3", "src_port": 50_000 + number, "dst_ip": "203.0.113.9", "dst_port": 443,
            "user": "alice", "host": host_of(number), "url_path": "/v1/chat/completions", "method": "POST",
            "status": 200, "user_agent": "curl/8", "bytes_out": 1000 + number, "bytes_in": 50,
        }  # fmt: skip
        assert {name: event[name] for name in expected} == expected
        assert event["ts"] is not None


def test_rows_go_on_where_a_chunk_ended(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"n": list(range(40_000))}), path)
    source = source_of(path)
    chunks = list(read_input(source, head(source)))
    assert sum(chunk.line_count for chunk in chunks) == 40_000
    assert chunks[-1].end == Position(path.stat().st_size, 40_001)
    later = list(read_input(source, head(source), start=chunks[0].end))
    assert [chunk.sha256 for chunk in later] == [chunk.sha256 for chunk in chunks[1:]]


def test_a_damaged_parquet_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(b"PAR1" + bytes(range(256)) * 10)
    with pytest.raises(SourceError, match="damaged Parquet file"):
        events_of(path)
