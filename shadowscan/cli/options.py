"""Options that several commands share."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from shadowscan.errors import UsageError

DEFAULT_DATABASE = Path("shadowscan.duckdb")


class Output(StrEnum):
    """How a report is written."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"
    HTML = "html"


class FailOn(StrEnum):
    """From which severity on findings give exit code 1."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class LogForm(StrEnum):
    """How the messages of a running watcher are written."""

    TEXT = "text"
    LOGFMT = "logfmt"
    JSON = "json"


DatabaseOption = Annotated[
    Path, typer.Option("--db", envvar="SHADOWSCAN_DB", help="Database file; made by the first scan.")
]
PolicyOption = Annotated[
    Path | None, typer.Option("--policy", envvar="SHADOWSCAN_POLICY", help="Policy file; see `shadowscan policy`.")
]
PriorsOption = Annotated[
    Path | None,
    typer.Option(
        "--priors", envvar="SHADOWSCAN_PRIORS", help="Numbers of yours for the exposure estimate; see docs/exposure.md."
    ),
]
PeopleOption = Annotated[
    Path | None,
    typer.Option("--people", envvar="SHADOWSCAN_PEOPLE", help="Who is who: CSV or YAML; see docs/people.md."),
]
NetworksOption = Annotated[
    Path | None,
    typer.Option("--networks", envvar="SHADOWSCAN_NETWORKS", help="Address ranges: sites, servers, clients."),
]
LeasesOption = Annotated[
    list[Path] | None,
    typer.Option("--leases", envvar="SHADOWSCAN_LEASES", help="CSV of DHCP or VPN leases; may be repeated."),
]
KeyFileOption = Annotated[
    Path | None,
    typer.Option(
        "--key-file", envvar="SHADOWSCAN_KEY_FILE", help="Key of the pseudonyms; see `shadowscan people key`."
    ),
]
PseudonymiseOption = Annotated[
    bool, typer.Option("--pseudonymise", help="Store pseudonyms in place of names; needs --key-file.")
]
AddressesOption = Annotated[
    bool, typer.Option("--pseudonymise-addresses", help="Store pseudonyms of the clients' addresses as well.")
]
TimeZoneOption = Annotated[str, typer.Option("--timezone", help="Zone of times that state none.")]
OutputOption = Annotated[Output, typer.Option("--output", "-o", help="Form of the report.")]
TableOption = Annotated[str, typer.Option("--table", help="With --output csv: the table; a wrong name lists all.")]
ToOption = Annotated[Path | None, typer.Option("--to", help="Write the report to this file instead of stdout.")]
TopOption = Annotated[int, typer.Option("--top", min=1, help="Rows of the longer tables in text output.")]
FailOnOption = Annotated[
    FailOn | None, typer.Option("--fail-on", help="Exit with 1 if a finding is at least this severe.")
]
SinceOption = Annotated[
    str | None, typer.Option("--since", help="From this time on (UTC): 2026-11-01, 2026-11-01T08:00, or 7d, 24h ago.")
]
UntilOption = Annotated[str | None, typer.Option("--until", help="Before this time (UTC), in the same forms.")]


def moment(text: str | None) -> datetime | None:
    """Read a bound such as ``2026-11-01``, ``2026-11-01T08:00`` or ``7d`` (ago); UsageError if it is none."""
    if text is None:
        return None
    from shadowscan.durations import duration

    try:
        return datetime.now(UTC).replace(tzinfo=None) - duration(text)
    except UsageError:
        pass
    try:
        value = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"not a time: {text!r}", hint="write 2026-11-01, 2026-11-01T08:00 or 7d") from error
    return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value


def size(text: str) -> int:
    """Read a size such as ``500M`` or ``20G`` (powers of 1024), or plain bytes; UsageError if it is none."""
    units = {"K": 10, "M": 20, "G": 30, "T": 40}
    number = text.strip().upper().removesuffix("B")
    power = units.get(number[-1:], 0)
    digits = number[:-1] if power else number
    if not digits.isdigit():
        raise UsageError(f"not a size: {text!r}", hint="write bytes, or 500M, 20G")
    return int(digits) << power
