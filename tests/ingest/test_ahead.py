"""Reading ahead changes nothing but the time: order, errors and ends are those of the reading itself."""

from collections.abc import Iterator
from threading import get_ident

import pytest

from shadowscan.ingest.ahead import ahead


class Reading:
    """Numbers up to five; the sixth is damaged."""

    def __init__(self) -> None:
        self.begun = 0
        self.closed = False
        self.threads: set[int] = set()

    def items(self) -> Iterator[int]:
        try:
            for number in range(1, 6):
                self.begun = number
                self.threads.add(get_ident())
                yield number
            raise OSError("damaged")
        finally:
            self.closed = True


def test_all_that_comes_before_damage_is_handed_out_first() -> None:
    reading = Reading()
    coming = ahead(reading.items())
    assert [next(coming) for _ in range(5)] == [1, 2, 3, 4, 5]
    with pytest.raises(OSError, match="damaged"):
        next(coming)
    assert reading.threads.isdisjoint({get_ident()})


def test_who_stops_early_has_read_one_further_and_nothing_stays_open() -> None:
    reading = Reading()
    coming = ahead(reading.items())
    assert next(coming) == 1
    coming.close()
    del coming
    assert reading.begun == 2
    assert reading.closed
