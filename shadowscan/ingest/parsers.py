"""Parsers of inputs that grow, kept from reading to reading: to recognise formats takes longer than a few lines."""

from shadowscan.ingest.lines import LineParser

MOST = 256
"""Inputs whose parser is kept; of more, those read last."""


class Parsers:
    """Parsers by the file's number; each fits the way of reading (options) it was made for."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[object, LineParser]] = {}

    def take(self, file_id: int | None, options: object) -> LineParser | None:
        """Hand out the parser of an input that is read on: it comes back only if the reading succeeds."""
        made_for, parser = self._kept.pop(file_id, (None, None)) if file_id is not None else (None, None)
        return parser if made_for == options else None

    def keep(self, file_id: int, options: object, parser: LineParser) -> None:
        """Keep a parser for the next reading."""
        if len(self._kept) >= MOST:
            del self._kept[next(iter(self._kept))]
        self._kept[file_id] = options, parser
