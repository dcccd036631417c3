"""``shadowscan signatures``: look at, test, check, compare and update the catalogue."""

import sys
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

if TYPE_CHECKING:
    from shadowscan.catalog import Catalog, Service

_Words = TypeVar("_Words", bound=StrEnum)

app = typer.Typer(help="The catalogue of AI services: what is recognised, by what, and why.", no_args_is_help=True)

Directories = Annotated[
    list[Path] | None,
    typer.Option("--signatures", help="Directory of own signatures, instead of your local ones; repeatable."),
]
Output = Annotated[str, typer.Option("--output", "-o", help="text or ndjson")]


@app.command("match")
def match_command(
    inputs: Annotated[list[str], typer.Argument(metavar="URL...", help="`[METHOD ]URL-or-host`; - reads lines")],
    output: Output = "text",
    signatures: Directories = None,
) -> None:
    """Say what a URL or host is, and why.

    Example: shadowscan signatures match "POST https://chatgpt.com/backend-api/conversation" claude.ai
    """
    from shadowscan.catalog.matcher import Matcher
    from shadowscan.cli.signature_match import match_lines

    catalog = _load(signatures)
    _check_output(output)
    lines = _stdin_lines() if inputs == ["-"] else iter(inputs)
    for block in match_lines(Matcher(catalog), lines, ndjson=output == "ndjson"):
        sys.stdout.write(block)


@app.command("list")
def list_command(
    category: Annotated[str, typer.Option(help="Only this category.")] = "",
    status: Annotated[str, typer.Option(help="Only this status: stable, provisional, retired.")] = "",
    search: Annotated[str, typer.Option(help="Only services with this in id, name, vendor or hosts.")] = "",
    output: Output = "text",
    signatures: Directories = None,
) -> None:
    """List the services of the catalogue.

    Example: shadowscan signatures list --category code-assistant
    """
    from shadowscan.cli.signature_views import service_rows, services_ndjson

    _check_output(output)
    catalog = _load(signatures)
    wanted = [one for one in catalog.services.values() if _wanted(one, category, status, search.lower())]
    _print(services_ndjson(wanted) if output == "ndjson" else service_rows(wanted, catalog))


@app.command("show")
def show_command(
    service: Annotated[str, typer.Argument(metavar="ID")],
    output: Output = "text",
    signatures: Directories = None,
) -> None:
    """Show one service: its hosts, endpoints, terms and sources.

    Example: shadowscan signatures show openai-chatgpt
    """
    from shadowscan.cli.signature_views import service_page, services_ndjson

    _check_output(output)
    found = _load(signatures).service(service)
    _print(services_ndjson([found]) if output == "ndjson" else service_page(found))


@app.command("lint")
def lint_command(
    directory: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="Default: the built-in.")] = None,
    *,
    beside: Annotated[bool, typer.Option(help="Check DIR among the built-in signatures.")] = False,
    output: Output = "text",
) -> None:
    """Check signatures: their own tests, sources, conflicts, look-alikes. Exits 2 on an error."""
    from shadowscan.catalog import builtin_directory
    from shadowscan.catalog.lint import Level, lint, load_subject
    from shadowscan.cli.signature_views import finding_rows, findings_ndjson
    from shadowscan.errors import ExitCode

    _check_output(output)
    places = [builtin_directory()] if beside or directory is None else []
    subject = load_subject([*places, directory] if directory else places)
    found = lint(subject)
    _print(findings_ndjson(found) if output == "ndjson" else finding_rows(found, len(subject.catalog.services)))
    if any(finding.level is Level.ERROR for finding in found):
        raise typer.Exit(ExitCode.USAGE)


@app.command("diff")
def diff_command(
    old: Annotated[str, typer.Argument(help="A directory, or `built-in`.")],
    new: Annotated[str, typer.Argument(help="A directory, or `built-in`.")],
    output: Output = "text",
) -> None:
    """Compare two catalogues: services added, removed, renamed, changed."""
    from shadowscan.catalog.diff import diff
    from shadowscan.cli.signature_views import change_rows, changes_ndjson

    _check_output(output)
    changes = diff(_named(old), _named(new))
    _print(changes_ndjson(changes) if output == "ndjson" else change_rows(changes))


