"""`shadowscan simulate`: logs of a company that never was, with the truth beside them."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Shown(StrEnum):
    """What the logs show."""

    PROXY_FULL = "proxy-full"
    PROXY_CONNECT = "proxy-connect"
    FIREWALL = "firewall"
    DNS = "dns"


EPILOG = """\b
Examples:
  shadowscan simulate --people 200 --days 10 --out demo
  shadowscan scan demo/logs
"""


def simulate(
    out: Annotated[Path, typer.Option("--out", help="Folder to write: logs/, people.csv, truth.json.")],
    people: Annotated[int, typer.Option("--people", min=1, max=100_000, help="People in the company.")] = 100,
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="Days, from a Monday on.")] = 5,
    seed: Annotated[int, typer.Option("--seed", help="One seed, one company.")] = 1,
    visibility: Annotated[Shown, typer.Option("--visibility", help="What the logs show.")] = Shown.PROXY_FULL,
    formats: Annotated[
        list[str] | None, typer.Option("--formats", help="proxysg, squid, fortigate or umbrella; may be repeated.")
    ] = None,
) -> None:
    """Write logs of a simulated company whose truth is known, to try out, to calibrate or to load-test."""
    from shadowscan.cli.console import emit
    from shadowscan.simulate import simulate as play
    from shadowscan.simulate.views import Visibility
    from shadowscan.simulate.write import write_company

    names = [name for part in formats or [] for name in part.split(",") if name]
    written = write_company(play(people, days, seed), out, Visibility(visibility.value), names)
    emit("\n".join(str(path) for path in written))
