"""Draws from the priors: the same unknown gives the same draws wherever it is met, so sums keep what they share."""

import hashlib
import math

import numpy as np
import numpy.typing as npt

from shadowscan.exposure.priors import Priors, Quantity

Draws = npt.NDArray[np.float64]
"""One value per simulated world; index i is the same world in every array."""

Z90 = 1.6448536269514722
"""95 % quantile of the standard normal distribution."""


class Sampler:
    """Draws of every unknown, made once each; fixed by the seed and the unknown's name, not by the order of asking."""

    def __init__(self, priors: Priors, draws: int = 2000, seed: int = 0) -> None:
        self.priors = priors
        self.size = draws
        self._seed = seed
        self.asked: dict[str, Quantity] = {}
        """Every prior quantity drawn so far, in order."""
        self._normals: dict[str, Draws] = {}

    def quantity(self, name: str, scope: str = "", cause: str = "") -> Draws:
        """Return the draws of a prior quantity for one service or department (``scope``).

        Quantities of one ``cause`` are high and low together.
        """
        self.asked[name] = self.priors[name]
        return self.spread(self.asked[name], cause or name, scope)

    def spread(self, quantity: Quantity, name: str, scope: str) -> Draws:
        """Return draws with one spread below and one above the likely value: log-normal, for shares logit-normal."""
        shared, own = math.sqrt(1 - quantity.varies), math.sqrt(quantity.varies)
        normal = shared * self.normal(name) + own * self.normal(f"{name}|{scope}")
        share = quantity.unit == "share"
        low, likely, high = (
            _logit(x) if share else math.log(x) for x in (quantity.low, quantity.likely, quantity.high)
        )
        values = np.exp(likely + normal / Z90 * np.where(normal < 0, likely - low, high - likely))
        return values / (1 + values) if share else values

    def happens(self, name: str, scope: str) -> npt.NDArray[np.bool_]:
        """Return for each draw whether something that has a prior share of cases is so for this service."""
        chance = self.quantity(name)
        uniform = self.random(f"{name}|{scope}|happens").random(self.size)
        return uniform < chance

    def normal(self, name: str) -> Draws:
        """Return standard normal draws that belong to this name."""
        if name not in self._normals:
            self._normals[name] = self.random(name).standard_normal(self.size)
        return self._normals[name]

    def random(self, name: str) -> np.random.Generator:
        """Return a generator fixed by the seed and the name."""
        digest = hashlib.blake2b(f"{self._seed}\0{name}".encode(errors="surrogatepass"), digest_size=8).digest()
        return np.random.default_rng(int.from_bytes(digest))


def _logit(share: float) -> float:
    return math.log(share / (1 - share))
