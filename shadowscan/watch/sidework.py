"""What runs beside the reading of files: alerts and the syslog listener; begun anew when their settings change."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Self

from shadowscan.config.alerts import AlertSettings
from shadowscan.config.listen import ListenSettings
from shadowscan.listen.listener import Listener
from shadowscan.model.finding import Finding
from shadowscan.sinks.alerter import alerts_folder
from shadowscan.store.database import Database
from shadowscan.watch.alerting import Alerting
from shadowscan.watch.clock import Clock
from shadowscan.watch.journal import Journal, Word
from shadowscan.watch.status import ListenStatus, SinkStatus
from shadowscan.watch.visits import Batch


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do beside reading files."""

    alerts: AlertSettings
    find: Callable[[], Sequence[Finding]]
    """Looks up the findings; DatabaseError if the database can't be read now."""
    listen: ListenSettings | None


class SideWork:
    """Alerts and listener between the watcher's steps."""

    def __init__(self, plan: Plan, database: Database, journal: Journal, clock: Clock) -> None:
        self._database, self._journal, self._clock = database, journal, clock
        self._plan = plan
        self._alerting: Alerting | None = None
        self._listener: Listener | None = None
        self._running = ExitStack()

    def __enter__(self) -> Self:
        """Begin; UsageError if a secret, a certificate or an address can't be used."""
        self._begin(self._plan)
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def reload(self, plan: Plan) -> None:
        """Go on by another plan; with a UsageError in it the former one stays in force."""
        former = self._plan
        self._running.close()
        try:
            self._begin(plan)
        except BaseException:
            self._begin(former)
            raise

    def note(self, batch: Batch) -> None:
        """Lines came."""
        if self._alerting:
            self._alerting.note(batch)

    def step(self) -> None:
        """Do what is due; the database is free now."""
        if self._alerting:
            self._alerting.look()
        if self._listener and not self._listener.alive:
            self._journal.tell(Word.LISTENER_FAILED, problem=self._listener.heard.problem or "it has ended")
            self._listener = None

    def sinks(self) -> list[SinkStatus]:
        """Return how the sinks do."""
        return self._alerting.status() if self._alerting else []

    def listener(self) -> ListenStatus | None:
        """Return how the listener does."""
        if self._listener is None:
            return None
        heard = self._listener.heard
        return ListenStatus(
            endpoints=[str(place) for place in self._listener.endpoints],
            messages=heard.messages,
            spooled=heard.spooled,
            truncated=heard.truncated,
            dropped=heard.dropped,
            problem=heard.problem,
        )

    def _begin(self, plan: Plan) -> None:
        self._alerting = self._listener = None
        with ExitStack() as stack:
            if plan.alerts.rules:
                folder = alerts_folder(self._database.path)
                alerting = Alerting(plan.alerts, folder, plan.find, self._journal, self._clock)
                self._alerting = stack.enter_context(alerting)
            if plan.listen:
                self._listener = stack.enter_context(Listener(plan.listen))
                places = ", ".join(map(str, self._listener.endpoints))
                self._journal.tell(Word.LISTENING, on=places, spool=str(plan.listen.spool))
            self._running = stack.pop_all()
        self._plan = plan
