"""Formats made ready for a layout, shared by all inputs that have them: then one query serves all."""

from shadowscan.formats.compile import CompiledFormat

MOST = 256
"""Formats kept; a folder of files with headers of their own makes one after the other."""


class ReadyFormats:
    """Hands out one object for formats that are equal."""

    def __init__(self) -> None:
        self._kept: dict[tuple[object, ...], list[CompiledFormat]] = {}
        self._count = 0

    def same_as(self, compiled: CompiledFormat) -> CompiledFormat:
        """Return the format that was made ready like this before, else this one."""
        key = (compiled.spec.id, compiled.names, compiled.bare, compiled.alone, compiled.marked)
        if self._count >= MOST:
            self._kept.clear()
            self._count = 0
        alike = self._kept.setdefault(key, [])
        known = next((one for one in alike if one.spec == compiled.spec), None)
        if known is None:
            alike.append(compiled)
            self._count += 1
        return known or compiled
