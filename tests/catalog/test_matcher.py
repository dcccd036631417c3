from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowscan.catalog import Match, load_catalog, parse_input
from shadowscan.catalog.matcher import Matcher
from tests.catalog.conftest import WriteSignatures
from tests.catalog.samples import ALL


@pytest.fixture
def acme(signatures: WriteSignatures) -> Matcher:
    return Matcher(load_catalog([signatures(ALL)], builtin=False))


def ask(matcher: Matcher, line: str, user_agent: str | None = None) -> Match:
    one = parse_input(line)
    return matcher.match(
        host=one.host, method=one.method, path=one.path, query=one.query, port=one.port, user_agent=user_agent
    )


@pytest.mark.parametrize(
    ("line", "verdict", "service", "activity"),
    [
        ("chat.acme.example", "service", "acme-chat", None),
        ("https://www.chat.acme.example/", "service", "acme-chat", "browse"),
        ("POST https://chat.acme.example/api/v1/talk/9", "service", "acme-chat", "prompt"),
        ("GET https://chat.acme.example/api/v1/talk/9", "service", "acme-chat", "history"),
        ("POST https://chat.acme.example/files/upload", "service", "acme-chat", "file_upload"),
        ("POST https://chat.acme.example/events/upload", "service", "acme-chat", "file_upload"),
        ("POST https://chat.acme.example/events", "service", "acme-chat", "telemetry"),
        ("GET https://chat.acme.example/app.js", "service", "acme-chat", "static"),
        ("POST https://api.acme.example/undescribed", "service", "acme-chat", "prompt"),
        ("GET https://api.acme.example/undescribed", "service", "acme-chat", "browse"),
        ("https://acme.example/", "service", "acme-chat", "browse"),
        ("https://shop.acme.example/", "none", None, None),
        ("t1.eu-west.tenant.acme.example", "service", "acme-chat", None),
        ("t1.us-west.tenant.acme.example", "none", None, None),
        ("https://acme-cdn.example/x", "service", "acme-chat", "static"),
        ("POST https://stats.acme.example/upload", "service", "acme-chat", "telemetry"),
        ("stats.acme.example", "service", "acme-chat", "telemetry"),
        ("portal.big.example", "none", None, None),
        ("https://portal.big.example/", "none", None, None),
        ("POST https://portal.big.example/assistant/ask", "service", "acme-chat", "prompt"),
        ("https://portal.big.example/search?a=b&mode=ai", "service", "acme-chat", "browse"),
        ("https://portal.big.example/search?a=mode=ai", "none", None, None),
        ("POST https://chat.acme.example/api/code/x", "service", "acme-code", "prompt"),
        ("POST http://10.1.2.3:8000/v1/chat/completions", "candidate", "runtime", "prompt"),
        ("GET http://10.1.2.3:8000/v1/chat/completions", "none", None, None),
        ("GET http://h.example:11434/api/tags", "candidate", "runtime", "browse"),
        ("GET http://h.example:11434/other", "candidate", "runtime", None),
        ("GET http://h.example:8000/other", "none", None, None),
        ("mygpt.example", "candidate", None, None),
        ("parts.oldgpt.example", "none", None, None),
        ("quill-pen.example", "service", "quill-pen-example", None),
        ("two-more.example", "service", "two", None),
    ],
)
def test_match(acme: Matcher, line: str, verdict: str, service: str | None, activity: str | None) -> None:
    found = ask(acme, line)
    assert (found.verdict, found.service, found.activity) == (verdict, service, activity)
    assert found.why


@pytest.mark.parametrize(
    "line",
    [
        "chat.acme.example.evil.example",
        "xchat.acme.example",
        "chat-acme.example",
        "https://evil.example/chat.acme.example",
        "https://evil.example/?u=https://chat.acme.example/",
        "https://chat.acme.example@evil.example/",
        "https://evil.example\\.chat.acme.example/",
        "evil.example/.chat.acme.example",
        "chat.acme.exampl",
        "acme.example.",
        "\u0441hat.acme.example",  # a Cyrillic letter first
    ],
)
def test_look_alikes_are_not_the_service(acme: Matcher, line: str) -> None:
    expected = "acme-chat" if line == "acme.example." else None
    assert ask(acme, line).service == expected


def test_the_signature_and_reason_name_what_matched(acme: Matcher) -> None:
    found = ask(acme, "POST https://chat.acme.example/api/v2/talk/1")
    assert found.signature == "acme-chat@3"
    assert found.why == "POST /api/{v1|v2}/talk/* on chat.acme.example is prompt of Acme Chat"
    assert ask(acme, "chat.acme.example").why == "host is or ends in chat.acme.example (web host of Acme Chat)"


