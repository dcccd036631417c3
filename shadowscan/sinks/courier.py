"""Delivery: one thread a sink, which tries until each alert is taken, ever more rarely."""

import threading
from collections import Counter, deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Self

from shadowscan.sinks.outbox import Outbox
from shadowscan.sinks.sink import DeliveryError, Sink

_IDLE = 30.0
"""Seconds after which a courier looks into the outbox unasked: another process may have put something there."""
_KEPT = 1000


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses after failures in a row: doubled each time."""

    first: timedelta = timedelta(seconds=1)
    most: timedelta = timedelta(minutes=5)

    def after(self, failures: int) -> float:
        """Return the seconds to wait after so many failures in a row (at least 1)."""
        # 2**30 exceeds any pause: more failures need no larger power.
        return min(self.first * 2.0 ** min(failures - 1, 30), self.most).total_seconds()


@dataclass(slots=True)
class Deliveries:
    """What a courier did since it started."""

    delivered: int = 0
    failures: int = 0
    """Attempts that failed."""
    given_up: int = 0
    last_delivered: datetime | None = None
    last_error: str = ""
    """Why the last attempt failed; empty once one succeeds."""
    latencies: deque[float] = field(default_factory=lambda: deque(maxlen=_KEPT))
    """Seconds from a line's being seen in its file to the alert's being taken, of the newest alerts."""


class Courier(threading.Thread):
    """Carries the alerts of one sink."""

    def __init__(self, name: str, sink: Sink, outbox: Outbox, backoff: Backoff) -> None:
        super().__init__(name=f"shadowscan-alerts-{name}", daemon=True)
        self.sink_name = name
        self.deliveries = Deliveries()
        self._sink, self._outbox, self._backoff = sink, outbox, backoff
        self._wake, self._ending = threading.Event(), threading.Event()
        self._failed: Counter[str] = Counter()
        self._row = 0

    def wake(self) -> None:
        """Something new is in the outbox; a pause after a failure goes on."""
        self._wake.set()

    def end(self) -> None:
        """Try once more what waits, then stop."""
        self._ending.set()
        self._wake.set()

    def run(self) -> None:
        """Deliver until told to end."""
        pause_until = 0.0
        while True:
            ending = self._ending.is_set()
            if ending or monotonic() >= pause_until:
                self._wake.clear()
                self._row = 0 if self._round() else self._row + 1
                pause_until = monotonic() + (self._backoff.after(self._row) if self._row else 0.0)
            if ending:
                return
            rest = pause_until - monotonic()
            if rest > 0:
                self._ending.wait(rest)
            else:
                self._wake.wait(_IDLE)

    def _round(self) -> bool:
        """Deliver what waits, what failed least first; False as soon as one fails for now."""
        for path in sorted(self._outbox.waiting(self.sink_name), key=lambda path: self._failed[path.name]):
            failed_before = self._failed[path.name] > 0
            if not self._deliver(path):
                return False
            if failed_before:
                # The sink was down; what failed meanwhile is no worse than what didn't: the rest in its order.
                self._failed.clear()
                return self._round()
        return True

    def _deliver(self, path: Path) -> bool:
        try:
            alert = self._outbox.read(path)
            self._sink.deliver(alert)
        except FileNotFoundError:
            return True
        except ValueError as error:
            self._give_up(path, str(error))
            return True
        except DeliveryError as error:
            return self._failure(path, error)
        except Exception as error:  # noqa: BLE001 - a courier that dies of a sink's mistake would deliver nothing more
            return self._failure(path, DeliveryError(f"{type(error).__name__}: {error}"))
        self._outbox.delivered(path)
        self._failed.pop(path.name, None)
        now = datetime.now(UTC).replace(tzinfo=None)
        self.deliveries.delivered += 1
        self.deliveries.last_delivered, self.deliveries.last_error = now, ""
        if alert.written:
            self.deliveries.latencies.append((now - alert.written).total_seconds())
        return True

    def _failure(self, path: Path, error: DeliveryError) -> bool:
        self.deliveries.failures += 1
        self.deliveries.last_error = str(error)
        if error.permanent:
            self._give_up(path, str(error))
            return True
        self._failed[path.name] += 1
        return False

    def _give_up(self, path: Path, reason: str) -> None:
        self.deliveries.given_up += 1
        self._failed.pop(path.name, None)
        with suppress(OSError):  # it stays in the outbox then, and is tried again
            self._outbox.give_up(path, reason)


class Couriers:
    """All couriers of a running watcher."""

    def __init__(self, sinks: Mapping[str, Sink], outbox: Outbox, backoff: Backoff | None = None) -> None:
        self._couriers = [Courier(name, sink, outbox, backoff or Backoff()) for name, sink in sinks.items()]

    def __enter__(self) -> Self:
        for courier in self._couriers:
            courier.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def wake(self) -> None:
        """Tell all that the outbox has something new."""
        for courier in self._couriers:
            courier.wake()

    def end(self, patience: float = 10.0) -> None:
        """Let each try once more what waits, for so many seconds in all; what is left waits for the next start."""
        for courier in self._couriers:
            courier.end()
        deadline = monotonic() + patience
        for courier in self._couriers:
            courier.join(max(0.0, deadline - monotonic()))

    def deliveries(self) -> dict[str, Deliveries]:
        """Return what each did, by the name of its sink."""
        return {courier.sink_name: courier.deliveries for courier in self._couriers}
