"""Records that name each value: JSON, key=value, CEF, LEEF that no format file describes."""

from typing import Any

import pytest

from shadowscan.formats.infer import infer
from tests.formats.infer.reading import cases, events, run, shown

CASES = cases("named.yaml")


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_reads_named_values(case: dict[str, Any]) -> None:
    (event,) = events(case["lines"])
    assert event["format"] == case["format"]
    assert shown(event, case["expected"]) == case["expected"]


def test_a_constant_host_is_the_logging_device_not_the_destination() -> None:
    lines = [
        f'{{"host":"fw.example.com","src_ip":"10.1.2.{n}","dst_ip":"192.0.2.7","bytes_sent":{n}}}' for n in range(1, 7)
    ]
    assert {event["host"] for event in events(lines)} == {None}


def test_a_host_that_varies_is_the_destination() -> None:
    lines = [f'{{"host":"h{n}.example.com","src_ip":"10.1.2.3","dst_ip":"192.0.2.7"}}' for n in range(1, 7)]
    assert [event["host"] for event in events(lines)] == [f"h{n}.example.com" for n in range(1, 7)]


def test_the_client_address_alone_is_no_event() -> None:
    lines = ['{"time":"2025-03-04T10:00:00Z","client_ip":"10.1.2.3","user":"ana","event":"password changed"}']
    assert infer(lines) is None


def test_logins_are_skipped_with_their_reason() -> None:
    lines = [
        'type=traffic action=accept srcip=10.1.2.3 dstip=192.0.2.7 dstport=443',
        'type=event action=login srcip=10.1.2.3 dstip=10.0.0.1 user=admin',
    ]  # fmt: skip
    spec = infer(lines)
    assert spec is not None
    assert [row["outcome"] for row in run(spec, lines)] == ["event", "skipped: login or administration"]


def test_two_dialects_in_one_file_are_two_formats() -> None:
    lines = [
        "src=10.1.2.3 dst=192.0.2.7 dpt=443 out=10",
        "src=10.1.2.4 dst=192.0.2.8 dpt=443 out=11",
        "src=10.1.2.5,dst=192.0.2.9,dpt=443,out=12",
    ]
    assert [event["bytes_out"] for event in events(lines)] == [10, 11, 12]


def test_words_for_nothing_are_no_values() -> None:
    lines = [
        "src_ip=10.1.2.3 dst_ip=192.0.2.7 user=N/A url=None app=Unknown",
        "src_ip=10.1.2.3 dst_ip=192.0.2.7 user=ana url=https://a.example.com/ app=x",
    ]
    assert [(event["user"], event["host"], event["vendor_app"]) for event in events(lines)] == [
        (None, None, None),
        ("ana", "a.example.com", "x"),
    ]


def test_day_and_month_are_told_apart_by_the_sample() -> None:
    american = [
        f'{{"date_time":"03/{day}/2025 10:00:00","src_ip":"10.1.2.3","dst_ip":"192.0.2.7"}}' for day in ("04", "17")
    ]
    european = [
        f'{{"date_time":"{day}/03/2025 10:00:00","src_ip":"10.1.2.3","dst_ip":"192.0.2.7"}}' for day in ("04", "17")
    ]
    assert [str(event["ts"]) for event in events(american)] == ["2025-03-04 10:00:00", "2025-03-17 10:00:00"]
    assert [str(event["ts"]) for event in events(european)] == ["2025-03-04 10:00:00", "2025-03-17 10:00:00"]


def test_the_payloads_time_wins_over_the_envelopes() -> None:
    payload = '{"Timestamp":"2025-03-04T10:00:00Z","LocalIP":"10.1.2.3","RemoteIP":"192.0.2.7"}'
    line = '{"time":"2025-03-04T11:00:00Z","properties":' + payload + "}"
    assert str(events([line])[0]["ts"]) == "2025-03-04 10:00:00"


def test_an_accepted_connection_has_its_client_at_the_remote_side() -> None:
    line = (
        '{"time":"2025-03-04T11:00:00Z","ActionType":"InboundConnectionAccepted","LocalIP":"10.1.2.3","LocalPort":22,'
        '"RemoteIP":"10.9.9.9","RemotePort":50111}'
    )
    expected = {"src_ip": "10.9.9.9", "src_port": 50111, "dst_ip": "10.1.2.3", "dst_port": 22}
    assert shown(events([line])[0], expected) == expected


def test_a_constant_host_of_web_requests_that_name_no_other_server_is_the_site() -> None:
    lines = [f"client=10.1.2.{n} host=chat.example.com verb=GET uri=/v1/ask code=200" for n in range(1, 7)]
    assert {event["host"] for event in events(lines)} == {"chat.example.com"}
