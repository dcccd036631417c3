import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowscan.catalog import RequestLine, normalise_host, parse_input
from shadowscan.catalog.hosts import CANONICAL


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("Chat.ACME.example", "chat.acme.example"),
        ("chat.acme.example.", "chat.acme.example"),
        ("chat.acme.example:8443", "chat.acme.example"),
        ("  chat.acme.example\n", "chat.acme.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("\uff43\uff48\uff41\uff54\uff0eexample", "chat.example"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("10.1.2.3:11434", "10.1.2.3"),
        ("a_b.example", "a_b.example"),
        ("", ""),
        (".", ""),
        ("a..b.example", ""),
        ("evil\x1b[31m.example", ""),
        ("a b.example", ""),
        ("evil.example/.acme.example", ""),
        ("acme.example@evil.example", ""),
        ("x" * 300 + ".example", ""),
        ("[bold]x[/bold].example", ""),
    ],
)
def test_normalise_host(text: str, host: str) -> None:
    assert normalise_host(text) == host


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("chat.acme.example", RequestLine(None, "chat.acme.example", None, None, None)),
        ("POST https://h.example/a/b?q=1#f", RequestLine("POST", "h.example", "/a/b", "q=1", None)),
        ("get h.example:8080/x", RequestLine("GET", "h.example", "/x", None, 8080)),
        ("https://h.example", RequestLine(None, "h.example", "/", None, None)),
        ("h.example?q=1", RequestLine(None, "h.example", "/", "q=1", None)),
        ("https://h.example//a///b", RequestLine(None, "h.example", "/a/b", None, None)),
        ("CONNECT h.example:443", RequestLine("CONNECT", "h.example", None, None, 443)),
        ("https://acme.example@evil.example/", RequestLine(None, "evil.example", "/", None, None)),
        ("https://acme.example:x@evil.example:81/", RequestLine(None, "evil.example", "/", None, 81)),
        ("https://evil.example\\@acme.example/", RequestLine(None, "evil.example", "/@acme.example/", None, None)),
        ("http://[2001:db8::1]:11434/api", RequestLine(None, "2001:db8::1", "/api", None, 11434)),
        ("h.example:99999/x", RequestLine(None, "h.example", "/x", None, None)),
        ("", RequestLine(None, None, None, None, None)),
        ("https://", RequestLine(None, None, "/", None, None)),
        ("POST ", RequestLine(None, "post", None, None, None)),
    ],
)
def test_parse_input(line: str, expected: RequestLine) -> None:
    assert parse_input(line) == expected


@given(st.text(max_size=200))
def test_any_text_gives_a_canonical_host_or_none(text: str) -> None:
    host = normalise_host(text)
    assert host == "" or ":" in host or CANONICAL.fullmatch(host)
    parsed = parse_input(text)
    assert parsed.host is None or parsed.host.isprintable()


@given(st.from_regex(r"[a-z0-9]{1,20}(\.[a-z0-9]{1,20}){1,4}", fullmatch=True))
def test_plain_hosts_stay_as_they_are(host: str) -> None:
    assert normalise_host(host.upper() + ".") == host
    assert parse_input(f"POST https://{host}/p") == RequestLine("POST", host, "/p", None, None)
