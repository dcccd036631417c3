"""`shadowscan formats`: which log formats are known, what a file is, and how to add one."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from shadowscan.formats.spec import FormatSpec
    from shadowscan.sources import Source

app = typer.Typer(help="Known log formats, and what a file is.", no_args_is_help=True, rich_markup_mode=None)
FormatsDir = Annotated[Path | None, typer.Option("--formats-dir", help="Folder of your own formats.")]
Timezone = Annotated[str, typer.Option("--timezone", help="Zone of times that state none.")]


class Form(StrEnum):
    """How an examination is printed."""

    TEXT = "text"
    JSON = "json"


Output = Annotated[Form, typer.Option("--output", "-o", help="Form of the answer.")]


@app.command("list")
def list_formats(formats_dir: FormatsDir = None) -> None:
    """List every known format: id, vendor, title."""
    from shadowscan.cli.console import emit
    from shadowscan.cli.library import library_for
    from shadowscan.report.escape import safe_text

    specs = sorted(library_for(formats_dir), key=lambda spec: spec.id)
    emit("\n".join(safe_text(f"{spec.id:30} {spec.vendor:22} {spec.title}") for spec in specs))


@app.command()
def show(
    format_id: Annotated[str, typer.Argument(metavar="ID", help="A format's id.")], formats_dir: FormatsDir = None
) -> None:
    """Print a format's file: a pattern to start your own from."""
    from shadowscan.cli.console import emit
    from shadowscan.cli.library import library_for
    from shadowscan.formats.library import BUILT_IN

    spec = library_for(formats_dir).get(format_id)
    path = BUILT_IN / f"{spec.id}.yaml" if spec.origin == "built-in" else Path(spec.origin)
    emit(path.read_text(encoding="utf-8"))


@app.command()
def schema(
    to: Annotated[Path | None, typer.Option("--to", help="Write it to this file instead of stdout.")] = None,
) -> None:
    """Print the JSON Schema of format files."""
    from shadowscan.cli.console import emit
    from shadowscan.formats.schema import json_schema

    emit(json_schema(), to)


@app.command()
def guess(
    path: Annotated[str, typer.Argument(help="A log; - is standard input.")],
    output: Output = Form.TEXT,
    formats_dir: FormatsDir = None,
    timezone: Timezone = "UTC",
) -> None:
    """Say what a file is: candidates with their evidence, the first events, and what the log can't show.

    Exit code 3 if no format fits.
    """
    from shadowscan.cli.console import emit
    from shadowscan.cli.format_views import as_json, guess_text
    from shadowscan.cli.library import library_for
    from shadowscan.errors import ExitCode
    from shadowscan.ingest.examine import examine

    found = examine(_source(path), library_for(formats_dir), timezone=timezone)
    emit(as_json(found) if output is Form.JSON else guess_text(found))
    raise typer.Exit(ExitCode.COMPLETE if found.standings else ExitCode.INCOMPLETE)


@app.command("test")
def try_format(
    format_file: Annotated[Path, typer.Argument(metavar="FORMAT.yaml", help="The format's file.")],
    sample: Annotated[str, typer.Argument(help="A log of that format; - is standard input.")],
    output: Output = Form.TEXT,
    timezone: Timezone = "UTC",
) -> None:
    """Read a sample with a format of your own: counts, first events, coverage, rejected lines with the reason.

    Exit code 3 if a line is rejected.
    """
    from shadowscan.cli.console import emit
    from shadowscan.cli.format_views import as_json, trial_text
    from shadowscan.errors import ExitCode
    from shadowscan.formats.library import FormatLibrary, read_user_format
    from shadowscan.ingest.examine import examine

    spec = read_user_format(format_file)
    found = examine(_source(sample), FormatLibrary([spec]), timezone=timezone, forced=spec, most=None)
    emit(as_json(found) if output is Form.JSON else trial_text(found))
    raise typer.Exit(ExitCode.INCOMPLETE if found.rejected else ExitCode.COMPLETE)


@app.command()
def new(
    sample: Annotated[str | None, typer.Argument(help="A log that no format fits.")] = None,
    squid: Annotated[str | None, typer.Option("--squid-logformat", help="Squid's logformat directive.")] = None,
    apache: Annotated[str | None, typer.Option("--apache-logformat", help="Apache's LogFormat directive.")] = None,
    nginx: Annotated[str | None, typer.Option("--nginx-logformat", help="nginx' log_format directive.")] = None,
    vpc: Annotated[str | None, typer.Option("--aws-vpc-logformat", help="Fields of an AWS VPC flow log.")] = None,
    format_id: Annotated[str | None, typer.Option("--id", help="Id of the new format.")] = None,
    title: Annotated[str | None, typer.Option("--title", help="Title of the new format.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing.")] = False,
    to: Annotated[Path | None, typer.Option("--to", help="Write to this file instead of stdout.")] = None,
) -> None:
    """Propose a format file from a sample, or from the directive that makes the log.

    Example: shadowscan formats new edge.log --yes --to edge.yaml
    """
    from shadowscan.cli.console import emit, say
    from shadowscan.cli.format_questions import confirmed
    from shadowscan.formats.draft import as_yaml, default_id

    directives = {"squid": squid, "apache": apache, "nginx": nginx, "aws-vpc": vpc}
    stated = {name: text for name, text in directives.items() if text is not None}
    name = format_id or default_id(sample or f"{next(iter(stated), 'log')}.log")
    spec = _proposed(sample, stated, name, title or f"log like {Path(sample).name if sample else name}")
    spec = spec if yes else confirmed(spec)
    emit(as_yaml(spec), to)
    if to is not None:
        say(f"shadowscan: {to} written; next: shadowscan formats test {to} {sample or 'SAMPLE'}")


def _proposed(sample: str | None, stated: dict[str, str], format_id: str, title: str) -> "FormatSpec":
    from shadowscan.cli.console import say
    from shadowscan.errors import UsageError
    from shadowscan.formats.directive import format_of_directive
    from shadowscan.formats.draft import drafted
    from shadowscan.formats.library import load_library
    from shadowscan.ingest.examine import recognised_as, sample_of

    if len(stated) + (sample is not None) != 1:
        raise UsageError("name a sample, or one directive", hint="shadowscan formats new --help")
    for dialect, directive in stated.items():
        return format_of_directive(dialect, directive, format_id=format_id, title=title)
    lines = sample_of(_source(str(sample)))
    known = recognised_as(load_library(), lines)
    if known and known.share >= 0.5:
        say(f"shadowscan: {known.share:.0%} of {sample} is read as {known.spec.id} already")
    return drafted(lines, format_id=format_id, title=title, name=str(sample))


def _source(path: str) -> "Source":
    from shadowscan.errors import Problem, UsageError
    from shadowscan.sources import discover

    found = list(discover([path]))
    if len(found) != 1:
        raise UsageError(f"{len(found)} files; name one", where=path)
    if isinstance(found[0], Problem):
        problem = found[0]
        raise UsageError(problem.message, reason=problem.reason, where=problem.where, hint=problem.hint)
    return found[0]
