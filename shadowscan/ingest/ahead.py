"""The next chunk is read while the one before it is parsed."""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")


def ahead(items: Iterator[Item]) -> Generator[Item, None, None]:
    """Yield items; the next one is made in a thread meanwhile. Errors come where they would without it."""
    with ThreadPoolExecutor(1, "shadowscan-reader") as pool:
        coming = pool.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = pool.submit(next, items, None)
            yield item
