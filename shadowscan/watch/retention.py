"""Retention and compaction beside the watching: rarely, between two steps, and never its end."""

from contextlib import suppress

from shadowscan.errors import DatabaseError
from shadowscan.store import housekeeping
from shadowscan.store.database import Database
from shadowscan.watch.clock import Clock
from shadowscan.watch.journal import Journal, Word
from shadowscan.watch.watcher import Watcher

WASTE = 0.3
"""Share of dead space in the file from which on a compaction is worth it."""
WORTH = 64 << 20
"""Bytes of dead space below which it is not."""


class Retention:
    """Does what the settings ask for, as often as they ask."""

    def __init__(self, database: Database, journal: Journal, clock: Clock) -> None:
        self._database = database
        self._journal = journal
        self._clock = clock
        self._next = 0.0

    def look_after(self, watcher: Watcher) -> None:
        """Prune and compact if it is time; a failure is told and tried again next time."""
        now = self._clock.monotonic()
        if now < self._next or watcher.problem:
            return
        self._next = now + watcher.settings.retention.every.total_seconds()
        try:
            self._prune(watcher)
            self._compact()
        except DatabaseError as error:
            self._journal.tell(Word.HOUSEKEEPING_FAILED, problem=str(error.problem))

    def _prune(self, watcher: Watcher) -> None:
        wanted = watcher.settings.retention
        pruned = housekeeping.Pruned()
        if wanted.age is not None:
            with suppress(OverflowError):  # longer than the calendar: nothing is that old
                pruned += housekeeping.prune_before(self._database, self._clock.now() - wanted.age)
        if wanted.bytes is not None:
            pruned += housekeeping.prune_to(self._database, wanted.bytes)
        if pruned.entries:
            self._journal.tell(Word.PRUNED, entries=pruned.entries, lines=pruned.lines)

    def _compact(self) -> None:
        size = housekeeping.size_of(self._database)
        if size.free > max(WORTH, WASTE * (size.used + size.free)):
            self._journal.tell(Word.COMPACTED, bytes_won=housekeeping.compact(self._database))
