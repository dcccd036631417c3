"""YAML files that people write: loaded safely, errors told with file, line, value and what is allowed."""

import difflib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, ValidationInfo
from pydantic_core import ErrorDetails

from shadowscan.errors import UsageError

_Loader: Any = type("_Loader", (getattr(yaml, "CSafeLoader", yaml.SafeLoader),), {})


def _moment(loader: Any, node: yaml.ScalarNode) -> Any:
    """A day as YAML means it; what only looks like one stays text, so that the model tells where it stands."""
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError:
        return node.value


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _moment)
_QUOTED = re.compile(r"'([^']*)'")
_MEMBER = re.compile(r"<\w+\.\w+: ('[^']*')>")
"""A member of an enumeration as pydantic shows it."""


class FileModel(BaseModel):
    """Base of models of files: a key that is not known is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Model = TypeVar("Model", bound=BaseModel)


def _placed(path: Path, info: ValidationInfo) -> Path:
    return Path((info.context or {}).get("folder", "")) / path.expanduser()


PlacedPath = Annotated[Path, AfterValidator(_placed)]
"""A path in a file: relative to the file's own folder."""


def read_model(path: Path, kind: str, model: type[Model]) -> Model:
    """Read and validate a file; UsageError with file:line, the value found, what is allowed. ``kind``: its name."""
    raw = load_yaml(path)
    try:
        return model.model_validate({} if raw is None else raw, context={"folder": path.parent})
    except ValidationError as error:
        raise located(kind, path, error, model) from error


def load_yaml(path: Path) -> Any:
    """Return the file's content as plain data; UsageError for a missing, unreadable or malformed file."""
    try:
        return yaml.load(read_text(path), Loader=_Loader)  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise UsageError("not valid YAML", reason=str(getattr(error, "problem", error)), where=where) from error


def read_text(path: Path) -> str:
    """Return a file's text (UTF-8, with or without byte order mark); UsageError if it is missing or unreadable."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise UsageError("no such file", where=str(path)) from error
    except OSError as error:
        raise UsageError("can't be read", reason=error.strerror or str(error), where=str(path)) from error
    except UnicodeDecodeError as error:
        raise UsageError("can't be read", reason="not UTF-8 text", where=str(path), hint="save it as UTF-8") from error


def located(kind: str, path: Path, error: ValidationError, model: type[BaseModel] | None = None) -> UsageError:
    """Turn a validation error into one that names the line: what was found and what is allowed."""
    lines = {line_of(path, found["loc"]): found for found in reversed(error.errors())}
    line, first = min(lines.items())
    more = len(error.errors()) - 1
    hints = (_near(first, model), f"{more} more of the kind" if more else "")
    return UsageError(
        f"wrong {kind}: {'.'.join(map(str, first['loc'])) or 'the file'}",
        reason=reason_of(first),
        where=f"{path}:{line}",
        hint="; ".join(hint for hint in hints if hint),
    )


def reason_of(error: ErrorDetails) -> str:
    """Say what was found and what is allowed."""
    found, message = error["input"], _MEMBER.sub(r"\1", error["msg"].removeprefix("Value error, "))
    if error["type"] == "extra_forbidden":
        return "no such key"
    if error["type"] in ("enum", "literal_error"):
        return f"{found!r} is not allowed: one of {message.removeprefix('Input should be ')}"
    shown = "" if found is None or isinstance(found, (dict, list, tuple)) else f", found {found!r}"
    return message + shown


def nearest(name: str, known: Iterable[str]) -> str:
    """Return ``did you mean x or y?``, or all that is known where nothing is near (the first twenty)."""
    names = list(known)
    if near := difflib.get_close_matches(name, names, n=3, cutoff=0.6):
        return f"did you mean {' or '.join(near)}?"
    return f"known: {', '.join(names[:20])}{' …' if len(names) > 20 else ''}" if names else ""


def _near(error: ErrorDetails, model: type[BaseModel] | None) -> str:
    """What was probably meant, if the error or the model tells."""
    if error["type"] == "extra_forbidden" and model is not None:
        return nearest(str(error["loc"][-1]), _keys(model, error["loc"][:-1]))
    if error["type"] in ("enum", "literal_error"):
        hint = nearest(str(error["input"]), _QUOTED.findall(error["msg"]))
        return hint if hint.startswith("did") else ""
    return ""


def _keys(model: type[BaseModel], place: tuple[int | str, ...]) -> list[str]:
    """Keys of the part of a model that a place leads to."""
    current = model
    for step in place:
        if isinstance(step, str) and step in current.model_fields:
            current = _inner(current.model_fields[step].annotation) or current
    return list(current.model_fields)


def _inner(annotation: Any) -> type[BaseModel] | None:
    """The model within a type such as ``tuple[Model, ...]`` or ``Model | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _inner(part))), None)


def line_of(path: Path, place: tuple[int | str, ...]) -> int:
    """Return the line (from 1) of a value by its keys and positions; of its nearest parent if it is missing."""
    node: Any = yaml.compose(read_text(path), Loader=_Loader)
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
