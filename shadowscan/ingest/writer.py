"""The one writer of a run: commits go on in its thread while the next chunk is being read."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from time import monotonic
from typing import Any, TypeVar

from shadowscan.store.database import Database, Session

LEASE = 2.0
"""Seconds for which the database may stay open for writing at a stretch: readers get their turn."""
Result = TypeVar("Result")


class Writer:
    """Runs work on the database in one thread, in order; holds the file open over several pieces, never for long.

    At most one piece is under way, so memory stays bounded; its failure comes out of the next call.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="shadowscan-writer")
        self._pending: Future[Any] | None = None
        self._stack = ExitStack()
        self._open: Session | None = None
        self._since = 0.0

    def do(self, work: Callable[[Session], Result]) -> Result:
        """Run work after all that went before, and wait for its result."""
        self.settle()
        return self._thread.submit(self._run, work).result()

    def later(self, work: Callable[[Session], object]) -> None:
        """Let work go on while the caller does; waits for the piece before it."""
        self.settle()
        self._pending = self._thread.submit(self._run, work)

    def settle(self) -> None:
        """Wait for the work under way."""
        pending, self._pending = self._pending, None
        if pending:
            pending.result()

    def close(self) -> None:
        """Finish what is under way and close the database."""
        try:
            self.settle()
        finally:
            self._thread.submit(self._release).result()
            self._thread.shutdown()

    def _run(self, work: Callable[[Session], Result]) -> Result:
        if self._open is None:
            self._open = self._stack.enter_context(self._database.write())
            self._since = monotonic()
        try:
            return work(self._open)
        finally:
            if monotonic() - self._since > LEASE:
                self._release()

    def _release(self) -> None:
        self._open = None
        self._stack.close()
