"""The dictionary of field names: which column a name may fill, and which names are about something else."""

import pytest

from shadowscan.formats.dictionary import dictionary, normalised, ranked
from shadowscan.model.events import EVENT_COLUMN_NAMES

HELPERS = {"qtype", "url", "sni", "query", "request_line", "date", "clock", "zone"}


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("SrcIP", "src_ip"),
        ("src-ip", "src_ip"),
        ("c-ip", "src_ip"),
        ("properties.SourceIP", "src_ip"),
        ("id.orig_h", "src_ip"),
        ("sourceIPv4Address", "src_ip"),
        ("s-ip", "dst_ip"),
        ("destination.ip", "dst_ip"),
        ("jsonPayload.connection.dest_ip", "dst_ip"),
        ("dpt", "dst_port"),
        ("L4_DST_PORT", "dst_port"),
        ("server-port-number", "dst_port"),
        ("requestClientApplication", "user_agent"),
        ("cs(User-Agent)", "user_agent"),
        ("bytes-from-client", "bytes_out"),
        ("client_tx_bytes", "bytes_out"),
        ("initiatorBytes", "bytes_out"),
        ("rcvdbyte", "bytes_in"),
        ("bytes_toclient", "bytes_in"),
        ("FTNTFGTduration", "duration_s"),
        ("Session Duration (s)", "duration_s"),
        ("usrName", "user"),
        ("dhost", "host"),
    ],
)
def test_a_name_means_its_column(name: str, column: str) -> None:
    assert dictionary().meanings(name)[0].column == column


@pytest.mark.parametrize(
    "name", ["srcMac", "destinationTranslatedPort", "observer.ip", "src_country", "dst_zone_id", "x" * 500, "", "."]
)
def test_a_name_about_something_else_means_nothing(name: str) -> None:
    assert dictionary().meanings(name) == []


def test_w3c_sides_stay_apart_from_abbreviations() -> None:
    assert normalised("s-ip") != normalised("sip")
    assert dictionary().meanings("sip")[0].column == "src_ip"


def test_names_are_ranked_by_trust() -> None:
    assert ranked(["ip", "remote_addr", "client_ip"], "src_ip") == ["client_ip", "remote_addr", "ip"]


def test_every_entry_fills_a_column_or_a_helper() -> None:
    table = dictionary()
    columns = {meaning.column for name in table.names for meaning in table.meanings(name)}
    assert columns <= set(EVENT_COLUMN_NAMES) | HELPERS


def test_no_name_is_listed_twice_for_one_column() -> None:
    assert dictionary().repeated == []
