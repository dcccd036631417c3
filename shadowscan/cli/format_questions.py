"""What `shadowscan formats new` asks before it writes a proposal."""

from dataclasses import replace

import typer

from shadowscan.cli.console import say
from shadowscan.formats.sandbox import ExpressionError, check_expression
from shadowscan.formats.schema import Target
from shadowscan.formats.spec import FormatSpec


def confirmed(spec: FormatSpec) -> FormatSpec:
    """Let the user confirm or change id, title and columns."""
    format_id = typer.prompt("id", default=spec.id, err=True)
    title = typer.prompt("title", default=spec.title, err=True)
    columns = dict(spec.columns)
    while True:
        say("\n".join(["columns:", *(f"  {name:14} {expression}" for name, expression in columns.items())]))
        name = typer.prompt("column to change (empty: all are right)", default="", show_default=False, err=True).strip()
        if not name:
            return replace(spec, id=format_id, title=title, columns=columns)
        _change(columns, name)


def _change(columns: dict[str, str], name: str) -> None:
    """Ask for one column's expression; an empty one drops the column."""
    if name not in set(Target):
        say(f"  no such column; they are {', '.join(Target)}")
        return
    text = typer.prompt(
        f"{name} = (field or expression; empty: none)", default="", show_default=False, err=True
    ).strip()
    if not text:
        columns.pop(name, None)
        return
    try:
        check_expression(text)
    except ExpressionError as error:
        say(f"  {error}")
        return
    columns[name] = text