def test_a_vendors_own_tool_takes_the_request_on_the_vendors_host(acme: Matcher) -> None:
    found = ask(acme, "POST https://chat.acme.example/api/v1/talk/1", "acmecode/1.2 (linux)")
    assert (found.service, found.activity, found.client_kind) == ("acme-code", "prompt", "coding-agent")
    assert "acmecode" in found.why


def test_a_tools_user_agent_on_an_unknown_host_is_a_candidate(acme: Matcher) -> None:
    found = ask(acme, "GET https://unknown.example/", "acme-cli/2")
    assert (found.verdict, found.service, found.client_kind) == ("candidate", "acme-chat", "coding-agent")
    assert ask(acme, "GET https://unknown.example/", "notacme-cli/2").verdict == "none"


@pytest.mark.parametrize(
    ("user_agent", "kind"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", "person"),
        ("curl/8.5.0", "script"),
        ("Mozilla/5.0 acme-cli/3.1", "coding-agent"),
        ("curl/8 exec-env/AWS_Lambda_python3.13", "server"),
        ("Something/1", None),
        ("", None),
        ("-", None),
    ],
)
def test_client_kind(acme: Matcher, user_agent: str, kind: str | None) -> None:
    found = ask(acme, "GET https://chat.acme.example/", user_agent)
    assert found.client_kind == kind
    assert bool(found.client_why) == bool(kind)


def test_label_hosts_agrees_with_match(acme: Matcher) -> None:
    hosts = [
        "CHAT.acme.example.",
        "api.acme.example:443",
        "portal.big.example",
        "x.example",
        "",
        "\x1b[2Jx",
        "mygpt.example",
    ]
    labels = acme.label_hosts(hosts)
    assert [label.verdict for label in labels] == ["service", "service", "shared", "none", "none", "none", "candidate"]
    assert labels[0].role == "web"
    assert labels[0].exclusive
    assert not labels[2].exclusive
    assert [acme.of_label(label).verdict for label in labels][2] == "none"


@settings(max_examples=200)
@given(
    host=st.text(max_size=60),
    path=st.none() | st.text(max_size=200),
    agent=st.none() | st.text(max_size=200),
    method=st.none() | st.text(max_size=10),
    query=st.none() | st.text(max_size=50),
    port=st.none() | st.integers(-1, 70000),
)
def test_any_input_is_answered(
    matcher: Matcher,
    host: str,
    path: str | None,
    agent: str | None,
    method: str | None,
    query: str | None,
    port: int | None,
) -> None:
    found = matcher.match(host=host, path=path, user_agent=agent, method=method, query=query, port=port)
    assert found.verdict in {"service", "candidate", "none"}
    assert found.why.isprintable()


@given(st.lists(st.text(max_size=60), max_size=20))
def test_any_host_is_labelled_in_order(matcher: Matcher, hosts: list[str]) -> None:
    labels = matcher.label_hosts(hosts)
    assert [label.verdict for label in labels] == [matcher.label_hosts([host])[0].verdict for host in hosts]


def test_a_user_signature_replaces_the_built_in_namesake(signatures: WriteSignatures, tmp_path: Path) -> None:
    own = signatures(
        {
            "chat-assistant/acme-chat.yaml": ALL["chat-assistant/acme-chat.yaml"].replace(
                "chat.acme.example", "new.acme.example"
            )
        },
        "own",
    )
    catalog = load_catalog([signatures(ALL), own], builtin=False)
    assert Matcher(catalog).label_hosts(["new.acme.example", "chat.acme.example"])[0].service == "acme-chat"
    assert catalog.service("acme-chat").hosts[0].value == "new.acme.example"
    assert "acme-code" in catalog.services


def test_a_path_tells_more_than_an_ai_like_name(matcher: Matcher) -> None:
    found = matcher.match(host="llm.corp.example", method="POST", path="/v1/chat/completions")
    assert (found.verdict, found.activity) == ("candidate", "prompt")


@pytest.mark.parametrize(
    ("url", "activity"),
    [
        ("POST https://api.quillpen.example/v7/things", "prompt"),
        ("GET https://api.quillpen.example/v7/things", "browse"),
        ("POST https://quillpen.example/v7/things", "browse"),
        ("PUT https://upload.quillpen.example/v7/things", "file_upload"),
        ("GET https://cdn.eu.quillpen.example/v7/things", "static"),
        ("GET https://auth.quillpen.example/v7/things", "login"),
        ("POST https://telemetry.quillpen.example/v7/things", "telemetry"),
    ],
)
def test_the_first_label_tells_what_an_unnamed_host_of_a_service_does(
    signatures: WriteSignatures, url: str, activity: str
) -> None:
    listed = "category: search\nsources: [some-list]\nservices:\n  - {domain: quillpen.example, name: Quill Pen}\n"
    one = parse_input(url)
    own = Matcher(load_catalog([signatures({"search/_list.yaml": listed})], builtin=False))
    assert own.match(host=one.host, method=one.method, path=one.path).activity == activity
