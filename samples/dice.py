"""Chance that falls the same way on every machine and every Python."""

import random
import zlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Random choices from one seed; only ``random()`` is used, the one method whose sequence Python guarantees."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def chance(self, probability: float) -> bool:
        """Return True with the given probability."""
        return self._random.random() < probability

    def between(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both included."""
        return low + int(self._random.random() * (high - low + 1))

    def skewed(self, low: int, high: int) -> int:
        """Return a whole number from low to high, small ones far more often (sizes, durations)."""
        share = self._random.random()
        return low + int(share * share * share * (high - low + 1))

    def pick(self, items: Sequence[T]) -> T:
        """Return one of the items."""
        return items[self.between(0, len(items) - 1)]

    def hexadecimal(self, digits: int) -> str:
        """Return a string of lower-case hexadecimal digits."""
        return "".join(self.pick("0123456789abcdef") for _ in range(digits))


def stable_number(text: str, modulus: int) -> int:
    """Return a number below modulus that depends on the text only."""
    return zlib.crc32(text.encode()) % modulus
