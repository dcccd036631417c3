"""The formats a command knows: built-in ones and the user's own."""

from pathlib import Path

from shadowscan.formats.library import FormatLibrary, load_library, read_user_format
from shadowscan.formats.spec import FormatSpec


def library_for(formats_dir: Path | None) -> FormatLibrary:
    """Built-in formats and those of the user's folders."""
    personal = Path.home() / ".config" / "shadowscan" / "formats"
    folders = [folder for folder in (personal, formats_dir) if folder is not None and folder.is_dir()]
    return load_library(folders)


def forced_format(library: FormatLibrary, name: str | None) -> FormatSpec | None:
    """The format that --format names: an id, or a YAML file."""
    if name is None:
        return None
    return read_user_format(Path(name)) if name.endswith((".yaml", ".yml")) else library.get(name)
