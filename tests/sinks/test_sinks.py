"""Every sink against a receiver of its kind."""

import base64
import hashlib
import hmac
import json
import socket
import socketserver
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from shadowscan.config.alerts import AlertSettings
from shadowscan.config.listen import ListenSettings
from shadowscan.errors import UsageError
from shadowscan.listen.listener import Listener
from shadowscan.model.alert import Alert
from shadowscan.model.finding import Severity
from shadowscan.sinks.alerter import sinks_of
from shadowscan.sinks.sink import DeliveryError, Sink
from tests.listen.test_listener import self_signed, until
from tests.sinks.factory import NOW, alert, finding

HOSTILE = 'evil "\\]\x1b[31m\r\nBcc: all@example.com\x00'


def sink(**fields: Any) -> Sink:
    settings = AlertSettings.model_validate({"sinks": [{"name": "one", **fields}]})
    return sinks_of(settings)["one"]


def secret(folder: Path, text: str) -> Path:
    path = folder / "secret"
    path.write_text(text + "\n")
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    return path


class TestJsonl:
    def test_a_line_a_finding(self, tmp_path: Path) -> None:
        path = tmp_path / "log" / "alerts.jsonl"
        one = sink(type="jsonl", path=path)
        one.deliver(alert(finding(1), finding(2, title=HOSTILE)))
        one.deliver(alert(finding(3)))
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        assert [line["service"] for line in lines] == ["tool-1", "tool-2", "tool-3"]
        assert {(line["alert"], line["rule"], line["schema"]) for line in lines} == {
            (alert().id, "everything", "shadowscan-alert/1")
        }

    def test_a_torn_line_is_ended_before_the_next(self, tmp_path: Path) -> None:
        path = tmp_path / "alerts.jsonl"
        path.write_text('{"torn')
        sink(type="jsonl", path=path).deliver(alert())
        assert [line[:6] for line in path.read_text().splitlines()] == ['{"torn', '{"sche']

    def test_a_folder_that_cannot_be_written_is_tried_again(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(DeliveryError) as failed:
            sink(type="jsonl", path=tmp_path / "file" / "x").deliver(alert())
        assert not failed.value.permanent

    def test_ocsf(self, tmp_path: Path) -> None:
        path = tmp_path / "alerts.jsonl"
        sink(type="jsonl", path=path, format="ocsf").deliver(alert(finding(1, severity=Severity.HIGH, first=NOW)))
        event = json.loads(path.read_text())
        assert (event["class_uid"], event["category_uid"], event["type_uid"], event["severity_id"]) == (
            2004,
            2,
            200401,
            4,
        )
        assert event["finding_info"]["uid"] == finding(1).id
        assert event["finding_info"]["first_seen_time"] == event["time"] == 1795168800000
        assert {"version", "product"} <= event["metadata"].keys()


class TestCommand:
    def test_it_gets_the_alert(self, tmp_path: Path) -> None:
        target = tmp_path / "got.json"
        code = f"import sys, pathlib; pathlib.Path({str(target)!r}).write_text(sys.stdin.read())"
        sink(type="command", command=[sys.executable, "-c", code]).deliver(alert())
        assert json.loads(target.read_text())["findings"][0]["id"] == finding().id

    @pytest.mark.parametrize(
        ("command", "said"),
        [
            ([sys.executable, "-c", "import sys; sys.exit('no room')"], "exit code 1: no room"),
            ([sys.executable, "-c", "import time; time.sleep(30)"], "not done within 1 s"),
            (["/no/such/program"], "No such file"),
        ],
    )
    def test_its_failure_is_told(self, command: list[str], said: str) -> None:
        with pytest.raises(DeliveryError, match=said):
            sink(type="command", command=command, timeout="1s").deliver(alert())


@contextmanager
def web_server(status: int, got: list[tuple[dict[str, str], bytes]]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/hook"
        finally:
            server.shutdown()
            thread.join()


class TestWebhook:
    def test_it_is_signed_as_the_standard_says(self, tmp_path: Path) -> None:
        key = b"0123456789abcdef01234567"
        text = "whsec_" + base64.b64encode(key).decode()
        got: list[tuple[dict[str, str], bytes]] = []
        with web_server(204, got) as url:
            sink(type="webhook", url=url, secret_file=secret(tmp_path, text), headers={"X-Team": "soc"}).deliver(
                alert()
            )
        [(headers, body)] = got
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{expected}"
        assert (headers["webhook-id"], headers["x-team"], json.loads(body)["id"]) == (alert().id, "soc", alert().id)

    @pytest.mark.parametrize(
        ("status", "permanent"), [(400, True), (422, True), (401, False), (429, False), (302, False), (503, False)]
    )
    def test_answers(self, status: int, *, permanent: bool) -> None:
        got: list[tuple[dict[str, str], bytes]] = []
        with web_server(status, got) as url, pytest.raises(DeliveryError, match=str(status)) as failed:
            sink(type="webhook", url=url).deliver(alert())
        assert (failed.value.permanent, len(got)) == (permanent, 1)

    def test_nobody_there(self) -> None:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        with pytest.raises(DeliveryError, match="not reached"):
            sink(type="webhook", url=url).deliver(alert())

    @pytest.mark.parametrize(
        ("mode", "text", "said"),
        [(0o644, "x", "by everyone"), (0o600, "", "is empty"), (0o600, "whsec_%", "not base64")],
    )
    def test_a_secret_is_secret(self, tmp_path: Path, mode: int, text: str, said: str) -> None:
        path = secret(tmp_path, text)
        path.chmod(mode)
        with pytest.raises(UsageError, match=said):
            sink(type="webhook", url="http://127.0.0.1/", secret_file=path)


class TestSyslog:
    @pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
    def test_our_own_listener_hears_it(self, transport: str, tmp_path: Path) -> None:
        certificate = self_signed(tmp_path)
        spool = tmp_path / "spool"
        settings = ListenSettings.model_validate({"spool": spool, transport: ["127.0.0.1:0"], "cert_file": certificate})
        with Listener(settings) as listener:
            port = listener.endpoints[0].port
            one = sink(type="syslog", host="localhost", port=port, transport=transport, ca_file=certificate)
            one.deliver(alert(finding(1, service=HOSTILE, severity=Severity.HIGH), finding(2)))
            until(lambda: listener.heard.spooled == 2)
        lines = [line for file in spool.iterdir() for line in file.read_bytes().splitlines()]
        assert lines[0].startswith(b"<106>1 2026-11-20T10:00:00.000Z ")
        assert rb'service="evil \"\\\]' in lines[0]
        assert not any(byte < 32 for byte in lines[0])
        assert json.loads(lines[1][lines[1].index(b"] {") + 2 :])["service"] == "tool-2"


class _Smtp(socketserver.StreamRequestHandler):
    """As much of a mail server as a client without extensions needs."""

    refuse = b""

    def handle(self) -> None:
        self.wfile.write(b"220 ready\r\n")
        while line := self.rfile.readline():
            word = line.split()[0].upper() if line.split() else b""
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                content = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.wfile.write(self.refuse or b"250 taken\r\n")
                if not self.refuse:
                    self.server.got.append(content)  # type: ignore[attr-defined]
            else:
                self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 fine\r\n")


@contextmanager
def mail_server(refuse: bytes = b"") -> Iterator[tuple[int, list[bytes]]]:
    handler = type("Handler", (_Smtp,), {"refuse": refuse})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.got = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1], server.got  # type: ignore[attr-defined]
        finally:
            server.shutdown()
            thread.join()


class TestEmail:
    def mail(self, port: int, sent: Alert) -> None:
        sink(
            type="email", host="127.0.0.1", port=port, security="none", sender="a@example.com", to=["soc@example.com"]
        ).deliver(sent)

    def test_a_mail_an_alert(self) -> None:
        with mail_server() as (port, got):
            self.mail(port, alert(finding(1, title=HOSTILE), title=HOSTILE))
        message = message_from_bytes(got[0], policy=policy.default)
        assert message["Subject"].startswith("[shadowscan] MEDIUM: evil")
        assert (message["To"], message["Bcc"]) == ("soc@example.com", None)
        assert alert().id in message["Message-ID"]
        body = message.get_content()
        assert "shadowscan evidence --service tool-1" in body
        assert "\x1b" not in body

    @pytest.mark.parametrize(("answer", "permanent"), [(b"554 no\r\n", True), (b"451 later\r\n", False)])
    def test_refusals(self, answer: bytes, *, permanent: bool) -> None:
        with mail_server(answer) as (port, _), pytest.raises(DeliveryError) as failed:
            self.mail(port, alert())
        assert failed.value.permanent is permanent


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"rules": [{"name": "a"}]}, "without a sink"),
        (
            {"rules": [{"name": "a", "sinks": ["b"]}], "sinks": [{"name": "c", "type": "jsonl", "path": "x"}]},
            "names sink b",
        ),
        ({"sinks": [{"name": "c", "type": "jsonl", "path": "x"}] * 2}, "two sinks are named c"),
        ({"sinks": [{"name": "c", "type": "webhook", "url": "ftp://example.com"}]}, "should match pattern"),
        ({"sinks": [{"name": "../c", "type": "jsonl", "path": "x"}]}, "should match pattern"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        AlertSettings.model_validate(settings)
