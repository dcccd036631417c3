"""Time as the watcher sees it: lengths by a clock that never jumps, moments by the wall clock."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What the watcher asks of time; tests play with their own."""

    def monotonic(self) -> float:
        """Seconds from an unknown start; never set back, whatever happens to the wall clock."""

    def now(self) -> datetime:
        """The wall clock's moment, UTC without zone."""


class SystemClock:
    """The machine's clocks."""

    def monotonic(self) -> float:
        """Return the machine's monotonic seconds."""
        return time.monotonic()

    def now(self) -> datetime:
        """Return the machine's wall clock."""
        return datetime.now(UTC).replace(tzinfo=None)
