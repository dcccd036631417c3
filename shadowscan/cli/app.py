"""The `shadowscan` command: its sub-commands, and how errors reach the user."""

import gc
import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from shadowscan.cli import (
    alerts,
    capture,
    config,
    db,
    evidence,
    explain,
    findings,
    formats,
    listen,
    parse,
    people,
    policy,
    report,
    scan,
    signatures,
    simulate,
    unknown,
    watch,
)
from shadowscan.errors import ExitCode, ShadowscanError

STOPPED = 130
"""Exit code after Ctrl-C, as shells give it (128 + SIGINT)."""


class _Commands(TyperGroup):
    """Ends a command that was stopped, or that nobody reads, before typer does so in its own way."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            _stopped()
        except BrokenPipeError:
            _unread()
        except RuntimeError as error:
            # What DuckDB makes of Ctrl-C in the middle of a query.
            if str(error) != "Query interrupted":
                raise
            _stopped()


def _stopped() -> None:
    typer.echo("shadowscan: stopped; what was committed is kept, run the same command to go on", err=True)
    sys.exit(STOPPED)


def _unread() -> None:
    """The reader of our output (head, less) has gone: nobody is left to tell, and the rest may go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(ExitCode.COMPLETE)


app = typer.Typer(
    name="shadowscan",
    cls=_Commands,
    help="Finds unapproved generative-AI use in the logs and packet captures you already have. Works offline.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 complete, 1 findings at or above --fail-on, 2 usage, 3 incomplete, 4 database.",
)
app.command("scan", epilog=scan.EPILOG)(scan.scan)
app.command("report", epilog=report.EPILOG)(report.report)
app.command("evidence", epilog=evidence.EPILOG)(evidence.evidence)
app.command("explain", epilog=explain.EPILOG)(explain.explain)
app.command("unknown", epilog=unknown.EPILOG)(unknown.unknown)
app.command("parse", epilog=parse.EPILOG)(parse.parse)
app.command("watch", epilog=watch.EPILOG)(watch.watch)
app.command("capture", epilog=capture.EPILOG)(capture.capture)
app.command("listen", epilog=listen.EPILOG)(listen.listen)
app.command("simulate", epilog=simulate.EPILOG)(simulate.simulate)
app.add_typer(formats.app, name="formats")
app.add_typer(signatures.app, name="signatures")
app.add_typer(findings.app, name="findings")
app.add_typer(policy.app, name="policy")
app.add_typer(people.app, name="people")
app.add_typer(config.app, name="config")
app.add_typer(alerts.app, name="alerts")
app.add_typer(db.app, name="db")


def _version(wanted: bool) -> None:  # noqa: FBT001 - a typer callback
    if wanted:
        from shadowscan import __version__

        typer.echo(f"shadowscan {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    _version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_version, is_eager=True)
    ] = False,
    _debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    settings: config.ConfigOption = None,
) -> None:
    """Options before the command."""
    config.use_settings(context, settings)


def main() -> None:
    """Run the command line; every error becomes one message on stderr and a documented exit code."""
    # Events come in bulk and hold no cycles: the search for some after every 700 new objects took a tenth of the time.
    gc.set_threshold(50_000, 20, 20)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy's linear algebra is not used; its threads cost the start
    try:
        app(prog_name="shadowscan")
    except ShadowscanError as error:
        if "--debug" in sys.argv:
            raise
        _complain(error)
        sys.exit(error.exit_code)


def _complain(error: ShadowscanError) -> None:
    from shadowscan.report.escape import safe_text

    problem = error.problem
    where = f"{problem.where}: " if problem.where else ""
    typer.echo(safe_text(f"shadowscan: {where}{problem.message}"), err=True)
    for label, text in (("reason", problem.reason), ("what to do", problem.hint)):
        if text:
            typer.echo(safe_text(f"  {label}: {text}"), err=True)
