"""`shadowscan formats`: what it prints and how it ends, over samples of our own."""
# ruff: noqa: E501 - log lines are long

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from shadowscan.cli.app import app
from shadowscan.errors import UsageError
from shadowscan.formats.directive import format_of_directive
from shadowscan.formats.draft import as_yaml
from shadowscan.formats.library import FormatLibrary
from shadowscan.formats.schema import checked_format, json_schema
from shadowscan.ingest.examine import Examination, examine
from shadowscan.sources import Source, discover

SAMPLES = Path(__file__).parents[2] / "samples" / "formats"
ODD_KV = "\n".join(
    f"when=2026-11-09T10:00:{n:02d}Z who=alice{n % 3} client_ip=10.1.0.{n} web_host=api{n % 4}.example.com sent_bytes={n}00"
    for n in range(40)
)


def run(*arguments: object, code: int = 0, given: str | None = None) -> str:
    result = CliRunner().invoke(app, ["formats", *map(str, arguments)], input=given)
    assert result.exit_code == code, (result.output, result.exception)
    return result.stdout


def source_of(path: Path) -> Source:
    (source,) = discover([str(path)])
    assert isinstance(source, Source)
    return source


def test_guess_names_the_format_the_first_events_and_what_is_missing() -> None:
    text = run("guess", SAMPLES / "squid" / "sample.log")
    assert "squid: Squid native access.log" in text
    assert "found in the lines: " in text
    assert "api.openai.com" in text
    assert "no bytes out: no volume estimate" in text
    assert "no user names" not in text


def test_guess_says_it_in_json() -> None:
    found = json.loads(run("guess", SAMPLES / "bind" / "sample.log", "--output", "json"))
    assert [candidate["format"] for candidate in found["candidates"]] == ["bind"]
    assert found["coverage"]["host"] == 1.0
    assert any(text.startswith("names looked up only") for text in found["shortcomings"])
    assert found["events"][0]["kind"] == "dns"
    assert sum(found["outcomes"].values()) == found["lines"]


def test_guess_explains_a_log_that_nobody_described(tmp_path: Path) -> None:
    (tmp_path / "x.log").write_text(ODD_KV)
    found = json.loads(run("guess", tmp_path / "x.log", "-o", "json"))
    assert found["candidates"][0]["origin"] == "inferred"
    assert any(text.startswith("host <- ") for text in found["candidates"][0]["evidence"])


