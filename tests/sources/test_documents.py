"""JSON documents give the same records as the same objects written one a line, wherever the cuts fall."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shadowscan.sources import Source, discover
from shadowscan.sources.documents import read_input
from shadowscan.sources.jsontext import document_in
from shadowscan.sources.lines import Chunk, Position

Records = list[dict[str, Any]]
START = Position(0, 1)
RECORDS: Records = [{"host": f"h{n}.example.com", "odd": 'a"}{\n\\', "deep": {"list": [{"n": n}]}} for n in range(5)]
WRAPPINGS: dict[str, Callable[[Records], str]] = {
    "array": json.dumps,
    "pretty array": lambda records: json.dumps(records, indent=2),
    "object a line in an array": lambda records: "[\n" + ",\n".join(map(json.dumps, records)) + "\n]\n",
    "pretty objects": lambda records: "\n".join(json.dumps(record, indent=4) for record in records) + "\n",
    "concatenated": lambda records: "".join(map(json.dumps, records)),
    "azure": lambda records: json.dumps({"records": records}),
    "azure, several blobs": lambda records: "\n".join(json.dumps({"records": [record]}) for record in records),
    "cloudtrail": lambda records: json.dumps({"Records": records}, indent=1),
    "har": lambda records: json.dumps(
        {"log": {"version": "1.2", "creator": {"name": "x"}, "pages": [{"id": "p"}], "entries": records}}, indent=2
    ),
    "search": lambda records: json.dumps({"took": 3, "hits": {"total": {"value": 5}, "hits": records}}),
    "api": lambda records: json.dumps({"@odata.context": "x", "value": records, "@odata.nextLink": "https://x"}),
}


def source_of(path: Path, text: str | bytes) -> Source:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    (source,) = discover([str(path)])
    assert isinstance(source, Source)
    return source


def chunks_of(source: Source, size: int = 8 << 20, start: Position = START) -> list[Chunk]:
    with source.open() as stream:
        beginning = stream.read(1 << 18)
    return list(read_input(source, beginning, start=start, chunk_bytes=size))


def texts(chunks: list[Chunk]) -> list[str]:
    return [str(line) for chunk in chunks for line in chunk.lines.to_pylist()]


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@pytest.mark.parametrize("size", [1, 100, 8 << 20])
def test_every_wrapping_gives_the_records(tmp_path: Path, wrapping: str, size: int) -> None:
    text = WRAPPINGS[wrapping](RECORDS)
    chunks = chunks_of(source_of(tmp_path / "x.json", text), size)
    assert [json.loads(line) for line in texts(chunks)] == RECORDS
    offsets = [int(offset) for chunk in chunks for offset in chunk.offsets]
    assert all(text.encode()[offset : offset + 1] == b"{" for offset in offsets)
    assert chunks[-1].end.offset == len(text.encode())


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_reading_goes_on_at_the_end_of_any_chunk(tmp_path: Path, wrapping: str) -> None:
    source = source_of(tmp_path / "x.json", WRAPPINGS[wrapping](RECORDS))
    chunks = chunks_of(source, 1)
    assert len(chunks) == len(RECORDS)
    for number, chunk in enumerate(chunks, 1):
        later = chunks_of(source, start=chunk.end)
        assert [json.loads(line) for line in texts(later)] == RECORDS[number:]


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_numbers_are_unique_and_ascend(tmp_path: Path, wrapping: str) -> None:
    chunks = chunks_of(source_of(tmp_path / "x.json", WRAPPINGS[wrapping](RECORDS)), 1)
    numbers = [int(number) for chunk in chunks for number in chunk.numbers]
    assert numbers == sorted(set(numbers))
    assert [chunk.line_count for chunk in chunks] == [1] * len(RECORDS)


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_a_document_larger_than_any_buffer(tmp_path: Path, wrapping: str) -> None:
    records = [{**RECORDS[0], "n": number} for number in range(3000)]
    found = texts(chunks_of(source_of(tmp_path / "x.json", WRAPPINGS[wrapping](records))))
    assert [json.loads(line)["n"] for line in found] == list(range(3000))


@pytest.mark.parametrize("indent", [None, 1])
def test_each_flow_of_an_azure_record_is_a_record(tmp_path: Path, indent: int | None) -> None:
    group = {"rule": "out", "flowTuples": ["1794207808,10.1.2.3,192.0.2.7,49306,443,T,O,A,B,,,,", "1794207809,x"]}
    records = [
        {"time": "t", "category": "C", "properties": {"Version": 2, "flows": [{"rule": "out", "flows": [group]}]}},
        {"time": "t", "category": "C", "flowRecords": {"flows": [{"aclID": "1", "flowGroups": [group, group]}]}},
        {"time": "t", "category": "C", "flowRecords": {"flows": "flowTuples"}, "note": "flowTuples"},
    ]
    chunks = chunks_of(source_of(tmp_path / "x.json", json.dumps({"records": records}, indent=indent)))
    found = [json.loads(line) for line in texts(chunks)]
    assert [record.get("flowTuples") for record in found] == [[content] for content in group["flowTuples"]] * 3 + [None]
    assert {record["category"] for record in found} == {"C"}
    assert [int(number) for chunk in chunks for number in chunk.numbers] == sorted(
        {int(number) for chunk in chunks for number in chunk.numbers}
    )


def test_pretty_records_bear_the_line_they_start_on(tmp_path: Path) -> None:
    text = WRAPPINGS["pretty array"](RECORDS)
    (chunk,) = chunks_of(source_of(tmp_path / "x.json", text))
    lines = text.split("\n")
    assert all(lines[int(number) - 1].strip() == "{" for number in chunk.numbers)


@pytest.mark.parametrize(
    "text",
    ['{"a": 1}\n{"a": 2}\n', '{"a": 1}', '{"event": {"a": 1}}\n{"event": {"a": 2}}', "[2026-11-09 10:00:00] x",
     "", "{}",  '{"host": "x", "events": [{"n": 1}]}\n{"host": "y", "events": [{"n": 2}]}\n'],
)  # fmt: skip
def test_lines_stay_lines(text: str) -> None:
    assert document_in(text.encode()) is None


def test_one_bad_record_costs_only_itself(tmp_path: Path) -> None:
    for whole, broken in (('"h2.', "h2."), ('"n": 2', '"n": 2, "')):
        for wrapping in ("pretty array", "object a line in an array", "pretty objects"):
            source = source_of(tmp_path / "x.json", WRAPPINGS[wrapping](RECORDS).replace(whole, broken, 1))
            found = texts(chunks_of(source))
            assert len(found) == len(RECORDS)
            assert [json.loads(line) for number, line in enumerate(found) if number != 2] == RECORDS[:2] + RECORDS[3:]


def test_a_record_beyond_the_limit_is_named(tmp_path: Path) -> None:
    records: Records = [{"n": 1}, {"n": 2, "body": "\\" * 700_000 + '"' * 10}, {"n": 3}]
    for wrapping in ("array", "pretty array"):
        (chunk,) = chunks_of(source_of(tmp_path / "x.json", WRAPPINGS[wrapping](records)))
        assert [json.loads(line)["n"] for line in chunk.lines.to_pylist()] == [1, 3]
        (oversize,) = chunk.oversize
        assert oversize.length > 1_400_000
        assert chunk.line_count == 3


def test_a_document_broken_off_ends_with_an_unterminated_record(tmp_path: Path) -> None:
    text = WRAPPINGS["pretty array"](RECORDS)
    chunks = chunks_of(source_of(tmp_path / "x.json", text[:-40]))
    assert [chunk.unterminated for chunk in chunks] == [False, True]
    assert chunks[-1].line_count == 1
    assert [json.loads(line) for line in texts(chunks[:1])] == RECORDS[:-1]


def test_a_byte_order_mark_and_odd_bytes_are_no_obstacle(tmp_path: Path) -> None:
    text = b"\xef\xbb\xbf" + WRAPPINGS["pretty array"](RECORDS).encode().replace(b"h3.", b"h\xe9.")
    found = texts(chunks_of(source_of(tmp_path / "x.json", text)))
    assert json.loads(found[3])["host"] == "h\u00e9.example.com"
    assert json.loads(found[0]) == RECORDS[0]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
json_records = st.lists(st.dictionaries(st.sampled_from(["a", "b", "host"]), json_values, min_size=1), min_size=2)


@given(json_records, st.sampled_from(sorted(WRAPPINGS)), st.sampled_from([1, 50, 1 << 20]))
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_records_come_back(tmp_path: Path, records: Records, wrapping: str, size: int) -> None:
    text = WRAPPINGS[wrapping](records)
    found = texts(chunks_of(source_of(tmp_path / "x.json", text), size))
    assert [json.loads(line) for line in found] == records


@given(st.binary(max_size=300) | st.text(alphabet='{}[]",:\\ \n1a', max_size=200).map(str.encode))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_hangs_or_crashes_and_every_byte_is_read(tmp_path: Path, data: bytes) -> None:
    data = b'[{"a": 1},\n' + data
    chunks = chunks_of(source_of(tmp_path / "x.json", data))
    assert chunks[-1].end.offset == len(data)
