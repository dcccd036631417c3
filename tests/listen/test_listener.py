"""Sent over real sockets, found in files."""

import datetime
import os
import socket
import ssl
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from shadowscan.config.listen import ListenSettings, endpoint
from shadowscan.errors import UsageError
from shadowscan.listen.listener import Listener
from shadowscan.listen.spool import Spool

ANY = "127.0.0.1:0"


def settings(folder: Path, **fields: object) -> ListenSettings:
    return ListenSettings.model_validate({"spool": folder, **fields})


def spooled(folder: Path) -> list[bytes]:
    return [line for file in sorted(folder.glob("*.log")) for line in file.read_bytes().split(b"\n")[:-1]]


def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def test_datagrams_and_streams_are_spooled_a_line_each(tmp_path: Path) -> None:
    with Listener(settings(tmp_path, udp=[ANY], tcp=[ANY])) as listener:
        udp, tcp = listener.endpoints
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
            datagrams.sendto(b"<13>one\nof two lines\n", udp)
        with socket.create_connection(tcp) as stream:
            stream.sendall(b"<13>two\n9 <13>three<13>no end")
        until(lambda: listener.heard.spooled == 4)
    assert sorted(spooled(tmp_path)) == [b"<13>no end", b"<13>one#012of two lines", b"<13>three", b"<13>two"]
    assert listener.heard.messages == 4


def test_what_a_sender_was_saying_when_the_listener_stops_is_kept(tmp_path: Path) -> None:
    with Listener(settings(tmp_path, tcp=[ANY])) as listener, socket.create_connection(listener.endpoints[0]) as stream:
        stream.sendall(b"<13>done\n<13>half a mess")
        until(lambda: listener.heard.messages == 1)
        listener.stop()
    assert spooled(tmp_path) == [b"<13>done", b"<13>half a mess"]


def test_a_full_disk_makes_senders_wait_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = True
    write = Spool.write

    def limited(spool: Spool, messages: list[bytes]) -> None:
        if full:
            raise OSError(28, "No space left on device")
        write(spool, messages)

    monkeypatch.setattr(Spool, "write", limited)
    line = b"<13>" + b"x" * 1000 + b"\n"
    with Listener(settings(tmp_path, tcp=[ANY])) as listener, socket.create_connection(listener.endpoints[0]) as stream:
        stream.settimeout(0.5)
        sent = 0
        with suppress(TimeoutError):
            while sent < 1 << 30:
                sent += stream.send(line[sent % len(line) :])
        assert sent < 1 << 30
        assert "No space left" in listener.heard.problem
        full = False
        stream.settimeout(10)
        while sent % len(line):
            sent += stream.send(line[sent % len(line) :])
        until(lambda: listener.heard.spooled == sent // len(line))
        assert listener.heard.problem == ""
    assert len(spooled(tmp_path)) == sent // len(line)


def test_a_part_written_before_the_disk_was_full_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = Spool(tmp_path, rotate_bytes=1 << 20, rotate_after=datetime.timedelta(hours=1))
    spool.write([b"<13>one"])
    write = os.write

    def partly(file: int, content: bytes) -> int:
        if len(content) > 5:
            return write(file, content[:5])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", partly)
        with pytest.raises(OSError, match="No space"):
            spool.write([b"<13>twoo"])
    spool.write([b"<13>three"])
    spool.close()
    assert spooled(tmp_path) == [b"<13>one", b"<13>three"]


def test_files_rotate_by_size_and_a_removed_one_is_replaced(tmp_path: Path) -> None:
    spool = Spool(tmp_path, rotate_bytes=100, rotate_after=datetime.timedelta(hours=1))
    for number in range(10):
        spool.write([b"<13>%030d" % number])
    assert len(list(tmp_path.glob("*.log"))) == 5
    for file in tmp_path.glob("*.log"):
        file.unlink()
    spool.write([b"<13>after"])
    spool.close()
    assert spooled(tmp_path) == [b"<13>after"]


def test_tls_needs_the_right_name(tmp_path: Path) -> None:
    certificate = self_signed(tmp_path)
    spool = tmp_path / "spool"
    with Listener(settings(spool, tls=["127.0.0.1:0"], cert_file=certificate)) as listener:
        context = ssl.create_default_context(cafile=certificate)
        with (
            socket.create_connection(listener.endpoints[0]) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as secure,
        ):
            secure.sendall(b"9 <13>three")
        until(lambda: listener.heard.spooled == 1)
    assert spooled(spool) == [b"<13>three"]


def self_signed(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "listener.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path


def test_a_port_in_use_and_a_missing_certificate_are_usage_errors(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(UsageError, match="can't listen"):
            Listener(settings(tmp_path, tcp=[place])).start()
    with pytest.raises(UsageError, match="certificate can't be used"):
        Listener(settings(tmp_path, tls=[ANY], cert_file=tmp_path / "none.pem")).start()


@pytest.mark.parametrize(("text", "host"), [("127.0.0.1:514", "127.0.0.1"), ("[::1]:514", "::1"), ("log:514", "log")])
def test_an_endpoint_is_host_and_port(text: str, host: str) -> None:
    assert (endpoint(text).host, str(endpoint(text))) == (host, text)


@pytest.mark.parametrize("text", ["514", ":514", "::1:514", "host:70000", "host", "[::1]"])
def test_anything_else_is_no_endpoint(text: str) -> None:
    with pytest.raises(ValueError, match="host:port"):
        endpoint(text)


def test_the_standard_logger_is_understood(tmp_path: Path) -> None:
    """util-linux's logger, where it is installed: RFC 5424 over TCP with octet counting."""
    with Listener(settings(tmp_path, tcp=[ANY])) as listener:
        port = str(listener.endpoints[0].port)
        command = ["logger", "-n", "127.0.0.1", "-P", port, "--tcp", "--octet-count", "--rfc5424", "hello there"]
        try:
            subprocess.run(command, check=True, timeout=10)
        except FileNotFoundError:
            pytest.skip("no logger on this machine")
        until(lambda: listener.heard.spooled == 1)
    assert spooled(tmp_path)[0].endswith(b"hello there")
