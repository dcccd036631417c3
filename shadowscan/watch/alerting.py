"""Alerts of a running watcher: findings looked at soon after lines came, news put into the outbox, couriers woken.

Looking at the findings needs the database, so it takes turns with reading. It gets a fifth of the time at most:
after a look that took long, the next one waits longer.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

from shadowscan.config.alerts import AlertSettings
from shadowscan.errors import DatabaseError
from shadowscan.model.finding import Finding
from shadowscan.sinks.alerter import Alerter, sinks_of
from shadowscan.sinks.courier import Couriers, Deliveries
from shadowscan.sinks.outbox import Backlog
from shadowscan.watch.clock import Clock
from shadowscan.watch.journal import Journal, Word
from shadowscan.watch.status import SinkStatus
from shadowscan.watch.visits import Batch

if TYPE_CHECKING:
    from datetime import datetime

_SHARE = 4.0
"""A look of a second is followed by four seconds for reading."""
_SOONEST = 1.0
_IDLE = 300.0
"""Seconds between two looks where nothing is read: silence, overdue reviews and digests come with time alone."""
_AFTER_FAILURE = 30.0


class Alerting:
    """Decides after batches whether something is news; runs the couriers."""

    def __init__(
        self,
        settings: AlertSettings,
        folder: Path,
        find: Callable[[], Sequence[Finding]],
        journal: Journal,
        clock: Clock,
    ) -> None:
        self._find, self._journal, self._clock = find, journal, clock
        self._alerter = Alerter(settings, folder)
        self._couriers = Couriers(sinks_of(settings), self._alerter.outbox)
        self._pending = True
        self._written: datetime | None = None
        self._next = self._next_idle = clock.monotonic()

    def __enter__(self) -> Self:
        self._couriers.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        """Let the couriers try once more; what is left waits for the next start."""
        self._couriers.end()

    def note(self, batch: Batch) -> None:
        """Lines came: the findings may have changed."""
        self._pending = True
        self._written = max(filter(None, (self._written, batch.written)), default=None)

    def look(self) -> None:
        """Look at the findings if there is reason to and it is time."""
        begun = self._clock.monotonic()
        if begun < (self._next if self._pending else self._next_idle):
            return
        try:
            count = self._alerter.consider(self._find(), self._clock.now(), self._written)
        except (DatabaseError, OSError) as error:
            self._journal.tell(Word.ALERTS_FAILED, problem=str(error))
            self._next = self._next_idle = begun + _AFTER_FAILURE
            return
        self._pending, self._written = False, None
        now = self._clock.monotonic()
        self._next = now + max(_SOONEST, _SHARE * (now - begun))
        self._next_idle = now + _IDLE
        if count:
            self._journal.tell(Word.ALERTED, alerts=count)
            self._couriers.wake()

    def status(self) -> list[SinkStatus]:
        """Return how every sink does; also of those that no setting names any more but alerts wait for."""
        backlogs = self._alerter.outbox.backlogs()
        deliveries = self._couriers.deliveries()
        return [
            _sink_status(name, backlogs.get(name), deliveries.get(name)) for name in sorted({*backlogs, *deliveries})
        ]


def _sink_status(name: str, backlog: Backlog | None, deliveries: Deliveries | None) -> SinkStatus:
    status = SinkStatus(name=name)
    if backlog:
        status.waiting, status.refused = backlog.waiting, backlog.dead
    if deliveries:
        status.delivered, status.last_error = deliveries.delivered, deliveries.last_error
        if latencies := sorted(deliveries.latencies):
            status.latency_p50 = round(latencies[len(latencies) // 2], 3)
            status.latency_p95 = round(latencies[int(len(latencies) * 0.95)], 3)
    return status
