"""The one writer of a run: commits go on in its thread while the next chunk is being read."""

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any, TypeVar

from shadowscan.store.database import Database, Session

LEASE = 2.0
"""Seconds for which the database may stay open for writing at a stretch, whether somebody asks for it or not."""
LOOK = 0.02
"""Seconds between two looks for waiting readers while the writer has nothing to do."""
Result = TypeVar("Result")
Work = Callable[[Session], object]


class Writer:
    """Runs work on the database in one thread, in order; holds the file open over several pieces, never for long.

    Between two pieces it is given up as soon as a reader waits. At most one piece is under way, so memory stays
    bounded; its failure comes out of the next call.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queue: SimpleQueue[tuple[Work | None, Future[Any]] | None] = SimpleQueue()
        self._pending: Future[Any] | None = None
        self._stack = ExitStack()
        self._open: Session | None = None
        self._since = 0.0
        self._thread = Thread(target=self._serve, name="shadowscan-writer", daemon=True)
        self._thread.start()

    def do(self, work: Callable[[Session], Result]) -> Result:
        """Run work after all that went before, and wait for its result."""
        self.settle()
        result: Result = self._submit(work).result()
        return result

    def later(self, work: Work) -> None:
        """Let work go on while the caller does; waits for the piece before it."""
        self.settle()
        self._pending = self._submit(work)

    def settle(self) -> None:
        """Wait for the work under way."""
        pending, self._pending = self._pending, None
        if pending:
            pending.result()

    def rest(self) -> None:
        """Finish what is under way and give the database up until there is more."""
        self.settle()
        done: Future[Any] = Future()
        self._queue.put((None, done))
        done.result()

    def close(self) -> None:
        """Finish what is under way and close the database."""
        try:
            self.settle()
        finally:
            self._queue.put(None)
            self._thread.join()

    def _submit(self, work: Work) -> Future[Any]:
        future: Future[Any] = Future()
        self._queue.put((work, future))
        return future

    def _serve(self) -> None:
        while True:
            try:
                piece = self._queue.get(timeout=LOOK if self._open else None)
            except Empty:
                self._give_way()
                continue
            if piece is None:
                self._release()
                return
            self._run(*piece)

    def _run(self, work: Work | None, future: Future[Any]) -> None:
        """Do a piece of work; no work: give the database up."""
        try:
            if work is None:
                self._release()
                future.set_result(None)
                return
            if self._open is None:
                self._open = self._stack.enter_context(self._database.write())
                self._since = monotonic()
            result = work(self._open)
            self._give_way()
        except BaseException as error:  # noqa: BLE001 - the caller gets it
            # A failed statement may have spoilt the connection.
            self._release()
            future.set_exception(error)
        else:
            future.set_result(result)

    def _give_way(self) -> None:
        if self._open and (monotonic() - self._since > LEASE or self._database.readers_wait):
            self._release()

    def _release(self) -> None:
        self._open = None
        self._stack.close()
