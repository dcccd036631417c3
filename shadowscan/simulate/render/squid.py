"""Squid's native access.log, which does not say what clients sent.

``%ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt``
Source: https://wiki.squid-cache.org/Features/LogFormat
"""

from collections.abc import Iterable, Iterator

from shadowscan.simulate.render.seen import Seen


def access_log(seen: Iterable[Seen]) -> Iterator[str]:
    """Return the lines of the log."""
    for one in sorted(seen, key=lambda one: one.at):
        tunnel = one.method == "CONNECT"
        url = f"{one.host}:443" if tunnel else f"https://{one.host}{one.path}"
        yield (
            f"{one.at.timestamp():.3f} {one.seconds * 1000:6.0f} {one.person.address} "
            f"{'TCP_TUNNEL' if tunnel else 'TCP_MISS'}/200 {one.received} {one.method} {url} {one.person.name} "
            f"HIER_DIRECT/{one.server} {'-' if tunnel else 'application/json'}"
        )
