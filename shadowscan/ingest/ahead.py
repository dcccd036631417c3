"""Working one item ahead: the next is made in a thread of its own while the caller works on the one before."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")


def ahead(items: Iterable[Item]) -> Iterator[Item]:
    """Yield the items, in order; what making one raises comes out where it would have stood.

    Pays where making and using an item both leave the interpreter (reading, NumPy, Arrow, DuckDB do).
    """
    source = iter(items)
    with ThreadPoolExecutor(1, thread_name_prefix="shadowscan-ahead") as thread:
        pending = thread.submit(_next, source)
        while drawn := pending.result():
            pending = thread.submit(_next, source)
            yield drawn[0]


def _next(source: Iterator[Item]) -> tuple[Item] | None:
    """Return the next item, wrapped; None at the end."""
    for item in source:
        return (item,)
    return None
