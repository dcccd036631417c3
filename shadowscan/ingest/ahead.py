"""Work done in threads of its own while its results so far are used."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def ahead(items: Iterator[Item]) -> Generator[Item, None, None]:
    """Yield items; the next one is made in a thread meanwhile. Errors come where they would without it."""
    with ThreadPoolExecutor(1, "shadowscan-reader") as pool:
        coming = pool.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = pool.submit(next, items, None)
            yield item


def mapped_ahead(work: Callable[[Item], Result], items: Iterable[Item], threads: int) -> Generator[Result, None, None]:
    """Yield ``work(item)`` in order; each thread is one item ahead at most, so that few results are held."""
    coming: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(threads, "shadowscan-cutter") as pool:
        for item in items:
            coming.append(pool.submit(work, item))
            if len(coming) > threads:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()
