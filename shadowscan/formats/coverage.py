"""What an input can and cannot show, told by the event columns its records fill."""

from collections.abc import Mapping

LITTLE = 0.05
"""A column that fewer of the events fill counts as missing."""

_LACKS: tuple[tuple[tuple[str, ...], frozenset[str], str], ...] = (
    (("ts",), frozenset(), "no times: no period, no trend, no order"),
    (("user", "src_ip", "src_host"), frozenset(), "no client at all: nothing can be traced to a person or device"),
    (("host",), frozenset(), "no host names: services are known by their addresses only, if at all"),
    (("user",), frozenset(), "no user names: people cannot be told apart, only devices"),
    (("bytes_out",), frozenset(["http", "proxy", "tls", "quic", "flow"]), "no bytes out: no volume estimate"),
    (("url_path",), frozenset(["http"]), "no URL paths: prompts and uploads cannot be told from browsing"),
    (("action",), frozenset(), "no action: what was blocked cannot be told from what went through"),
    (("user_agent",), frozenset(["http"]), "no user agents: programs cannot be told from people in browsers"),
)
"""Columns of which at least one is needed, the kinds of events it matters for (none: all), what follows."""
_KINDS: Mapping[str, str] = {
    "proxy": "tunnels only (CONNECT): no paths, prompts cannot be told from browsing",
    "dns": "names looked up only: no volumes, no content, not even whether a connection followed",
    "tls": "TLS handshakes only: no paths, no content",
}


def shortcomings(coverage: Mapping[str, float], kinds: Mapping[str, int]) -> tuple[str, ...]:
    """Return what the input lacks and what follows from it, the gravest first.

    ``coverage`` is the share of events (0..1) that fill each column, ``kinds`` the number of events of each kind.
    """
    main = max(kinds, key=lambda kind: kinds[kind], default="")
    alone = [_KINDS[main]] if main in _KINDS and kinds[main] >= (1 - LITTLE) * sum(kinds.values()) else []
    found = [
        text
        for columns, matters, text in _LACKS
        if all(coverage.get(name, 0.0) < LITTLE for name in columns) and (not matters or matters & kinds.keys())
    ]
    return (*alone, *_without_implied(found))


def _without_implied(found: list[str]) -> list[str]:
    """No client at all says more than no user names."""
    if any(text.startswith("no client") for text in found):
        return [text for text in found if not text.startswith("no user names")]
    return found
