"""What stands in front of a record comes off, whatever wrote it; the record stays whole."""

import re

import pytest

from shadowscan.formats.syslog import common_forms, payload_pattern, peel

RECORD = "1,2025/03/04 10:00:00,10.1.2.3,192.0.2.7"
HEADERS = [
    ("", ""),
    ("<134>", "priority"),
    ("<134>Mar  4 10:00:00 gw-1 ", "rfc3164"),
    ("Mar  4 10:00:00 gw-1 webd[99]: ", "rfc3164"),
    ("<134>Mar  4 2025 10:00:00 gw-1 : ", "rfc3164"),
    ("Mar  4 10:00:00 10.0.0.1 Mar  4 10:00:01 gw-1 webd: ", "rfc3164"),
    ("<134>1 2025-03-04T10:00:00Z gw-1 webd 99 - - ", "rfc5424"),
    ('<134>1 2025-03-04T10:00:00+01:00 gw-1 webd 99 ID1 [meta seq="1\\]" x="y"] ', "rfc5424"),
    ("2025-03-04T10:00:00+01:00 gw-1 webd[9]: ", "iso"),
    ("2025-03-04T10:00:00.123456789Z stdout F ", "container"),
    ("2025-03-04T10:00:00.123456789Z ", "docker"),
    ("gw-1 webd[9]: ", "tagged"),
    ("Info: ", "level"),
    ("512 <134>1 2025-03-04T10:00:00Z gw-1 webd 99 - - \ufeff", "rfc5424"),
    ("Mar  4 10:00:00 src@gw-1/192.0.2.4 webd: ", "rfc3164"),
    ("<13>Mar  4 10:00:00 relay-1 <134>Mar  4 10:00:01 gw-1 webd: ", "rfc3164"),
    ("<189>4711: gw-1: *Mar  4 10:00:00.250: ", "cisco"),
    ("2025-03-04 10:00:00\tLocal7.Info\t192.0.2.4\t", "kiwi"),
]


@pytest.mark.parametrize(("header", "form"), HEADERS)
def test_peels_to_the_record(header: str, form: str) -> None:
    assert peel(header + RECORD) == (form, RECORD)


@pytest.mark.parametrize(("header", "form"), HEADERS)
def test_the_pattern_finds_the_same_record(header: str, form: str) -> None:
    pattern = payload_pattern({form})
    found = re.search(pattern, header + RECORD) if pattern else None
    assert (found[1] if found else RECORD) == RECORD


def test_one_pattern_serves_all_forms_of_a_file() -> None:
    lines = [header + RECORD for header, _ in HEADERS]
    pattern = payload_pattern(common_forms(lines))
    assert {match[1] for line in lines if (match := re.search(pattern, line))} == {RECORD}


def test_a_line_that_is_all_header_keeps_its_text() -> None:
    assert peel("<134>")[1] == "<134>"
