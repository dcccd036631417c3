"""A watcher that runs until it is told to stop: hints, waiting, signals, status, metrics, housekeeping."""

import signal
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from types import FrameType

from shadowscan.errors import DatabaseError, ShadowscanError
from shadowscan.store.database import Database
from shadowscan.watch.clock import SystemClock
from shadowscan.watch.hints import Hints
from shadowscan.watch.journal import Journal, Word
from shadowscan.watch.lock import only_watcher
from shadowscan.watch.metrics import registry_of, serve_metrics, write_metrics
from shadowscan.watch.report import Reporter
from shadowscan.watch.retention import Retention
from shadowscan.watch.sidework import Plan, SideWork
from shadowscan.watch.status import State, WatchStatus, write_status
from shadowscan.watch.systemd import notify
from shadowscan.watch.watcher import Hooks, Setup, Watcher

WAIT = 0.5
"""Seconds between two steps where nothing is hinted."""
GATHER = 0.2
"""Seconds that hints are gathered: a log grows line by line, and each reading costs the same."""
PULSE = 1.0
"""Seconds between two writings of the status."""


@dataclass(frozen=True, slots=True)
class Daemon:
    """What to watch, and who is told."""

    database: Database
    load: Callable[[], tuple[Setup, Plan]]
    """Reads settings, formats, signatures, policy and people; again on SIGHUP."""
    journal: Journal
    command: str

    def run(self) -> None:
        """Watch until SIGTERM or SIGINT; DatabaseHeldError if another watcher does."""
        with only_watcher(self.database.path):
            _Run(self).run()


class _Run:
    """One life of a watcher."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._clock = SystemClock()
        self._journal = daemon.journal
        setup, plan = daemon.load()
        self._beside = SideWork(plan, daemon.database, daemon.journal, self._clock)
        hooks = Hooks(self._pulse, self._beside.note)
        self._watcher = Watcher(
            daemon.database, setup, daemon.journal, self._clock, command=daemon.command, hooks=hooks
        )
        self._reporter = Reporter(self._watcher, self._journal, self._clock, self._clock.now())
        self._status = self._reporter.status(State.STARTING)
        self._retention = Retention(daemon.database, self._journal, self._clock)
        self._hints = Hints()
        self._reload = False
        self._pulsed = 0.0
        self._registry = registry_of(lambda: self._status) if _wants_metrics(setup) else None
        if self._registry and setup.settings.metrics_port:
            serve_metrics(setup.settings.metrics_port, self._registry)

    def run(self) -> None:
        with ExitStack() as stack:
            stack.callback(self._end)
            for number, handler in (
                (signal.SIGTERM, self._stop),
                (signal.SIGINT, self._stop),
                (signal.SIGHUP, self._hup),
            ):
                stack.callback(signal.signal, number, signal.signal(number, handler))
            stack.enter_context(self._beside)
            self._hints.watch(folder.path for folder in self._watcher.folders)
            self._tell_start()
            notify("READY=1")  # before the first look: years of old logs take longer than a service manager waits
            while not self._watcher.stopping:
                self._turn()

    def _turn(self) -> None:
        """Wait for something to do, and do it."""
        self._pulse()
        if not self._watcher.behind:
            self._hints.wait(WAIT)
        if self._watcher.stopping:
            return
        if self._reload:
            self._read_again()
        if not self._watcher.behind:
            time.sleep(GATHER)
        paths, everything = self._hints.take()
        self._watcher.step(paths, everything=everything)
        self._beside.step()
        self._retention.look_after(self._watcher)

    def _tell_start(self) -> None:
        folders = ", ".join(folder.name for folder in self._watcher.folders)
        self._journal.tell(Word.STARTED, folders=folders, database=str(self._daemon.database.path))

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        # Only a flag, seen within WAIT: to set the event that this thread may be waiting for could block for ever.
        self._watcher.stopping = True

    def _hup(self, _number: int, _frame: FrameType | None) -> None:
        self._reload = True

    def _read_again(self) -> None:
        """Take over changed settings, formats and signatures; with an error in them the former ones stay."""
        self._reload = False
        notify(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")
        try:
            setup, plan = self._daemon.load()
            self._beside.reload(plan)
            self._watcher.reload(setup)
        except ShadowscanError as error:
            self._journal.tell(Word.RELOAD_FAILED, problem=str(error.problem))
        else:
            self._hints.watch(folder.path for folder in self._watcher.folders)
            self._journal.tell(Word.RELOADED)
        notify("READY=1")

    def _pulse(self) -> None:
        """Tell everybody who asks how we are: at most once a second."""
        now = self._clock.monotonic()
        if now - self._pulsed < PULSE:
            return
        self._pulsed = now
        notify("WATCHDOG=1")
        self._publish(self._reporter.status())

    def _publish(self, status: WatchStatus) -> None:
        """Write status and metrics; on a full disk the former ones stay."""
        status.sinks, status.listener = self._beside.sinks(), self._beside.listener()
        self._status = status
        target = self._watcher.settings.metrics_file
        with suppress(OSError):
            write_status(self._daemon.database.path, status)
            if self._registry and target:
                write_metrics(target, self._registry)

    def _end(self) -> None:
        notify("STOPPING=1")
        self._hints.stop()
        with suppress(DatabaseError):
            self._watcher.close()
        self._publish(self._reporter.status(State.STOPPED))
        self._journal.tell(Word.STOPPED, lines=self._status.lines, events=self._status.events)


def _wants_metrics(setup: Setup) -> bool:
    return bool(setup.settings.metrics_file or setup.settings.metrics_port)
