"""Lengths of time as people write them in settings and options: ``30s``, ``15m``, ``24h``, ``7d``, ``2w``."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from shadowscan.errors import UsageError

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_PATTERN = re.compile(r"(\d{1,9})([smhdw])")
HINT = "write a number and a unit: 30s, 15m, 24h, 7d or 2w"


def duration(text: str) -> timedelta:
    """Return the length of time a text states; UsageError if it states none."""
    if match := _PATTERN.fullmatch(text.strip()):
        return timedelta(**{_UNITS[match[2]]: int(match[1])})
    raise UsageError(f"not a length of time: {text!r}", hint=HINT)


def _validated(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    match = _PATTERN.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError(HINT)
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


Duration = Annotated[
    timedelta,
    BeforeValidator(_validated),
    WithJsonSchema({"type": "string", "pattern": rf"^{_PATTERN.pattern}$", "examples": ["30s", "15m", "24h", "7d"]}),
]
"""A field of a settings file."""
