"""ProxySG's access log in the W3C extended format, with the bytes that clients sent.

Source: Broadcom, "ELFF access log formats" (article 168187); https://www.w3.org/TR/WD-logfile.html
"""

from collections.abc import Iterable, Iterator

from shadowscan.simulate.render.seen import Seen

_FIELDS = (
    "date time time-taken c-ip cs-username cs-auth-group sc-status s-action cs-method cs-uri-scheme cs-host "
    "cs-uri-port cs-uri-path cs(User-Agent) r-ip sc-bytes cs-bytes sc-filter-result"
)


def access_log(seen: Iterable[Seen]) -> Iterator[str]:
    """Return the lines of the log, with its header."""
    yield "#Software: SGOS 7.3.14.1"
    yield "#Version: 1.0"
    yield f"#Fields: {_FIELDS}"
    for one in sorted(seen, key=lambda one: one.at):
        tunnel = one.method == "CONNECT"
        yield (
            f"{one.at:%Y-%m-%d %H:%M:%S} {one.seconds * 1000:.0f} {one.person.address} {one.person.name} "
            f"{one.person.department} 200 {'TCP_TUNNELED' if tunnel else 'TCP_NC_MISS'} {one.method} "
            f"{'tcp' if tunnel else 'https'} {one.host} 443 {one.path or '/'} "
            f'"{one.agent}" {one.server} {one.received} {one.sent} OBSERVED'
        )
