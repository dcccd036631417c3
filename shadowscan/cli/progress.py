"""The progress bar: bytes, lines or packets a second, time left; on a terminal only."""

import sys
from collections.abc import Sequence
from time import monotonic
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from shadowscan.report.escape import safe_text
from shadowscan.sources import Source


class Meter:
    """Counts what is read; shows it if asked to and if stderr is a terminal."""

    def __init__(self, sources: Sequence[Source], *, shown: bool) -> None:
        console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.fields[name]}", markup=False),
            BarColumn(bar_width=24),
            DownloadColumn(),
            TextColumn("{task.fields[rate]}", markup=False),
            TimeRemainingColumn(),
            console=console,
            disable=not (shown and sys.stderr.isatty()),
            transient=True,
        )
        total = sum(source.size or 0 for source in sources)
        self._task = self._bar.add_task("", total=total or None, name="", rate="")
        self._source: Source | None = None
        self._done = 0
        """Bytes of the inputs before it."""
        self._unit, self._count, self._started = "lines", 0, monotonic()

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def tick(self, source: Source, raw_bytes: int, count: int, unit: str) -> None:
        """Take note that an input is begun, or of a chunk of it: bytes of it so far, lines or packets in this chunk."""
        if source is not self._source:
            self._done += (self._source and self._source.size) or 0
            self._source, name = source, safe_text(source.name)
            self._bar.update(self._task, name=name if len(name) <= 32 else f"…{name[-31:]}")
        if unit != self._unit:
            self._unit, self._count, self._started = unit, 0, monotonic()
        self._count += count
        rate = self._count / max(monotonic() - self._started, 0.001)
        self._bar.update(self._task, completed=self._done + raw_bytes, rate=f"{rate:,.0f} {unit}/s")
