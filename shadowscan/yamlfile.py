"""YAML files that people write: loaded safely, errors told with file, line, value and what is allowed."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from shadowscan.errors import UsageError

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_yaml(path: Path) -> Any:
    """Return the file's content as plain data; UsageError for a missing, unreadable or malformed file."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a safe loader
    except FileNotFoundError as error:
        raise UsageError("no such file", where=str(path)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("can't be read", reason=str(error), where=str(path)) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise UsageError("not valid YAML", reason=str(getattr(error, "problem", error)), where=where) from error


def located(kind: str, path: Path, error: ValidationError) -> UsageError:
    """Turn a validation error into one that names the line: what was found and what is allowed."""
    first = error.errors()[0]
    place: tuple[int | str, ...] = first["loc"]
    line = line_of(path, place)
    field = ".".join(str(part) for part in place) or "the file"
    found = first.get("input")
    shown = f", found {found!r}" if not isinstance(found, (dict, list, tuple)) and found is not None else ""
    more = len(error.errors()) - 1
    return UsageError(
        f"wrong {kind}: {field}",
        reason=f"{first['msg']}{shown}",
        where=f"{path}:{line}",
        hint=f"{more} more of the kind" if more else "",
    )


def line_of(path: Path, place: tuple[int | str, ...]) -> int:
    """Return the line (from 1) of a value by its keys and positions; of its nearest parent if it is missing."""
    node: Any = yaml.compose(path.read_text(encoding="utf-8"), Loader=_Loader)
    line = node.start_mark.line + 1 if node else 1
    for step in place:
        node = _child(node, step)
        if node is None:
            break
        line = node.start_mark.line + 1
    return line


def _child(node: Any, step: int | str) -> Any:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step]
    return None
