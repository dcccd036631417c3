"""`shadowscan policy`: write, check and explain the policy."""

from pathlib import Path
from typing import Annotated

import typer

from shadowscan.cli.options import PolicyOption

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
def check(path: Annotated[Path, typer.Argument(help="Policy file.")]) -> None:
    """Check a policy: its form, and that the catalogue knows every name in it."""
    from shadowscan.catalog import Category, load_catalog
    from shadowscan.cli.console import emit
    from shadowscan.errors import UsageError
    from shadowscan.policy import load_policy

    policy, catalog = load_policy(path), load_catalog()
    known = frozenset(catalog.services) | {alias for service in catalog.services.values() for alias in service.aliases}
    unknown = policy.unknown_names(known, frozenset(Category))
    if unknown:
        raise UsageError(
            f"the catalogue doesn't know {', '.join(unknown)}",
            where=str(path),
            hint="`shadowscan signatures list` names services and categories",
        )
    emit(f"{path}: {len(policy.content.rules)} rules, default {policy.content.default}")


@app.command()
def schema() -> None:
    """Print the JSON Schema of policy files."""
    import json

    from shadowscan.cli.console import emit
    from shadowscan.policy import PolicyFile

    emit(json.dumps(PolicyFile.model_json_schema(), indent=2))


@app.command()
def explain(
    request: Annotated[str, typer.Argument(help="URL or host, with the method before it if it matters.")],
    policy: PolicyOption = None,
) -> None:
    """Say which service a URL belongs to, what the policy says of it, and why."""
    from shadowscan.catalog import load_catalog, parse_input
    from shadowscan.cli.console import emit
    from shadowscan.policy import load_policy
    from shadowscan.report.escape import safe_text

    catalog = load_catalog()
    rules = load_policy(policy, catalog.aliases)
    parsed = parse_input(request)
    match = catalog.matcher().match(**parsed._asdict())
    if match.service is None:
        emit(f"{safe_text(request)}: no service of the catalogue ({safe_text(match.why)})")
        return
    service = catalog.service(match.service)
    judgement = rules.judge(service.id, service.category)
    emit(f"{safe_text(request)}: {service.name} ({service.id}), {match.activity}\n  {safe_text(match.why)}")
    emit(f"  {judgement.verdict}: {safe_text(judgement.why)}")
