"""A line that a collector wrapped is read as if it stood alone; the wrapper's time serves where it has none."""

import csv
import io
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from shadowscan.formats.library import load_library
from shadowscan.ingest.events import EventReader
from shadowscan.sources import Source, discover

SAMPLES = Path(__file__).parents[2] / "samples" / "formats"
TIME, MILLISECONDS = "2025-11-09T10:00:01.000Z", 1762682401000
Wrap = Callable[[list[str]], str]
library = cache(load_library)


def events(path: Path, content: str) -> tuple[list[dict[str, Any]], dict[str, int]]:
    path.write_text(content, encoding="utf-8")
    reader = EventReader(library, timezone="UTC")
    [source] = [found for found in discover([str(path)]) if isinstance(found, Source)]
    found = [row for table in reader.read(source) for row in table.to_pylist()]
    return sorted(found, key=lambda row: int(row["line"])), dict(reader.outcomes)


def by_line(make: Callable[[str], object]) -> Wrap:
    return lambda lines: "".join(json.dumps(make(line)) + "\n" for line in lines)


def exported(names: list[str], make: Callable[[str], list[str]], separator: str = ",") -> Wrap:
    def wrap(lines: list[str]) -> str:
        text = io.StringIO()
        writer = csv.writer(text, quoting=csv.QUOTE_ALL, delimiter=separator, lineterminator="\n")
        writer.writerows([names, *map(make, lines)])
        return text.getvalue()

    return wrap


def cloudwatch(lines: list[str]) -> str:
    events = [{"id": str(number), "timestamp": MILLISECONDS, "message": line} for number, line in enumerate(lines)]
    return json.dumps({"messageType": "DATA_MESSAGE", "logGroup": "g", "logEvents": events}) + "\n"


WRAPPERS: dict[str, Wrap] = {
    "docker": by_line(lambda line: {"log": line + "\n", "stream": "stdout", "time": TIME}),
    "filebeat": by_line(
        lambda line: {"@timestamp": TIME, "host": {"name": "logs-1"}, "message": line, "log": {"offset": 12}}
    ),
    "ecs": by_line(lambda line: {"@timestamp": TIME, "event": {"original": line, "module": "m"}}),
    "splunk export": by_line(lambda line: {"preview": False, "result": {"_raw": line, "_time": TIME, "host": "gw-1"}}),
    "splunk collector": by_line(lambda line: {"time": MILLISECONDS / 1000, "host": "gw-1", "event": line}),
    "gcp": by_line(lambda line: {"textPayload": line, "timestamp": TIME, "insertId": "1"}),
    "graylog": by_line(
        lambda line: {"host": "gw-1", "short_message": line[:40], "full_message": line, "timestamp": 1762682401.5}
    ),
    "kubernetes": by_line(
        lambda line: {"log": line, "stream": "stdout", "kubernetes": {"pod_name": "p-1"}, "@timestamp": TIME}
    ),
    "journald": by_line(lambda line: {"MESSAGE": line, "__REALTIME_TIMESTAMP": str(MILLISECONDS * 1000)}),
    "azure": by_line(lambda line: {"records": [{"time": TIME, "properties": {"msg": line}}]}),
    "fluentd": lambda lines: "".join(
        f"{TIME}\tsyslog.local7\t{json.dumps({'host': 'gw-1', 'message': line})}\n" for line in lines
    ),
    "docker within filebeat": by_line(
        lambda line: {"@timestamp": TIME, "message": json.dumps({"log": line + "\n", "stream": "stdout"})}
    ),
    "cloudwatch": cloudwatch,
    "csv": exported(["_time", "host", "_raw"], lambda line: [TIME, "gw-1", line]),
    "csv, semicolons": exported(["Log Source", "rawLog"], lambda line: ["gw-1", line], ";"),
}


@pytest.mark.parametrize("name", WRAPPERS)
def test_a_wrapped_line_is_read_by_its_own_format(name: str, tmp_path: Path) -> None:
    """Quoted values and the request's own JSON come through whole."""
    lines = [
        line
        for sample in ("fortinet-fortigate", "suricata-eve", "zscaler-zia")
        for line in (SAMPLES / sample / "sample.log").read_text(encoding="utf-8").splitlines()[:6]
    ]
    wanted, _ = events(tmp_path / "bare.log", "\n".join(lines) + "\n")
    found, outcomes = events(tmp_path / "wrapped.log", WRAPPERS[name](lines))
    assert [row | {"line": 0} for row in found] == [row | {"line": 0} for row in wanted]
    assert not [word for word in outcomes if word.startswith("rejected")]


def test_the_wrappers_time_serves_where_the_line_has_none(tmp_path: Path) -> None:
    query = "client @0x7f 10.1.2.3#5353 (chat.example.com): query: chat.example.com IN A + (192.0.2.1)"
    found, _ = events(tmp_path / "dns.log", WRAPPERS["filebeat"]([query] * 3))
    assert {(row["host"], row["ts"].isoformat()) for row in found} == {("chat.example.com", "2025-11-09T10:00:01")}


def test_the_devices_own_header_wins_over_the_wrappers_time(tmp_path: Path) -> None:
    query = "<30>Nov  8 09:00:00 ns-1 named[9]: client 10.1.2.3#5353 (chat.example.com): query: chat.example.com IN A +"
    found, _ = events(tmp_path / "dns.log", WRAPPERS["docker"]([query] * 3))
    assert {(row["ts"].day, row["ts"].hour) for row in found} == {(8, 9)}


def test_a_file_header_behind_syslog_headers_names_the_columns(tmp_path: Path) -> None:
    lines = (SAMPLES / "w3c-elff" / "sample.log").read_text(encoding="utf-8").splitlines()
    wanted, _ = events(tmp_path / "bare.log", "\n".join(lines) + "\n")
    found, _ = events(tmp_path / "relayed.log", "".join(f"<134>Nov  9 10:00:00 gw-1 proxy: {line}\n" for line in lines))
    assert found == wanted
