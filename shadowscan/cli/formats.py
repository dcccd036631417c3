"""`shadowscan formats`: which log formats are known, and what a file is."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Known log formats, and what a file is.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_formats(
    formats_dir: Annotated[Path | None, typer.Option("--formats-dir", help="Folder of your own formats.")] = None,
) -> None:
    """List every known format: id, vendor, title."""
    from shadowscan.cli.console import emit
    from shadowscan.cli.reading import library_for
    from shadowscan.report.escape import safe_text

    specs = sorted(library_for(formats_dir), key=lambda spec: spec.id)
    emit("\n".join(safe_text(f"{spec.id:30} {spec.vendor:22} {spec.title}") for spec in specs))
