"""`shadowscan listen`: receive syslog and spool it to files, for `scan` or `watch` to read."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from shadowscan.config.listen import ListenSettings
    from shadowscan.listen.listener import Listener

EPILOG = """\b
Examples:
  shadowscan listen --udp 0.0.0.0:514 --tcp 0.0.0.0:514 --spool /var/spool/shadowscan
  shadowscan listen --tls 0.0.0.0:6514 --cert server.pem --key server.key --spool spool/

`shadowscan watch` can listen itself: `listen` in the settings file.
"""


def listen(
    spool: Annotated[Path, typer.Option("--spool", help="Folder of the files that messages are written to.")],
    udp: Annotated[list[str] | None, typer.Option("--udp", metavar="HOST:PORT", help="Address to listen on.")] = None,
    tcp: Annotated[
        list[str] | None, typer.Option("--tcp", metavar="HOST:PORT", help="The same for TCP (RFC 6587).")
    ] = None,
    tls: Annotated[
        list[str] | None, typer.Option("--tls", metavar="HOST:PORT", help="The same for TLS (RFC 5425).")
    ] = None,
    cert: Annotated[Path | None, typer.Option("--cert", help="Certificate for --tls, PEM.")] = None,
    key: Annotated[Path | None, typer.Option("--key", help="Its key, PEM; else in the certificate's file.")] = None,
    client_ca: Annotated[
        Path | None, typer.Option("--client-ca", help="Hear only clients with a certificate of these.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Errors only.")] = False,
) -> None:
    """Receive syslog over UDP, TCP and TLS until stopped, each message a line of a file."""
    from shadowscan.cli.console import say
    from shadowscan.cli.stopping import stop_signal
    from shadowscan.listen.listener import Listener

    settings = _settings(
        spool=spool, udp=udp or (), tcp=tcp or (), tls=tls or (), cert_file=cert, key_file=key, client_ca_file=client_ca
    )
    with stop_signal() as stopped, Listener(settings) as listener:
        if not quiet:
            say(f"shadowscan: listening on {', '.join(map(str, listener.endpoints))}, spooling to {spool}")
        stopped.wait()
    if not quiet:
        say(_summary(listener))


def _settings(**values: object) -> "ListenSettings":
    from pydantic import ValidationError

    from shadowscan.config.listen import ListenSettings
    from shadowscan.errors import UsageError

    try:
        return ListenSettings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = f"--{first['loc'][0]}" if first["loc"] else ""
        raise UsageError(first["msg"].removeprefix("Value error, "), where=where) from error


def _summary(listener: "Listener") -> str:
    heard = listener.heard
    lost = heard.messages - heard.spooled
    text = f"shadowscan: {heard.spooled:,} messages spooled"
    for count, what in ((heard.truncated, "cut off"), (heard.dropped, "dropped"), (lost, "lost: " + heard.problem)):
        text += f", {count:,} {what}" if count else ""
    return text
