"""Tables with and without a header, words between blanks, sentences."""

from typing import Any

import pytest

from shadowscan.formats.infer import infer
from tests.formats.infer.reading import cases, events, run, shown

HEADED = [
    "Date;Time;User Name;Client IP;Destination Host;Request URL;Bytes Sent;Bytes Received;Verdict;Session Duration (s)",
    '2025-03-04;10:00:00;"Lopez; Ana";10.1.2.3;chat.example.com;https://chat.example.com/v1;10;20;Blocked;1.5',
    "2025-03-04;10:00:01;ben;10.1.2.4;docs.example.org;https://docs.example.org/a;11;21;Allowed;2",
    "Date;Time;User Name;Client IP;Destination Host;Request URL;Bytes Sent;Bytes Received;Verdict;Session Duration (s)",
]
CASES = cases("tables.yaml")


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_reads_what_names_nothing(case: dict[str, Any]) -> None:
    found = events(case["lines"])
    assert len(found) == len(case["lines"])
    assert shown(found[0], case["expected"]) == case["expected"]


def test_a_header_names_the_columns_and_is_no_event() -> None:
    spec = infer(HEADED)
    assert spec is not None
    rows = run(spec, HEADED)
    assert [row["outcome"] for row in rows] == ["skipped: header", "event", "event", "skipped: header"]
    expected = {"ts": "2025-03-04 10:00:00", "user": "Lopez; Ana", "src_ip": "10.1.2.3", "host":
        "chat.example.com", "url_path": "/v1",
                "bytes_out": 10, "bytes_in": 20, "action": "blocked", "duration_s": 1.5}  # fmt: skip
    assert shown(rows[1], expected) == expected


def test_layouts_of_one_table_are_told_apart_by_their_addresses() -> None:
    lines = [
        "in,4,0x0,udp,60,10.1.2.3,192.0.2.7,50111,53,pass",
        "in,4,0x0,udp,60,10.1.2.4,192.0.2.8,50112,53,pass",
        "in,6,0x0,udp,0,60,2001:db8::1,2001:db8::2,50113,53,block",
    ]
    found = [(event["src_ip"], event["dst_ip"], event["src_port"], event["dst_port"]) for event in events(lines)]
    assert found == [
        ("10.1.2.3", "192.0.2.7", 50111, 53),
        ("10.1.2.4", "192.0.2.8", 50112, 53),
        ("2001:db8::1", "2001:db8::2", 50113, 53),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Info MACHINE current load is 1 0 0",
        "Mar  4 10:00:00 gw-1 sshd[99]: Accepted publickey for ana from 10.1.2.3 port 50111 ssh2",
        "kernel: device eth0 entered promiscuous mode",
        "",
    ],
)
def test_lines_without_a_destination_make_no_format(line: str) -> None:
    assert infer([line]) is None