@app.command("update")
def update_command(
    source: Annotated[Path, typer.Option("--from", help="A signatures directory, zip or tar archive.")],
) -> None:
    """Install a newer catalogue from a file: checked first, then in force at once. No network.

    Your own signatures (`signatures add`) are not touched.
    """
    from shadowscan.catalog.update import install_update

    done = install_update(source)
    _print([f"catalogue {done.version} of {done.released}: {done.services} services, in {done.directory}"])


@app.command("add")
def add_command(
    host: Annotated[str, typer.Argument(metavar="HOST", help="It and all hosts below it.")],
    name: Annotated[str | None, typer.Option(help="What the service is called; default: the host.")] = None,
    category: Annotated[str, typer.Option(help="A category of `signatures summary`.")] = "chat-assistant",
    role: Annotated[str, typer.Option(help="web, api, upload, cdn, telemetry, auth or voice.")] = "web",
    to: Annotated[Path | None, typer.Option(help="Directory; default: your local signatures.")] = None,
) -> None:
    """Make an unknown host a provisional service of your own; updates leave it alone.

    What `shadowscan unknown` lists becomes a tool of every later report, with its past use.

    Example: shadowscan signatures add chat.example.com --name "Example Chat" --category chat-assistant
    """
    from shadowscan.catalog import Category, Role
    from shadowscan.catalog.local import add_signature

    kind, part = _word(Category, category, "--category"), _word(Role, role, "--role")
    _print([str(add_signature(host, name=name, category=kind, role=part, to=to))])


@app.command("dismiss")
def dismiss_command(
    host: Annotated[str, typer.Argument(metavar="HOST", help="It and all hosts below it.")],
    reason: Annotated[str, typer.Option(help="What it is instead; kept beside the host.")],
    to: Annotated[Path | None, typer.Option(help="Directory; default: your local signatures.")] = None,
) -> None:
    """Note that a host is not AI: `shadowscan unknown` and reports no longer list it.

    Example: shadowscan signatures dismiss ai-group.example.org --reason "an insurer's name"
    """
    from shadowscan.catalog.local import dismiss_host

    _print([str(dismiss_host(host, reason=reason, to=to))])


@app.command("schema")
def schema_command() -> None:
    """Print the JSON Schema of signature files."""
    from shadowscan.catalog.publish import json_schema

    _print([json_schema()])


@app.command("summary")
def summary_command(signatures: Directories = None) -> None:
    """Print the catalogue's figures as Markdown: counts by category, status and source."""
    from shadowscan.catalog.publish import summary_page

    _print([summary_page(_load(signatures))])


def _load(signatures: list[Path] | None) -> "Catalog":
    from shadowscan.catalog import load_catalog

    return load_catalog(signatures or None)


def _named(name: str) -> "Catalog":
    from shadowscan.catalog import load_catalog

    return load_catalog(()) if name == "built-in" else load_catalog([Path(name)], builtin=False)


def _word(words: type[_Words], text: str, option: str) -> _Words:
    try:
        return words(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not one of {', '.join(words)}", param_hint=option) from error


def _check_output(output: str) -> None:
    if output not in {"text", "ndjson"}:
        raise typer.BadParameter(f"{output!r} is not one of text, ndjson", param_hint="--output")


def _wanted(service: "Service", category: str, status: str, search: str) -> bool:
    text = " ".join((service.id, service.name, service.vendor, *(host.value for host in service.hosts))).lower()
    return (
        (not category or service.category == category) and (not status or service.status == status) and search in text
    )


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")


def _stdin_lines() -> Iterator[str]:
    """Yield lines of standard input; bytes that are not UTF-8 become replacement characters."""
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", "replace").rstrip("\r\n")
