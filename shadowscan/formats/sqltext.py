"""Small helpers to write SQL text: literals, identifiers, and the names an expression uses."""

import re
from collections.abc import Mapping
from functools import lru_cache

_TOKEN = re.compile(
    r"""
    '(?:[^']|'')*' | "(?P<quoted>(?:[^"]|"")*)" | ::\s*\w+ | \bAS\s+\w+
    | (?P<bare>[A-Za-z_]\w*)(?P<call>\s*\()? | \d[\w.]*
    """,
    re.VERBOSE,
)
_KEYWORDS = frozenset(
    [
        "and",
        "as",
        "between",
        "case",
        "distinct",
        "else",
        "end",
        "escape",
        "false",
        "ilike",
        "in",
        "interval",
        "is",
        "like",
        "not",
        "null",
        "or",
        "similar",
        "then",
        "to",
        "true",
        "when",
    ]
)


def literal(text: str) -> str:
    """Return ``text`` as a SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Return ``name`` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


@lru_cache(maxsize=4096)
def names_in(expression: str, *, repeated: bool = False) -> tuple[str, ...]:
    """Names of the raw fields an expression reads: every identifier that is neither a call nor a keyword.

    A name that is no plain word stands in double quotes: ``"cs-host"``, ``"http.hostname"``.
    """
    found: list[str] = []
    for token in _TOKEN.finditer(expression):
        if token["quoted"] is not None:
            found.append(token["quoted"].replace('""', '"'))
        elif token["bare"] and not token["call"] and token["bare"].lower() not in _KEYWORDS:
            found.append(token["bare"])
    return tuple(found if repeated else dict.fromkeys(found))


def renamed(expression: str, aliases: Mapping[str, str]) -> str:
    """Return the expression with each raw field replaced by its alias."""

    def replace(token: re.Match[str]) -> str:
        name = token["bare"] if token["quoted"] is None else token["quoted"].replace('""', '"')
        return token[0] if token["call"] else aliases.get(name or "", token[0])

    return _TOKEN.sub(replace, expression)
