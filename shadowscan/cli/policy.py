"""`shadowscan policy`: write, check and explain the policy."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shadowscan.cli.directory import with_directory
from shadowscan.cli.options import PolicyOption

if TYPE_CHECKING:
    from shadowscan.model.actors import Actor
    from shadowscan.people import Directory
    from shadowscan.policy import Policy, Use

app = typer.Typer(help="Write, check and explain the policy.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def init(
    path: Annotated[Path, typer.Argument(help="File to write.")] = Path("policy.yaml"),
) -> None:
    """Write a commented policy to start from."""
    from shadowscan.cli.console import emit
    from shadowscan.policy import write_template

    write_template(path)
    emit(f"{path} written; edit it, then: shadowscan report --policy {path}")


@app.command()
@with_directory
def check(directory: "Directory", path: Annotated[Path, typer.Argument(help="Policy file.")]) -> None:
    """Check a policy: its form, and that every name in it is known."""
    from shadowscan.analysis.policynames import known_names
    from shadowscan.catalog import load_catalog
    from shadowscan.cli.console import emit, tell
    from shadowscan.errors import ExitCode
    from shadowscan.policy import load_policy, unknown_names

    policy = load_policy(path)
    unknown = unknown_names(policy, known_names(load_catalog(), directory), path)
    for problem in unknown:
        tell(problem)
    if unknown:
        raise typer.Exit(ExitCode.USAGE)
    emit(f"{path}: {len(policy.content.rules)} rules, default {policy.content.default}")


@app.command()
def schema() -> None:
    """Print the JSON Schema of policy files."""
    from shadowscan.cli.console import emit
    from shadowscan.policy import schema_text

    emit(schema_text())


@app.command()
@with_directory
def explain(
    directory: "Directory",
    request: Annotated[str, typer.Argument(help="URL or host, with the method before it if it matters.")],
    policy: PolicyOption = None,
    user: Annotated[str | None, typer.Option("--user", help="As if this person did it.")] = None,
    department: Annotated[str | None, typer.Option("--department", help="Department of the person.")] = None,
    activity: Annotated[
        str | None, typer.Option("--activity", help="As if the request did this; else what the URL tells.")
    ] = None,
    address: Annotated[str | None, typer.Option("--address", help="Address it came from.")] = None,
    on: Annotated[
        datetime | None, typer.Option("--on", help="Day of the use; else today.", formats=["%Y-%m-%d"])
    ] = None,
) -> None:
    """Say which service a URL belongs to, what the policy says of it, and why no earlier rule fits."""
    from shadowscan.catalog import load_catalog, parse_input
    from shadowscan.catalog.matcher import Matcher
    from shadowscan.cli.console import emit
    from shadowscan.policy import Use, load_policy
    from shadowscan.report.escape import safe_text

    catalog = load_catalog()
    rules = load_policy(policy, catalog.aliases)
    parsed = parse_input(request)
    match = Matcher(catalog).match(**parsed._asdict())
    if match.service is None:
        emit(f"{safe_text(request)}: no service of the catalogue ({safe_text(match.why)})")
        return
    service = catalog.service(match.service)
    use = Use(
        service.id,
        service.category,
        actor=_actor(directory, user, department, address),
        address=address,
        activity=activity or match.activity,
        host=parsed.host,
        day=(on or datetime.now()).date(),  # noqa: DTZ005 - the day where the user is
    )
    emit(f"{safe_text(request)}: {service.name} ({service.id}), {use.activity or 'activity unknown'}")
    emit(f"  {safe_text(match.why)}")
    emit("\n".join(safe_text(line) for line in _verdict(rules, use)))


def _actor(directory: "Directory", user: str | None, department: str | None, address: str | None) -> "Actor | None":
    """Who the person or the address is, as the files know them."""
    from shadowscan.analysis.identities import actor_of

    if user is None and department is None and address is None:
        return None
    actor = actor_of(directory, user or address or "somebody", address, named=user is not None or address is None)
    return actor if department is None else replace(actor, department=department)


def _verdict(policy: "Policy", use: "Use") -> list[str]:
    """The rules that were tried, then the verdict."""
    from shadowscan.policy import explain as explain_use

    tried = [
        f"  rule {step.rule} ({step.verdict}) does not fit: {'; '.join(step.reasons)}"
        for step in explain_use(policy, use)
        if not step.fits
    ]
    judgement = policy.judge(use)
    late = ["  the approval is past its review date"] if judgement.overdue else []
    return [*tried, f"  {judgement.verdict}: {judgement.why}", *late]
