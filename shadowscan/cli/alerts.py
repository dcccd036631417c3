"""`shadowscan alerts`: what waits for delivery, and whether the sinks work."""

from typing import TYPE_CHECKING, Annotated

import typer

from shadowscan.cli.options import DEFAULT_DATABASE, DatabaseOption

if TYPE_CHECKING:
    from shadowscan.model.alert import Alert

app = typer.Typer(help="Alerts that wait, and their sinks.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def status(
    database: DatabaseOption = DEFAULT_DATABASE,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show how many alerts wait for each sink, since when, and how many were refused for good."""
    import json
    from dataclasses import asdict

    from shadowscan.cli.console import emit
    from shadowscan.sinks.alerter import alerts_folder
    from shadowscan.sinks.outbox import Outbox

    backlogs = Outbox(alerts_folder(database)).backlogs()
    if as_json:
        emit(json.dumps({name: asdict(backlog) for name, backlog in backlogs.items()}, indent=1, default=str))
        return
    rows = [("sink", "waiting", "oldest", "refused")]
    for name, backlog in backlogs.items():
        since = f"{backlog.oldest:%Y-%m-%d %H:%M}" if backlog.oldest else "-"
        rows.append((name, str(backlog.waiting), since, str(backlog.dead)))
    emit("\n".join(f"{name:24} {waiting:>7}  {oldest:16}  {dead:>7}" for name, waiting, oldest, dead in rows))


@app.command()
def retry(database: DatabaseOption = DEFAULT_DATABASE) -> None:
    """Let alerts that were refused for good wait for delivery again."""
    from shadowscan.cli.console import emit
    from shadowscan.sinks.alerter import alerts_folder
    from shadowscan.sinks.outbox import Outbox

    count = Outbox(alerts_folder(database)).retry()
    emit(f"{count} {'alert waits' if count == 1 else 'alerts wait'} again; the watcher delivers within 30 s")


@app.command("test")
def try_out(
    context: typer.Context,
    sink: Annotated[list[str] | None, typer.Argument(help="Names of sinks; none: all in the settings.")] = None,
) -> None:
    """Send a made-up alert to sinks of the settings file; exit code 3 if one does not take it."""
    from shadowscan.cli.config import settings_of
    from shadowscan.cli.console import emit
    from shadowscan.errors import ExitCode, UsageError
    from shadowscan.sinks.alerter import sinks_of
    from shadowscan.sinks.sink import DeliveryError

    sinks = sinks_of(settings_of(context).alerts)
    if strange := sorted(set(sink or ()) - sinks.keys()):
        raise UsageError(f"no sink {strange[0]!r}", hint=f"the settings name {', '.join(sinks) or 'none'}")
    failed = False
    for name, one in sinks.items():
        if sink and name not in sink:
            continue
        try:
            one.deliver(_made_up())
        except DeliveryError as error:
            failed = True
            emit(f"{name}: not delivered: {error}")
        else:
            emit(f"{name}: delivered")
    raise typer.Exit(ExitCode.INCOMPLETE if failed else ExitCode.COMPLETE)


def _made_up() -> "Alert":
    import secrets
    from datetime import UTC, datetime

    from shadowscan.model.alert import Alert
    from shadowscan.model.finding import Finding, Severity

    now = datetime.now(UTC).replace(tzinfo=None)
    finding = Finding(
        id="0" * 12,
        kind="test",
        severity=Severity.INFO,
        why="made up by `shadowscan alerts test`",
        title="This is a test of the alerts; nothing was found",
        evidence="shadowscan alerts test",
    )
    return Alert(
        id=secrets.token_hex(12),
        rule="test",
        created=now,
        severity=finding.severity,
        title=finding.title,
        findings=(finding,),
        written=None,
    )
