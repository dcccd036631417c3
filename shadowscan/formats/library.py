"""The formats at hand: built-in ones and a user's own, loaded once and passed around."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from shadowscan.errors import UsageError
from shadowscan.formats.spec import FormatSpec, spec_from_mapping

BUILT_IN = Path(__file__).parent / "vendors"
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class FormatLibrary:
    """All known formats by id, in the order detection tries them: the most demanding first."""

    def __init__(self, specs: Iterable[FormatSpec]) -> None:
        ordered = sorted(specs, key=lambda spec: (-sum(map(len, spec.detect)), spec.id))
        self._specs: Mapping[str, FormatSpec] = {spec.id: spec for spec in ordered}

    def __iter__(self) -> Iterator[FormatSpec]:
        return iter(self._specs.values())

    def __len__(self) -> int:
        return len(self._specs)

    def get(self, format_id: str) -> FormatSpec:
        """Return a format by its id; UsageError names the nearest known ids."""
        if format_id in self._specs:
            return self._specs[format_id]
        import difflib

        near = difflib.get_close_matches(format_id, self._specs, n=3, cutoff=0.4)
        hint = f"did you mean {' or '.join(near)}?" if near else "`shadowscan formats list` names them all"
        raise UsageError(f"unknown format {format_id!r}", hint=hint)


def load_library(directories: Sequence[Path] = ()) -> FormatLibrary:
    """Load the built-in formats and those in ``directories``; a user's file can't silently replace a built-in.

    Raises UsageError with file:line for a file that is no valid format.
    """
    specs = {spec.id: spec for spec in _built_in()}
    for directory in directories:
        for path in sorted(directory.glob("*.y*ml")):
            spec = read_user_format(path)
            if spec.id in specs:
                raise UsageError(
                    f"format id {spec.id!r} is taken",
                    where=str(path),
                    hint="choose another id, or use --format PATH",
                )
            specs[spec.id] = spec
    return FormatLibrary(specs.values())


def read_user_format(path: Path) -> FormatSpec:
    """Read and check one format file that a user wrote; UsageError says what is wrong and where."""
    from shadowscan.formats.schema import checked_format

    return checked_format(path)


def _built_in() -> Iterator[FormatSpec]:
    for path in sorted(BUILT_IN.glob("*.yaml")):
        yield spec_from_mapping(yaml.load(path.read_bytes(), Loader=_Loader))  # noqa: S506 - CSafeLoader
