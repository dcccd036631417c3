"""The options that say who is who, shared by every command that names people."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import TYPE_CHECKING, Any

from shadowscan.cli.options import KeyFileOption, LeasesOption, NetworksOption, PeopleOption, TimeZoneOption

if TYPE_CHECKING:
    from shadowscan.people.pseudonyms import Tokens

_OPTIONS: dict[str, tuple[Any, object]] = {
    "people": (PeopleOption, None),
    "networks": (NetworksOption, None),
    "leases": (LeasesOption, None),
    "key_file": (KeyFileOption, None),
    "timezone": (TimeZoneOption, "UTC"),
}
"""Name -> annotation and default."""


def with_directory(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that takes a ``directory`` the options it is read from; a wrong file ends it before it begins."""
    signature = inspect.signature(command)
    own = [parameter for name, parameter in signature.parameters.items() if name != "directory"]
    taken = {parameter.name for parameter in own}
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, (annotation, default) in _OPTIONS.items()
        if name not in taken
    ]

    @wraps(command)
    def run(**given: Any) -> None:
        from shadowscan.people import load_directory

        directory = load_directory(
            given["people"], given["networks"], given["leases"] or (), given["timezone"], key_file=given["key_file"]
        )
        command(**{name: value for name, value in given.items() if name in taken}, directory=directory)

    vars(run)["__signature__"] = signature.replace(parameters=[*own, *added])
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in (*own, *added)} | {"return": None}
    return run


def tokens_for(key: "Tokens | None", *, names: bool, addresses: bool) -> "Tokens | None":
    """Return what makes the pseudonyms to store, if any are asked for; UsageError if there is no key."""
    from shadowscan.errors import UsageError

    if not names and not addresses:
        return None
    if key is None:
        hint = "`shadowscan people key FILE` makes one, --key-file names it"
        raise UsageError("pseudonyms need a key", hint=hint)
    return replace(key, addresses=addresses)
