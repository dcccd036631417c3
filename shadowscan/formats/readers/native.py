"""What readers offer whose records numpy cuts, many at once: cheaper than SQL, and only the fields asked for."""

from abc import abstractmethod
from collections.abc import Sequence

from shadowscan.formats.readers.base import Reader
from shadowscan.formats.readers.text import Cut, Text

VALUE, CELLS = "_v", "_cells"
"""Columns of what was cut: ``_v<i>`` is the i-th of the fields that the reader ``cuts``; how many cells there are."""


class NativeReader(Reader):
    """Cuts ordinary records outside SQL too."""

    counts_cells = False
    """Whether ``cut`` tells how many cells a record has."""

    @property
    def native(self) -> bool:
        """Whether ``cut`` understands these records; else only SQL cuts them."""
        return True

    @abstractmethod
    def cuts(self, name: str) -> bool:
        """Tell whether ``cut`` can find this field."""

    @abstractmethod
    def cut(self, text: Text, names: Sequence[str]) -> Cut:
        """Find fields in many records at once, as ``field`` and ``clean`` say it but for what ``unescaped`` takes."""

    def unescaped(self, value: str) -> str:
        """Return the expression that takes off a cut value what ``cut`` leaves on."""
        return value

    def valid_once_cut(self) -> str | None:
        """Return what ``valid`` says, over the columns of records that were cut."""
        return self.valid()


class ValueReader(Reader):
    """Records whose values stand in columns already, but for those that only SQL finds (parts of a header)."""

    def __init__(self, reader: NativeReader, fields: Sequence[str]) -> None:
        super().__init__(reader.spec, reader.names)
        self._reader = reader
        cut = filter(reader.cuts, fields)
        self._columns = {name: f"CAST({VALUE}{number} AS VARCHAR)" for number, name in enumerate(cut)}

    def field(self, name: str) -> str | None:
        return self._columns.get(name) or self._reader.field(name)

    def clean(self, value: str) -> str:
        return self._reader.unescaped(value)

    def valid(self) -> str | None:
        return self._reader.valid_once_cut()
