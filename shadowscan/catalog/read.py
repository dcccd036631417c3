"""Reads and checks the YAML files of signature directories; every complaint names file, line and what is allowed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from shadowscan.catalog import schema
from shadowscan.catalog.model import AgentToken, Endpoint, NotAi, Service
from shadowscan.errors import UsageError

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Model = TypeVar("_Model", bound=BaseModel)
MAX_FILE = 4 * 1024 * 1024
"""Bytes of one signature file; a larger one is refused."""


@dataclass(slots=True)
class Contents:
    """All that the files of one or more directories say."""

    services: list[Service] = field(default_factory=list)
    clients: list[AgentToken] = field(default_factory=list)
    shapes: list[Endpoint] = field(default_factory=list)
    not_ai: list[NotAi] = field(default_factory=list)
    sources: dict[str, schema.SourceEntry] = field(default_factory=dict)
    files: dict[str, schema.ServiceFile] = field(default_factory=dict)
    """Described services by id: for their tests."""
    released: str = ""


def signature_files(directory: Path) -> list[Path]:
    """List the YAML files of a directory and the folders in it, sorted by name."""
    return sorted(path for path in directory.rglob("*.yaml") if path.is_file())


def read_directories(directories: Sequence[Path]) -> Contents:
    """Read directories in order; a service of a later one replaces its namesake of an earlier one.

    Raises UsageError for a broken file, an id used twice in one directory, or a directory that doesn't exist.
    """
    contents = Contents()
    for directory in directories:
        if not directory.is_dir():
            raise UsageError("no such signature directory", where=str(directory), hint="check the path")
        _read_directory(directory, contents)
    return contents


def _read_directory(directory: Path, contents: Contents) -> None:
    seen: dict[str, str] = {}
    added: list[Service] = []
    for path in signature_files(directory):
        for service in _read_file(path, directory, contents):
            if service.id in seen:
                raise UsageError(
                    f"service id {service.id!r} is used twice",
                    reason=f"also in {seen[service.id]}",
                    where=str(path),
                    hint="give one of them another id",
                )
            seen[service.id] = service.origin
            added.append(service)
    contents.services = [one for one in contents.services if one.id not in seen] + added


def _read_file(path: Path, directory: Path, contents: Contents) -> Iterable[Service]:
    raw = read_yaml(path)
    origin = path.relative_to(directory).as_posix()
    match path.name if path.parent == directory else "":
        case "catalogue.yaml":
            head = check(schema.CatalogueFile, raw, path)
            contents.sources.update(head.sources)
            contents.released = max(contents.released, head.released)
        case "clients.yaml":
            clients = check(schema.ClientsFile, raw, path).clients
            contents.clients += [entry.agent(()) for entry in clients]
        case "shapes.yaml":
            shapes = check(schema.ShapesFile, raw, path).shapes
            contents.shapes += [one for entry in shapes for one in entry.endpoints(())]
        case "not-ai.yaml":
            contents.not_ai += [entry.entry() for entry in check(schema.NotAiFile, raw, path).hosts]
        case _:
            return _read_services(raw, path, origin, contents)
    return ()


def _read_services(raw: Any, path: Path, origin: str, contents: Contents) -> list[Service]:
    if isinstance(raw, dict) and "services" in raw:
        return check(schema.ListFile, raw, path).to_services(origin)
    file = check(schema.ServiceFile, raw, path)
    contents.files[file.id] = file
    return [file.service(origin)]


def read_yaml(path: Path) -> Any:
    """Read one YAML file; raises UsageError with the line where it is broken."""
    try:
        if path.stat().st_size > MAX_FILE:
            raise UsageError("signature file too large", where=str(path), hint=f"at most {MAX_FILE} bytes")
        # CSafeLoader is a safe loader; the name hides it from the linter.
        return yaml.load(path.read_bytes(), Loader=_Loader)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UsageError("not valid YAML", reason=error.problem or "", where=f"{path}:{line}") from error
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise UsageError("not valid YAML", reason=str(error), where=str(path)) from error
    except OSError as error:
        raise UsageError("can't read signature file", reason=str(error), where=str(path)) from error


def check(model: type[_Model], raw: Any, path: Path) -> _Model:
    """Validate a file's content; raises UsageError with the line of the first problem and what is allowed."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        first = _clearest(error)
        place = tuple(part for part in first["loc"] if not _is_union_tag(part))
        name = ".".join(str(part) for part in place) or "file"
        raise UsageError(
            f"{name}: {first['msg'].removeprefix('Value error, ')}",
            reason=f"found {first['input']!r:.120}",
            where=f"{path}:{line_of(path, place)}",
            hint="`shadowscan signatures schema` prints all fields and allowed values",
        ) from error


def _clearest(error: ValidationError) -> Any:
    """Prefer what is wrong over what is merely missing, and deep over shallow."""
    return max(error.errors(), key=lambda one: (one["type"] != "missing", len(one["loc"])))


def _is_union_tag(part: int | str) -> bool:
    return isinstance(part, str) and ("[" in part or part == "str")


def line_of(path: Path, place: Sequence[int | str]) -> int:
    """Find the line (from 1) of a key or item of a YAML file; 1 if it can't be found."""
    node: Any = yaml.compose(path.read_text(encoding="utf-8", errors="replace"), Loader=yaml.SafeLoader)
    line = 1
    for part in place:
        child = next(_children(node, part), None)
        if child is None:
            break
        node = child
        line = node.start_mark.line + 1
    return line


def _children(node: Any, part: int | str) -> Iterator[Any]:
    if isinstance(node, yaml.MappingNode):
        yield from (value for key, value in node.value if key.value == str(part))
    elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
        yield from node.value[part : part + 1]
