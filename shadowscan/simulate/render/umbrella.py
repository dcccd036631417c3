"""Umbrella's DNS log: thirteen quoted columns, no header, times in UTC.

Source: https://docs.umbrella.com/umbrella-user-guide/docs/dns-log-formats
"""

from collections.abc import Iterator

from shadowscan.simulate.company import Company
from shadowscan.simulate.network import connections
from shadowscan.simulate.render.seen import moment


def dns_log(company: Company) -> Iterator[str]:
    """Return one lookup before each connection."""
    for one in sorted(connections(company), key=lambda one: one.start):
        name, address = f"{one.use.person.name}@example.com", one.use.person.address
        values = (
            f"{moment(one.start):%Y-%m-%d %H:%M:%S}", name, f"{name},HQ", address, "203.0.113.5", "Allowed", "1 (A)",
            "NOERROR", f"{one.host}.", "Generative AI", "AD Users", "AD Users,Sites", "",
        )  # fmt: skip
        yield ",".join(f'"{value}"' for value in values)
