"""Seeded chance with the distributions that the simulator draws from."""

import math
import random


class Dice(random.Random):
    """The standard generator and a few distributions; a simulation needs repeatable chance, not secrecy."""

    def between(self, low: float, high: float) -> float:
        """Log-uniform: each order of magnitude alike."""
        return math.exp(self.uniform(math.log(low), math.log(high)))

    def around(self, median: float, deviation: float) -> float:
        """Log-normal by its median."""
        return self.lognormvariate(math.log(median), deviation)

    def poisson(self, mean: float) -> int:
        """Poisson; normal approximation above 50."""
        if mean > 50:
            return max(0, round(self.gauss(mean, math.sqrt(mean))))
        limit, number, product = math.exp(-mean), 0, self.random()
        while product > limit:
            number += 1
            product *= self.random()
        return number

    def geometric(self, mean: float) -> int:
        """At least one, with this mean."""
        if mean <= 1:
            return 1
        return 1 + int(math.log(1.0 - self.random()) / math.log(1.0 - 1.0 / mean))

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.random() < probability