@pytest.mark.parametrize(
    "text", ["plain prose, nothing else\n" * 30, "1762700000.123 hello TCP_MISS/200 but no more\n" * 9]
)
def test_guess_ends_incomplete_where_nothing_fits(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.log").write_text(text)
    assert "No known format" in run("guess", tmp_path / "x.log", code=3)


def test_guess_shows_hostile_text_harmless(tmp_path: Path) -> None:
    (tmp_path / "x.log").write_text(ODD_KV.replace("alice0", "a\x1b[31m\u202e"))
    assert "\x1b" not in run("guess", tmp_path / "x.log")


@pytest.mark.parametrize(
    "name", ["generic-csv", "generic-kv", "fortinet-fortigate", "squid", "zscaler-zia", "bind", "zeek-json"]
)
def test_a_proposed_format_reads_its_sample(tmp_path: Path, name: str) -> None:
    target, sample = tmp_path / "mine.yaml", SAMPLES / name / "sample.log"
    run("new", sample, "--yes", "--to", target, "--id", "my-log")
    spec = checked_format(target)
    assert spec.id == "my-log"
    found = examine(source_of(sample), FormatLibrary([spec]), forced=spec)
    assert found.events >= 0.9 * found.lines
    detected = examine(source_of(sample), FormatLibrary([spec]))
    assert detected.standings[0].format == "my-log"


def test_new_asks_and_takes_corrections(tmp_path: Path) -> None:
    (tmp_path / "x.log").write_text(ODD_KV)
    answers = "acme-edge\nAcme edge\nno_such\nhost\nread_text('x')\nuser\n\nvendor_app\n'edge'\n\n"
    run("new", tmp_path / "x.log", "--to", tmp_path / "x.yaml", given=answers)
    content = yaml.safe_load((tmp_path / "x.yaml").read_text())
    assert (content["id"], content["title"]) == ("acme-edge", "Acme edge")
    assert "user" not in content["columns"]
    assert content["columns"]["vendor_app"] == "'edge'"
    assert "read_text" not in content["columns"]["host"]


def test_test_counts_and_names_rejected_lines(tmp_path: Path) -> None:
    (tmp_path / "x.log").write_text(ODD_KV + "\nnot of this kind\n")
    run("new", tmp_path / "x.log", "--yes", "--to", tmp_path / "x.yaml")
    text = run("test", tmp_path / "x.yaml", tmp_path / "x.log", code=3)
    assert "41 lines, 40 events" in text
    assert "41: not a record of my-x: not of this kind" in text
    (tmp_path / "x.log").write_text(ODD_KV)
    assert "Rejected" not in run("test", tmp_path / "x.yaml", tmp_path / "x.log")


def test_show_and_schema_print_files() -> None:
    assert yaml.safe_load(run("show", "squid"))["id"] == "squid"
    assert run("schema") == json_schema()
    assert "cisco-asa" in run("list")


LINES = {
    "squid": (
        "%ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt",
        "1762700000.123    210 10.1.2.3 TCP_TUNNEL/200 4711 CONNECT api.openai.com:443 alice HIER_DIRECT/203.0.113.9 -",
        {"host": "api.openai.com", "dst_port": 443, "user": "alice", "bytes_in": 4711, "duration_s": 0.21, "kind": "proxy",
         "dst_ip": "203.0.113.9", "action": "allowed", "status": 200},
    ),
    "squid own": (
        'logformat mine %>a [%tl] "%rm %ru HTTP/%rv" %>Hs %>st %<st "%{User-Agent}>h" %ssl::>sni %un',
        '10.1.2.3 [09/Nov/2026:10:00:00 +0100] "POST https://claude.ai/new?x=1 HTTP/1.1" 200 900 20 "curl/8 (x)" claude.ai bob',
        {"host": "claude.ai", "url_path": "/new", "bytes_out": 900, "bytes_in": 20, "user_agent": "curl/8 (x)", "user": "bob",
         "ts": "2026-11-09 09:00:00"},
    ),
    "apache": (
        'LogFormat "%v:%p %h %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\" %I %D" vhost',
        'www.example.com:443 10.1.2.3 - carol [09/Nov/2026:10:00:00 +0000] "GET /a/b?c=d HTTP/1.1" 404 12 "-" "Mozilla/5.0 (X)" 80 2500000',
        {"host": "www.example.com", "dst_port": 443, "url_path": "/a/b", "status": 404, "bytes_in": 12, "bytes_out": 80, "user": "carol",
         "duration_s": 2.5, "method": "GET"},
    ),
    "nginx": (
        "log_format main '$remote_addr - $remote_user [$time_local] \"$request\" $status '\n '$body_bytes_sent $host $request_length \"$http_user_agent\"';",
        '10.1.2.3 - - [09/Nov/2026:10:00:00 +0000] "POST /v1/messages HTTP/2.0" 200 55 api.anthropic.com 777 "python-requests/2"',
        {"host": "api.anthropic.com", "url_path": "/v1/messages", "bytes_out": 777, "user": None, "user_agent": "python-requests/2"},
    ),
    "aws-vpc": (
        "${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${pkt-dstaddr} ${protocol} ${bytes} ${packets} ${start} ${end} ${action}",
        "eni-1 10.1.2.3 10.0.0.1 50111 443 203.0.113.9 6 5259 8 1762700000 1762700060 REJECT",
        {"src_ip": "10.1.2.3", "dst_ip": "203.0.113.9", "dst_port": 443, "bytes_out": 5259, "packets_out": 8, "action": "blocked",
         "ts": "2025-11-09 14:53:20", "proto": "tcp"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LINES)
def test_a_directive_gives_the_parser_of_its_log(tmp_path: Path, name: str) -> None:
    directive, line, expected = LINES[name]
    spec = format_of_directive(name.partition(" ")[0], directive, format_id="my-log", title="my log")
    (tmp_path / "f.yaml").write_text(as_yaml(spec))
    (tmp_path / "x.log").write_text(f"{line}\n" * 5)
    checked = checked_format(tmp_path / "f.yaml")
    found: Examination = examine(source_of(tmp_path / "x.log"), FormatLibrary([checked]))
    assert found.events == 5, found.rejects
    event = found.first[0]
    assert {column: str(event[column]) if column == "ts" else event.get(column) for column in expected} == expected


def test_a_directive_without_a_destination_is_refused() -> None:
    with pytest.raises(UsageError, match="no destination in the directive"):
        format_of_directive("squid", "%ts %>a", format_id="my-log", title="x")
