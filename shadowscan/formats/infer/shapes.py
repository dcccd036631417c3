"""Which shape a line has: JSON, CEF, LEEF, key=value, or something positional."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

LONGEST_JSON = 200_000
LONGEST_LINE = 6_000
CEF = re.compile(r"CEF:\s?\d+\||(?:^|[\s:])\d\|(?:[^|]*\|){6}")
LEEF = re.compile(r"LEEF:\s?[12]\.0|(?:^|[\s:])[12]\.0\|(?:[^|]*\|){4}")
PAIR = re.compile(r'(?:^|[\s,;|\[({])([A-Za-z_@][\w.\-/()@]{0,80})=(""[^"\s][^"]*""|"(?:[^"\\]|\\.)*(?:"|$)|[^\s,;|]*)')
COLON_PAIR = re.compile(r"(?:^|, )([A-Za-z_][\w /-]{0,50}): ([^,]*)")
FEWEST_PAIRS = 3


def shape_of(line: str) -> str:
    """Return json, cef, leef, kv, colon or other."""
    text = line[:LONGEST_LINE]
    if json_object(line) is not None:
        return "json"
    if LEEF.search(text):
        return "leef"
    if CEF.search(text):
        return "cef"
    if len(PAIR.findall(text)) >= FEWEST_PAIRS:
        return "kv"
    if len(COLON_PAIR.findall(text)) >= 2 * FEWEST_PAIRS:
        return "colon"
    return "other"


def json_object(line: str) -> dict[str, Any] | None:
    """Return the JSON object in the line, which may stand behind a header; None if there is none."""
    start, end = line.find("{"), line.rfind("}")
    if not 0 <= start < end or '"' not in line or len(line) > LONGEST_JSON:
        return None
    try:
        value = json.loads(line[start : end + 1])
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


_BROKEN_KEY = re.compile(r'["\\\[\]*?\x00-\x1f]')
DEEPEST = 6


def flattened(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield (path, text) of the scalars of a JSON value; of an array the first element stands for all."""
    if isinstance(value, Mapping) and depth < DEEPEST:
        for key, inner in value.items():
            if key and not _BROKEN_KEY.search(key):
                yield from flattened(inner, f"{path}.{key}" if path else key, depth + 1)
    elif isinstance(value, list) and depth < DEEPEST:
        if value and path:
            yield from flattened(value[0], f"{path}[0]", depth + 1)
    elif path and value is not None and not isinstance(value, Mapping | list):
        yield path, str(value).lower() if isinstance(value, bool) else str(value)


def json_record(line: str) -> dict[str, str]:
    """Return the scalars of a line's JSON object by path."""
    return dict(flattened(json_object(line) or {}))


def by_shape(lines: Sequence[str]) -> dict[str, list[str]]:
    """Group the lines by shape, the commonest first."""
    groups: dict[str, list[str]] = {}
    for line in lines:
        groups.setdefault(shape_of(line), []).append(line)
    return dict(sorted(groups.items(), key=lambda item: -len(item[1])))
